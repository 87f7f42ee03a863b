"""Numbers, deltas and shares as a comparison says them."""

from __future__ import annotations

import math
from collections.abc import Sequence

from nbflow.client.comparing.side import Number

#: characters before the place where texts part
_BEFORE = 8


def number_text(given: Number) -> str:
    """Return a number with as many digits as tell two apart: six."""
    if isinstance(given, float):
        return "NaN" if math.isnan(given) else f"{given:.6g}"
    return str(given) if given.bit_length() < 64 else f"{given:.4e}" if given.bit_length() < 1000 else "a huge number"


def delta_text(given: Number | None) -> str:
    """Return a delta with its sign: `+0.25`, `−3`."""
    if given is None:
        return ""
    return f"{'−' if given < 0 else '+'}{number_text(abs(given))}" if given else "0"


def percent_of(part: float) -> str:
    """Return a share as `+4.2%`, `−12%`, `+1.2e+07%`."""
    number = abs(part) * 100
    shown = f"{number:.1f}" if number < 99.95 else f"{number:,.0f}" if number < 99_999 else f"{number:.1e}"
    return f"{'−' if part < 0 else '+'}{shown}%"


def told_apart(texts: Sequence[str | None], limit: int) -> list[str | None]:
    """Return texts cut to `limit` characters; where that would hide in what they differ, from shortly before there."""
    cut = [None if text is None else _cut(text, limit) for text in texts]
    there = [text for text in texts if text is not None]
    if len(set(there)) < 2 or len({text for text in cut if text is not None}) == len(set(there)):
        return cut
    # what the least and the greatest have in common, all have
    pairs = zip(min(there), max(there), strict=False)
    part = next((place for place, (one, other) in enumerate(pairs) if one != other), len(min(there)))
    start = max(0, part - _BEFORE)
    return [None if text is None else _cut(f"…{text[start:]}" if start else text, limit) for text in texts]


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else f"{text[: limit - 1]}…"
