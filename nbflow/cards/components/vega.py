"""Charts of Vega and Vega-Lite, drawn to a picture when the package for it is there."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from nbflow.cards import html
from nbflow.cards.chart import NotDrawnError, svg_of
from nbflow.cards.components.component import CardComponent, trouble
from nbflow.cards.components.table import Table
from nbflow.cards.html import Html
from nbflow.cards.printable import one_line
from nbflow.cards.tree import plain, tree

#: rows that are shown of a chart that is not drawn
_ROWS = 20


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
    try:
        return html.picture(svg_of(spec), _title(spec) or "chart")
    except NotDrawnError as reason:
        return chart_words(spec, f"not drawn: {reason}")


def chart_words(spec: Mapping[str, Any], why: str) -> Html:
    """Return a chart without its picture: why there is none, its data as a table, how it is described."""
    data = spec.get("data")
    values = data.get("values") if isinstance(data, Mapping) else None
    rows = [each for each in values if isinstance(each, Mapping)] if isinstance(values, list) else []
    names = list(dict.fromkeys(str(name) for row in rows[:_ROWS] for name in row))
    table = Table([[row.get(name) for name in names] for row in rows[:_ROWS]], names).html() if rows else ""
    more = html.block(html.faint(f"… {len(rows) - _ROWS:,} more rows")) if len(rows) > _ROWS else ""
    return html.block(
        html.block(html.text(_title(spec) or "Chart", "font-weight:600"), " ", html.faint(why)),
        table,
        more,
        html.details(html.faint("how it is described"), tree(plain(spec))),
    )


def _spec_of(given: Any) -> dict[str, Any]:
    if hasattr(given, "to_dict") and not isinstance(given, Mapping):
        given = given.to_dict()
    if isinstance(given, str | bytes):
        given = json.loads(given)
    if not isinstance(given, Mapping):
        raise TypeError(f"a chart is a dict, JSON or an Altair chart, not {type(given).__name__}")
    return {str(key): plain(each) for key, each in given.items()}


def _title(spec: Mapping[str, Any]) -> str:
    title = spec.get("title")
    text = title.get("text") if isinstance(title, Mapping) else title
    return one_line(text, 200) if isinstance(text, str) else ""
