"""Small charts beside numbers, as pictures that need nothing to be seen: SVG without script, style sheet or address."""

from __future__ import annotations

import math
from collections.abc import Sequence

from nbflow.cards.html import Html, picture, text
from nbflow.cards.palette import AMBER, BLUE, GREY
from nbflow.client.comparing.side import Number

_LINE = f'stroke="{GREY}" stroke-opacity="0.45"'
_WIDE, _HIGH = 96, 14
#: pixels of a chart of many runs
_STEP, _TALL, _PAD = 13, 26, 5


def gap(share: float | None, largest: float, alt: str) -> Html:
    """Return a bar to the right for more, to the left for less; `largest` share fills its half."""
    middle, half = _WIDE / 2, _WIDE / 2 - 3
    parts = [f'<line x1="{middle}" y1="1" x2="{middle}" y2="{_HIGH - 1}" {_LINE}/>']
    if share is not None and largest > 0:
        length = max(1.5, half * min(1.0, abs(share) / largest))
        left = middle if share > 0 else middle - length
        colour = BLUE if share > 0 else AMBER
        parts.append(f'<rect x="{left:.1f}" y="3.5" width="{length:.1f}" height="7" rx="1.5" fill="{colour}"/>')
    return _drawn(parts, _WIDE, _HIGH, alt)


def lengths(values: Sequence[float | None], largest: float, alt: str) -> Html:
    """Return a bar a run, one below the other, the last one strong."""
    high = 5 * len(values) + 4
    parts = []
    for place, each in enumerate(values):
        if each is not None and largest > 0:
            width = max(1.0, (_WIDE - 2) * min(1.0, each / largest))
            strong = "1" if place == len(values) - 1 else "0.45"
            parts.append(
                f'<rect x="1" y="{2 + 5 * place}" width="{width:.1f}" height="4" rx="1" fill="{BLUE}" fill-opacity="{strong}"/>'
            )
    return _drawn(parts, _WIDE, high, alt)


def dots(values: Sequence[Number | None], alt: str) -> Html:
    """Return a dot a run from left to right, the base a ring, joined by a line."""
    there = [(place, _scaled(each)) for place, each in enumerate(values) if each is not None]
    there = [(place, each) for place, each in there if math.isfinite(each)]
    wide = _STEP * max(len(values) - 1, 1) + 2 * _PAD
    if not there:
        return _drawn([], wide, _TALL, alt)
    low, high = min(each for _, each in there), max(each for _, each in there)
    room = _TALL - 2 * _PAD

    def at(place: int, number: float) -> tuple[float, float]:
        # halves: a difference of two huge numbers may be too large for a float
        span = high / 2 - low / 2
        part = (number / 2 - low / 2) / span if span > 0 else 0.5
        return _PAD + place * _STEP, _TALL - _PAD - part * room

    points = [at(place, number) for place, number in there]
    base = at(0, there[0][1])[1] if there[0][0] == 0 else None
    parts = (
        [f'<line x1="0" y1="{base:.1f}" x2="{wide}" y2="{base:.1f}" {_LINE} stroke-dasharray="2 2"/>']
        if base is not None
        else []
    )
    way = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    parts.append(f'<polyline points="{way}" fill="none" stroke="{BLUE}" stroke-opacity="0.55" stroke-width="1.3"/>')
    for (place, _), (x, y) in zip(there, points, strict=True):
        fill = f'fill="{GREY}"' if place == 0 else f'fill="{BLUE}"'
        parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.6" {fill}/>')
    return _drawn(parts, wide, _TALL, alt)


def _scaled(number: Number) -> float:
    try:
        return float(number)
    except OverflowError:
        return math.inf


def _drawn(parts: Sequence[str], wide: int, high: int, alt: str) -> Html:
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide}" height="{high}" viewBox="0 0 {wide} {high}">'
    # a table on a narrow page would press a picture together
    style = f"display:inline-block;width:{wide}px;min-width:{wide}px"
    return text(picture(f"{head}{''.join(parts)}</svg>", alt, width=wide, height=high), style)
