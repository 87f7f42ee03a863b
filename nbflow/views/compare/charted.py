"""The metrics of several runs as small charts, beside their table: a picture that needs no script."""

from __future__ import annotations

from typing import Any

from nbflow.cards.figures import several
from nbflow.cards.html import Html
from nbflow.cards.palette import BLUE
from nbflow.cards.printable import one_line
from nbflow.client.comparing.comparison import Comparison
from nbflow.client.comparing.rows import Metric
from nbflow.views.compare.words import names_of, parted
from nbflow.views.plotted import escaped
from nbflow.views.still import still

#: fewest runs that make a line; most metrics; pixels of a chart and of what is above it
_RUNS, _METRICS, _HIGH, _HEAD = 3, 6, 130, 46


def charted(comparison: Comparison) -> Html:
    """Return a chart of each metric that differs, the first few; nothing of two runs, whose table has bars."""
    rows = parted(comparison.metrics, comparison)[0][:_METRICS]
    names = names_of(comparison.sides)
    if len(names) < _RUNS or not rows:
        return Html("")
    return still(_figure(rows, [escaped(each) for each in names]), f"{several(len(rows), 'metric')} across the runs")


def _figure(rows: list[Metric], names: list[str]) -> dict[str, Any]:
    """Return them as plotly's figures are written."""
    columns = min(2, len(rows))
    lines = -(-len(rows) // columns)
    high = lines * (_HIGH + _HEAD) + 12
    layout: dict[str, Any] = {"height": high, "margin": {"l": 62, "r": 16, "t": 6, "b": 6}, "annotations": []}
    data = []
    for number, row in enumerate(rows):
        place = "" if number == 0 else str(number + 1)
        left = number % columns * 0.53
        top = 1 - (number // columns * (_HIGH + _HEAD) + 22) / (high - 12)
        layout[f"xaxis{place}"] = {"type": "category", "domain": (left, left + 0.47 if columns > 1 else 1.0)}
        layout[f"yaxis{place}"] = {"domain": (top - _HIGH / (high - 12), top)}
        layout["annotations"].append(
            {"text": escaped(one_line(row.label, 48)), "x": left, "y": top, "xref": "paper", "yref": "paper"}
            | {"xanchor": "left", "yanchor": "bottom"}
        )
        data.append(
            {"x": names, "y": row.values, "xaxis": f"x{place}", "yaxis": f"y{place}", "mode": "lines+markers"}
            | {"line": {"color": BLUE, "width": 1.6}}
        )
    return {"data": data, "layout": layout}
