"""What has changed on a page: of a region the part between what both begin with and what both end with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

Regions = Sequence[tuple[str, str]]


def changes(before: Regions, after: Regions) -> dict[str, Any]:
    """Return what makes `after` of `before`.

    `names` are the regions from top to bottom, `set` those that are new or differ: the name, how much of the old HTML
    stays at its beginning and at its end, what comes between, and how long all of it is then. Lengths are counted as
    JavaScript counts them.
    """
    known = dict(before)
    found = [_change(name, known.get(name, ""), html) for name, html in after if known.get(name) != html]
    return {"names": [name for name, _ in after], "set": found}


def _change(name: str, old: str, new: str) -> tuple[str, int, int, str, int]:
    start = _alike(old, new)
    end = _alike(old[start:][::-1], new[start:][::-1])
    between = new[start : len(new) - end]
    return name, _length(new[:start]), _length(new[len(new) - end :]), between, _length(new)


def _alike(one: str, other: str) -> int:
    """Return how many characters both begin with."""
    low, high = 0, min(len(one), len(other))
    # halving compares long stretches at once
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _length(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
