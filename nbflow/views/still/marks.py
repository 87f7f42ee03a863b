"""What stands in a chart, as SVG: bars, lines, points, and words."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from nbflow.views.plotted import TEXT
from nbflow.views.still.scale import Scale
from nbflow.views.still.words import plain

#: points of one chart that are drawn; of more every second, third, …
POINTS = 2000
_COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}|rgba?\([0-9., ]+\)")
_ANCHORS = {"left": "start", "right": "end", "center": "middle"}


def paint(given: Any, otherwise: str = TEXT) -> str:
    """Return a colour, and nothing else."""
    return given if isinstance(given, str) and _COLOUR.fullmatch(given) else otherwise


def word(x: float, y: float, text: str, anchor: str = "middle", *, more: str = "") -> str:
    """Return a text in the picture."""
    said = html.escape(text, quote=True)
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{TEXT}"{more}>{said}</text>'


def line(x: float, y: float, to_x: float, to_y: float, colour: str) -> str:
    """Return a straight line."""
    return f'<line x1="{x:.1f}" y1="{y:.1f}" x2="{to_x:.1f}" y2="{to_y:.1f}" stroke="{colour}"/>'


def bars(traces: Sequence[Mapping[str, Any]], across: Scale, up: Scale, gap: float) -> Iterator[str]:
    """Give bars of the same places one on top of the other."""
    places = sorted({at for each in traces for x in _all(each, "x") if (at := across.at(x)) is not None})
    near = min((b - a for a, b in pairwise(places)), default=abs(across.end - across.start) / 3)
    wide = max(1.0, near * (1 - gap))
    heights: dict[float, float] = {}
    for each in traces:
        colour = paint(_inner(each, "marker", "color"))
        for x, y in zip(_all(each, "x"), _all(each, "y"), strict=False):
            at = across.at(x)
            if at is None or not y:
                continue
            below = heights.get(at, 0.0)
            heights[at] = below + y
            top, foot = up.along(below + y), up.along(below)
            yield (
                f'<rect x="{at - wide / 2:.1f}" y="{top:.1f}" width="{wide:.1f}" height="{foot - top:.1f}" fill="{colour}"/>'
            )


def scatter(trace: Mapping[str, Any], across: Scale, up: Scale, every: int = 1) -> Iterator[str]:
    """Give a line, broken where a value is missing, and its points."""
    mode = str(trace.get("mode") or "lines+markers")
    points = [
        None if (x := across.at(one)) is None or (y := up.at(other)) is None else (x, y)
        for one, other in zip(_all(trace, "x")[::every], _all(trace, "y")[::every], strict=False)
    ]
    stroke = paint(_inner(trace, "line", "color"), paint(_inner(trace, "marker", "color")))
    opacity = float(trace.get("opacity") or _inner(trace, "marker", "opacity") or 1)
    inner = []
    if "lines" in mode:
        width = float(_inner(trace, "line", "width") or 2)
        for run in _runs(points):
            way = " ".join(f"{x:.1f},{y:.1f}" for x, y in run)
            inner.append(f'<polyline points="{way}" fill="none" stroke="{stroke}" stroke-width="{width:g}"/>')
    if "markers" in mode:
        half = float(_inner(trace, "marker", "size") or 6) / 2
        fill = paint(_inner(trace, "marker", "color"), stroke)
        crossed = str(_inner(trace, "marker", "symbol") or "").startswith("x")
        for x, y in filter(None, points):
            inner.append(
                _cross(x, y, half, fill)
                if crossed
                else f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{half:g}" fill="{fill}"/>'
            )
    if inner:
        yield f'<g opacity="{opacity:g}">{"".join(inner)}</g>'


def annotation(note: Mapping[str, Any], x: float, y: float) -> str:
    """Return words at a place of the chart."""
    size = float(_inner(note, "font", "size") or 12)
    raised = {"bottom": -2.0, "top": size}.get(str(note.get("yanchor")), size * 0.35)
    bold = ' font-weight="bold"' if "<b>" in str(note.get("text")) else ""
    anchor = _ANCHORS.get(str(note.get("xanchor")), "middle")
    return word(
        x + float(note.get("xshift") or 0),
        y + raised,
        plain(note.get("text", "")),
        anchor,
        more=f' font-size="{size:g}"{bold}',
    )


def _cross(x: float, y: float, half: float, colour: str) -> str:
    a, b, c, d = x - half, x + half, y - half, y + half
    return f'<path d="M{a:.1f},{c:.1f}L{b:.1f},{d:.1f}M{a:.1f},{d:.1f}L{b:.1f},{c:.1f}" stroke="{colour}" stroke-width="2"/>'


def _runs(points: Sequence[tuple[float, float] | None]) -> Iterator[list[tuple[float, float]]]:
    """Give what is joined: points between two gaps."""
    run: list[tuple[float, float]] = []
    for each in [*points, None]:
        if each is not None:
            run.append(each)
        elif run:
            if len(run) > 1:
                yield run
            run = []


def _all(trace: Mapping[str, Any], name: str) -> list[Any]:
    given = trace.get(name)
    return [] if given is None else list(given)


def _inner(given: Mapping[str, Any], name: str, key: str) -> Any:
    held = given.get(name)
    return held.get(key) if isinstance(held, Mapping) else None
