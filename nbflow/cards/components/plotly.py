"""Figures of plotly: drawn by plotly's own script where a page may run it, told in words where not."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from typing import Any

from nbflow.cards import html
from nbflow.cards.components.component import CardComponent, trouble
from nbflow.cards.figures import several
from nbflow.cards.html import Html
from nbflow.cards.printable import one_line
from nbflow.cards.sanitize import PICTURE
from nbflow.cards.tree import json_text

#: pixels of a figure that says nothing of its height
_HEIGHT = 420
#: bytes of a number in an array that plotly keeps in base64
_BYTES = {"f8": 8, "f4": 4, "i4": 4, "u4": 4, "i2": 2, "u2": 2, "i1": 1, "u1": 1, "u1c": 1}
#: traces that stand on pictures or outlines from other hosts
_MAPS = frozenset(
    {
        "choropleth",
        "scattergeo",
        *(f"{kind}{ground}" for kind in ("choropleth", "scatter", "density") for ground in ("map", "mapbox")),
    }
)
#: traces whose drawing is compiled by the script; others end with `gl`
_COMPILED = frozenset({"splom", "parcoords"})


class Plotly(CardComponent):
    """A figure of plotly; it answers to the mouse, as everywhere.

    Args:
        figure: a figure, or its dict or JSON. It is copied now; later changes do not show.
    """

    REALTIME_UPDATABLE = True

    def __init__(self, figure: Any) -> None:
        self._take(figure)

    def update(self, figure: Any) -> None:
        """Show another figure."""
        self._take(figure)

    def _take(self, given: Any) -> None:
        self._wrong, self._figure = "", {}
        try:
            self._figure = _dict_of(given)
        except Exception as failure:  # noqa: BLE001 - what a figure raises that cannot be written as JSON
            self._wrong = one_line(failure, 300) or type(failure).__name__

    def render(self) -> Html:
        return trouble("This figure cannot be shown", self._wrong) if self._wrong else figure_html(self._figure)

    def text(self) -> str:
        return f"(no figure: {self._wrong})" if self._wrong else figure_text(self._figure)

    def height(self) -> int:
        return 60 if self._wrong else figure_height(self._figure)


def figure_html(figure: Mapping[str, Any]) -> Html:
    """Return a figure, as plotly's JSON has it: a place in which a page's script draws it, with the words for no script."""
    lines = _traces(figure)
    if _kinds(figure) & _MAPS:
        # plotly would ask two other hosts for it
        lines.append("not drawn: the ground of a map comes from elsewhere, and a card asks nobody")
    words = html.block(
        html.text(_title(figure) or "Figure", "font-weight:600"),
        *(html.block(html.faint(line)) for line in lines),
        style=f"border-left:3px solid rgba(128,128,128,0.4);padding:4px 12px;min-height:{figure_height(figure) - 20}px",
    )
    opening = figure_opening(figure)
    return Html(f"{opening}{words}</div>") if opening else words


def figure_opening(figure: Mapping[str, Any]) -> Html | None:
    """Return the tag of the element that a figure is drawn in; None for one that a card cannot draw."""
    kinds = _kinds(figure)
    if kinds & _MAPS:
        return None
    given = {"data": _at_hand(figure.get("data") or []), "layout": _at_hand(figure.get("layout") or {})}
    attributes: dict[str, Any] = {"data-plotly": json_text(given)}
    if any(kind.endswith("gl") or kind in _COMPILED for kind in kinds):
        attributes["data-gl"] = "yes"
    return Html(html.tag("div", **attributes).removesuffix("</div>"))


def figure_text(figure: Mapping[str, Any]) -> str:
    """Return what a figure shows, in words."""
    return "\n".join([f"{_title(figure) or 'Figure'} (plotly)", *(f"  {line}" for line in _traces(figure))])


def figure_height(figure: Mapping[str, Any]) -> int:
    """Return how many pixels a figure is high."""
    layout = figure.get("layout")
    height = layout.get("height") if isinstance(layout, Mapping) else None
    return round(height) if isinstance(height, int | float) and 20 <= height <= 4000 else _HEIGHT


def _dict_of(given: Any) -> dict[str, Any]:
    if hasattr(given, "to_json") and hasattr(given, "to_plotly_json"):
        given = given.to_json(validate=False)
    if isinstance(given, str | bytes):
        given = json.loads(given)
    if not isinstance(given, Mapping) or not isinstance(given.get("data", []), Sequence):
        raise TypeError(f"a figure of plotly, or its dict or JSON, is wanted, not {type(given).__name__}")
    # as it is now, and as JSON can say it
    copied: dict[str, Any] = json.loads(json_text(given))
    return copied


def _kinds(figure: Mapping[str, Any]) -> set[str]:
    data = figure.get("data")
    traces = data if isinstance(data, Sequence) else []
    return {str(each.get("type") or "scatter") for each in traces if isinstance(each, Mapping)}


def _at_hand(given: Any) -> Any:
    """Return a part of a figure without pictures that would be fetched."""
    if isinstance(given, Mapping):
        return {
            key: _at_hand(each)
            for key, each in given.items()
            if not (key == "source" and isinstance(each, str) and not PICTURE.match(each))
        }
    # numbers are many, and are what they are
    if isinstance(given, list) and given and isinstance(given[0], Mapping | list):
        return [_at_hand(each) for each in given]
    return given


def _title(figure: Mapping[str, Any]) -> str:
    layout = figure.get("layout")
    title = layout.get("title") if isinstance(layout, Mapping) else None
    text = title.get("text") if isinstance(title, Mapping) else title
    return one_line(text, 200) if isinstance(text, str) else ""


def _traces(figure: Mapping[str, Any]) -> list[str]:
    data = figure.get("data")
    traces = [each for each in data if isinstance(each, Mapping)] if isinstance(data, Sequence) else []
    lines = []
    for number, trace in enumerate(traces[:20], 1):
        points = _points(trace)
        name = one_line(trace.get("name") or f"trace {number}", 80)
        kind = one_line(trace.get("type") or "scatter", 30)
        lines.append(f"{name}: {kind}" + (f", {several(points, 'point')}" if points is not None else ""))
    return lines + ([f"… {len(traces) - 20} more traces"] if len(traces) > 20 else [])


def _points(trace: Mapping[str, Any]) -> int | None:
    counts = [_length(trace.get(name)) for name in ("x", "y", "values", "labels", "lat", "r", "a", "z", "open", "ids")]
    return max((count for count in counts if count is not None), default=None)


def _length(given: Any) -> int | None:
    if isinstance(given, Mapping) and isinstance(given.get("bdata"), str):
        try:
            size = len(base64.b64decode(given["bdata"]))
        except ValueError:
            return None
        return size // _BYTES.get(str(given.get("dtype")), 8)
    return len(given) if isinstance(given, list | tuple) else None
