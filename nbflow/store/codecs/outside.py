"""A value as a pickle for programs that know nothing of nbflow."""

from __future__ import annotations

import sys
from collections.abc import Iterable


def pickled(value: object, own: Iterable[str]) -> bytes:
    """Return a pickle of `value`. What the modules `own` define is written whole, so that it opens without them."""
    import cloudpickle

    modules = [sys.modules[name] for name in sorted({*own}) if name in sys.modules]
    for module in modules:
        cloudpickle.register_pickle_by_value(module)
    try:
        data: bytes = cloudpickle.dumps(value)
    finally:
        for module in modules:
            cloudpickle.unregister_pickle_by_value(module)
    return data
