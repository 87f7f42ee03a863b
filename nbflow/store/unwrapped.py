"""The containers of `collections` as the plain ones they stand for, so that a change in place is certain."""

from __future__ import annotations

from collections import Counter, OrderedDict, defaultdict, deque
from typing import Any

_MAPPINGS = (Counter, OrderedDict, defaultdict)


def unwrapped(value: Any) -> Any:
    """Return `value` with each deque, Counter, OrderedDict and defaultdict in it as lists. Equal ones stay equal.

    Raises:
        RecursionError: it holds itself.
    """
    kind = type(value)
    if kind is deque:
        return ["deque", value.maxlen, [unwrapped(each) for each in value]]
    if kind in _MAPPINGS:
        # reading d[key] of a defaultdict puts an empty value there: no change that anybody means
        kept = ((key, each) for key, each in value.items() if not (kind is defaultdict and _is_empty(each)))
        return [kind.__name__, [[key, unwrapped(each)] for key, each in kept]]
    if kind is dict:
        return {key: unwrapped(each) for key, each in value.items()}
    if kind in {list, tuple}:
        return kind(unwrapped(each) for each in value)
    return value


def _is_empty(value: Any) -> bool:
    return value is None or (type(value) in {int, float, str, list, tuple, dict, set} and not value)
