"""Charts of Vega and Vega-Lite, drawn to a picture when the package for it is there."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping
from typing import Any

from nbflow.cards import html
from nbflow.cards.components.component import CardComponent, trouble
from nbflow.cards.components.image import png_html
from nbflow.cards.components.table import Table
from nbflow.cards.html import Html
from nbflow.cards.printable import one_line
from nbflow.cards.tree import plain, tree

#: colours that read on light and dark grounds; what a chart says itself goes before
_AXIS = {
    "labelColor": "#7d828b",
    "titleColor": "#7d828b",
    "tickColor": "#9aa0a8",
    "domainColor": "#9aa0a8",
    "gridColor": "#80808040",
}
_CONFIG = {
    "background": "transparent",
    "axis": _AXIS,
    "legend": {"labelColor": "#7d828b", "titleColor": "#7d828b"},
    "title": {"color": "#7d828b", "subtitleColor": "#7d828b"},
    "header": {"labelColor": "#7d828b", "titleColor": "#7d828b"},
    "view": {"stroke": "#80808040"},
}
_ROWS = 20
#: pixels of the picture for one on the page
_SCALE = 2


class VegaChart(CardComponent):
    """A chart of Vega-Lite or Vega, with its data in it.

    Args:
        spec: the chart as a dict or JSON.
        show_controls: without meaning here: a card shows a picture.
    """

    REALTIME_UPDATABLE = True
    needs = frozenset[str]()

    def __init__(self, spec: Any, show_controls: bool = False) -> None:  # noqa: FBT001, FBT002, ARG002 - as in Metaflow
        self._take(spec)

    @classmethod
    def from_altair_chart(cls, altair_chart: Any) -> VegaChart:
        """Return the chart of an Altair chart."""
        return cls(altair_chart)

    def update(self, spec: Any = None) -> None:
        """Show another chart: of Altair, or as a dict or JSON."""
        if spec is not None:
            self._take(spec)

    def _take(self, given: Any) -> None:
        self._wrong = ""
        self._spec: dict[str, Any] = {}
        self._drawn: Html | None = None
        try:
            self._spec = _spec_of(given)
        except Exception as failure:  # noqa: BLE001 - what an Altair chart raises that is not complete
            self._wrong = one_line(failure, 300) or type(failure).__name__

    def render(self) -> Html:
        if self._wrong:
            return trouble("This chart cannot be shown", self._wrong)
        if self._drawn is None:
            # drawing takes a moment, and a live card is drawn often
            self._drawn = chart_html(self._spec)
        return self._drawn

    def text(self) -> str:
        return f"(no chart: {self._wrong})" if self._wrong else f"{_title(self._spec) or 'Chart'} (vega)"

    def height(self) -> int:
        height = self._spec.get("height")
        return 60 + (round(height) if isinstance(height, int | float) and 0 < height < 4000 else 300)


def chart_html(spec: Mapping[str, Any]) -> Html:
    """Return a chart as a picture; where it cannot be drawn, why, with its data as a table."""
    if address := next(_addresses(spec), ""):
        return _told(spec, f"its data would be fetched from {one_line(address, 200)}; a card has its data in it")
    try:
        import vl_convert
    except ImportError:
        return _told(spec, "to see it drawn: pip install 'nbflow[vega]'")
    given = copy.deepcopy(dict(spec))
    try:
        # no SVG: its texts are as wide as the browser's letters, not as where their places were measured
        if _is_vega(given):
            drawn = vl_convert.vega_to_png(given, scale=_SCALE, allowed_base_urls=[])
        else:
            _fit(given)
            drawn = vl_convert.vegalite_to_png(given, scale=_SCALE, allowed_base_urls=[], config=_CONFIG)
    except Exception as failure:  # noqa: BLE001 - whatever its engine says of a chart that makes no sense
        return _told(spec, _reason(failure))
    return png_html(drawn, _title(spec) or "chart", density=_SCALE)


def _reason(failure: Exception) -> str:
    lines = [line.strip() for line in str(failure).splitlines() if line.strip()]
    said = next((line for line in lines if "conversion failed" not in line), type(failure).__name__)
    return one_line(said.removeprefix("Error: "), 300)


def _spec_of(given: Any) -> dict[str, Any]:
    if hasattr(given, "to_dict") and not isinstance(given, Mapping):
        given = given.to_dict()
    if isinstance(given, str | bytes):
        given = json.loads(given)
    if not isinstance(given, Mapping):
        raise TypeError(f"a chart is a dict, JSON or an Altair chart, not {type(given).__name__}")
    return {str(key): plain(each) for key, each in given.items()}


def _is_vega(spec: Mapping[str, Any]) -> bool:
    schema = str(spec.get("$schema", ""))
    return "/vega/" in schema or ("marks" in spec and "mark" not in spec)


def _fit(spec: dict[str, Any]) -> None:
    # as wide as a card, where the chart leaves it open; "container" has no meaning in a picture
    if spec.get("width") == "container" or ("mark" in spec and "width" not in spec and _has_wide_x(spec)):
        spec["width"] = 620
    if spec.get("height") == "container":
        spec["height"] = 300


def _has_wide_x(spec: Mapping[str, Any]) -> bool:
    encoding = spec.get("encoding")
    x = encoding.get("x") if isinstance(encoding, Mapping) else None
    return isinstance(x, Mapping) and x.get("type") in {"quantitative", "temporal"}


def _addresses(given: Any, level: int = 0, *, data: bool = False) -> Iterator[str]:
    """Give each address in a chart that something would be read from."""
    if level > 60:
        return
    if isinstance(given, Mapping):
        for key, each in given.items():
            if key == "url" and ((data and each) or (isinstance(each, str) and not each.startswith("data:"))):
                yield str(each)
            elif key not in {"values", "datasets"}:
                yield from _addresses(
                    each, level + 1, data=key in {"data", "from"} or (data and isinstance(given, list))
                )
    elif isinstance(given, list):
        for each in given:
            yield from _addresses(each, level + 1, data=data)


def _told(spec: Mapping[str, Any], why: str) -> Html:
    data = spec.get("data")
    values = data.get("values") if isinstance(data, Mapping) else None
    rows = [each for each in values if isinstance(each, Mapping)] if isinstance(values, list) else []
    names = list(dict.fromkeys(str(name) for row in rows[:_ROWS] for name in row))
    table = Table([[row.get(name) for name in names] for row in rows[:_ROWS]], names).html() if rows else ""
    more = html.block(html.faint(f"… {len(rows) - _ROWS} more rows")) if len(rows) > _ROWS else ""
    return html.block(
        html.block(html.text(_title(spec) or "Chart", "font-weight:600"), " ", html.faint(f"not drawn: {why}")),
        table,
        more,
        html.details(html.faint("how it is described"), tree(plain(spec))),
    )


def _title(spec: Mapping[str, Any]) -> str:
    title = spec.get("title")
    text = title.get("text") if isinstance(title, Mapping) else title
    return one_line(text, 200) if isinstance(text, str) else ""
