"""How long something takes."""

from __future__ import annotations

import time
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager


@contextmanager
def profile(label: str, stats_dict: MutableMapping[str, float] | None = None) -> Iterator[None]:
    """Print how long a block takes; above a function, how long each call of it takes.

        with profile("load"):
            rows = read()

    Args:
        label: what it is.
        stats_dict: nothing is printed; the milliseconds are added to `stats_dict[label]`.
    """
    if stats_dict is None:
        print(f"PROFILE: {label} starting")  # noqa: T201 - the person's own output
    begin = time.perf_counter()
    try:
        yield
    finally:
        took = (time.perf_counter() - begin) * 1000
        if stats_dict is None:
            print(f"PROFILE: {label} completed in {took:.0f}ms")  # noqa: T201 - the person's own output
        else:
            stats_dict[label] = stats_dict.get(label, 0.0) + took
