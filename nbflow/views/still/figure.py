"""A figure as HTML that needs no script: its title and legend are text, what is drawn is an image."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from nbflow.cards import html as h
from nbflow.cards.html import Content, Html
from nbflow.cards.mime import PLOTLY
from nbflow.views.plotted import GRID, TEXT
from nbflow.views.still.marks import POINTS, annotation, bars, line, paint, scatter, word
from nbflow.views.still.scale import Scale, scale_of
from nbflow.views.still.words import plain

#: pixels; names of a legend
_WIDE, _HIGH, _NAMED = 860, 320, 50
_BARE = 12


def bundle(figure: Any, words: str) -> dict[str, Any]:
    """Return a figure of plotly in all its forms: who can draw plotly's own does, who cannot takes the picture, or `words`."""
    return {PLOTLY: figure.to_plotly_json(), "text/html": still(figure, words), "text/plain": words}


def still(figure: Any, words: str) -> Html:
    """Return a figure of plotly, or its dict, as HTML; `words` say what it shows to whoever cannot see it."""
    given = figure if isinstance(figure, Mapping) else figure.to_plotly_json()
    data, layout = given.get("data") or [], given.get("layout") or {}
    parts: list[Content] = []
    if title := _title(layout):
        parts.append(h.block(h.tag("b", title)))
    if legend := _legend(data, layout):
        parts.append(h.block(*legend, style="font-size:12px;line-height:1.5"))
    svg, high = _svg(data, layout)
    parts.append(h.block(h.picture(svg, words, width=_WIDE, height=high)))
    return h.block(*parts)


def _title(layout: Mapping[str, Any]) -> str:
    title = layout.get("title")
    return plain(title.get("text") or "") if isinstance(title, Mapping) else ""


def _legend(data: Sequence[Mapping[str, Any]], layout: Mapping[str, Any]) -> list[Html]:
    if not layout.get("showlegend"):
        return []
    shown = [each for each in data if each.get("showlegend") is not False and each.get("name")]
    made = []
    for each in shown[:_NAMED]:
        colour = paint((each.get("line") or {}).get("color"), paint((each.get("marker") or {}).get("color")))
        dot = h.text("\u25a0", f"color:{colour}")
        made.append(h.text(h.join([dot, " ", plain(each["name"]), "\u2002 "]), "white-space:nowrap"))
    if len(shown) > _NAMED:
        made.append(h.faint(f"and {len(shown) - _NAMED} more"))
    # a line may break between two names
    return [h.join(made, " ")] if made else []


def _svg(data: Sequence[Mapping[str, Any]], layout: Mapping[str, Any]) -> tuple[str, int]:
    notes = list(layout.get("annotations") or ())
    margin = {"l": 60, "r": 20, "t": 30, "b": 40, **(layout.get("margin") or {})}
    # what stood above what is drawn is text by now
    top = margin["t"] if notes else _BARE
    high = round(layout.get("height") or _HIGH) - (margin["t"] - top)
    area = (margin["l"], top, _WIDE - margin["l"] - margin["r"], high - top - margin["b"])
    points = sum(len(each.get("x") or ()) for each in data if each.get("type") != "bar")
    every = max(1, math.ceil(points / POINTS))
    inner: list[str] = []
    plots: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for each in data:
        plots.setdefault((each.get("xaxis") or "x", each.get("yaxis") or "y"), []).append(each)
    scales: dict[str, Scale] = {}
    for (x, y), traces in plots.items():
        scales[x], scales[y] = across, up = _scales(traces, _axis(layout, x), _axis(layout, y), area)
        inner += _ground(_axis(layout, x), _axis(layout, y), across, up)
        inner += (_edge(each, scales, area) for each in layout.get("shapes") or () if _on(each, x, y))
        bar = [each for each in traces if each.get("type") == "bar"]
        inner += bars(bar, across, up, float(layout.get("bargap") or 0.2)) if bar else ()
        for each in traces:
            inner += scatter(each, across, up, every) if each.get("type") in {None, "scatter"} else ()
    for note in notes:
        inner.append(annotation(note, _side(note, "x", scales, area), _side(note, "y", scales, area)))
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDE}" height="{high}" viewBox="0 0 {_WIDE} {high}"'
    return f'{head} font-family="system-ui,sans-serif" font-size="12">{"".join(inner)}</svg>', high


def _axis(layout: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    return layout.get(f"{name[0]}axis{name[1:]}") or {}


def _scales(
    traces: Sequence[Mapping[str, Any]], x: Mapping[str, Any], y: Mapping[str, Any], area: tuple[float, ...]
) -> tuple[Scale, Scale]:
    left, top, wide, high = area
    (x0, x1), (y0, y1) = x.get("domain") or (0, 1), y.get("domain") or (0, 1)
    values: dict[str, list[Any]] = {
        side: [one for each in traces for one in (() if each.get(side) is None else each[side])] for side in "xy"
    }
    stacked: dict[Any, float] = {}
    for each in traces:
        if each.get("type") == "bar":
            for one, other in zip(each["x"], each["y"], strict=False):
                stacked[one] = stacked.get(one, 0) + other
    across = scale_of(x, values["x"], left + wide * x0, left + wide * x1)
    foot = top + high
    return across, scale_of(y, values["y"], foot - high * y0, foot - high * y1, stacked.values())


def _ground(x: Mapping[str, Any], y: Mapping[str, Any], across: Scale, up: Scale) -> Iterator[str]:
    """Give the grid, and what is written beside it."""
    for place, text in across.marks:
        at = across.along(place)
        if across.start - 1 <= at <= across.end + 1:
            yield line(at, up.start, at, up.end, GRID)
            yield word(at, up.start + 16, plain(text))
    for place, text in up.marks:
        at = up.along(place)
        if up.end - 1 <= at <= up.start + 1:
            yield line(across.start, at, across.end, at, GRID)
            yield word(across.start - 7, at + 4, plain(text), "end")
    if said := _title(x):
        yield word((across.start + across.end) / 2, up.start + 34, said)
    if said := _title(y):
        middle = (up.start + up.end) / 2
        yield word(14, middle, said, more=f' transform="rotate(-90 14 {middle:.1f})"')


def _on(given: Mapping[str, Any], x: str, y: str) -> bool:
    return (given.get("xref") or "x", given.get("yref") or "y") == (x, y)


def _edge(shape: Mapping[str, Any], scales: Mapping[str, Scale], area: tuple[float, ...]) -> str:
    """Return a line that stands in the chart."""
    x, y, to_x, to_y = (
        _side({**shape, side: shape[f"{side}{end}"]}, side, scales, area) for end in "01" for side in "xy"
    )
    return line(x, y, to_x, to_y, paint((shape.get("line") or {}).get("color"), TEXT))


def _side(given: Mapping[str, Any], side: str, scales: Mapping[str, Scale], area: tuple[float, ...]) -> float:
    """Return the pixel of something that stands by an axis, or by the whole area."""
    left, top, wide, high = area
    ref, value = given.get(f"{side}ref") or side, given.get(side) or 0
    if ref != "paper" and ref in scales:
        at = scales[ref].at(value)
        return scales[ref].start if at is None else at
    return left + wide * value if side == "x" else top + high * (1 - value)
