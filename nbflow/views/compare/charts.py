"""Charts of metrics over runs as plotly figures. They read on light and on dark pages: nothing has a ground of its own."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from nbflow.cards.figures import parameter
from nbflow.cards.palette import AMBER, BLUE, GREEN, MAGENTA, RED, VIOLET
from nbflow.cards.printable import one_line
from nbflow.client.comparing.over import Measured, MetricTable
from nbflow.client.comparing.side import Number
from nbflow.errors import did_you_mean, raise_for

COLOURS = (BLUE, AMBER, GREEN, VIOLET, MAGENTA, RED, "#1d9aa5", "#8a7a2b")
_TEXT, _GRID = "#808690", "rgba(128,128,128,0.25)"
#: lines of a chart by item, dimensions of parallel coordinates, characters of a label
_LINES, _DIMENSIONS, _LABEL = 50, 14, 40


def across(table: MetricTable, metric: str) -> Any:
    """Return the figure of one metric across runs, in their order; runs without it leave a gap."""
    full = table.full(metric)
    figure = _figure(one_line(full, 80))
    rows = table.rows
    names = [_short(row.run, rows) for row in rows]
    figure.add_scatter(
        x=names,
        y=[_finite(row.values.get(full)) for row in rows],
        customdata=[[_when(row), row.status, _given(row)] for row in rows],
        hovertemplate="run %{x}: <b>%{y}</b><br>%{customdata[0]}, %{customdata[1]}<br>%{customdata[2]}<extra></extra>",
        mode="lines+markers",
        line={"color": BLUE, "width": 2},
        marker={"size": 8},
        name=one_line(full, _LABEL),
    )
    figure.update_xaxes(title="run", type="category")
    return figure


def over_time(table: MetricTable, metric: str) -> Any:
    """Return the figure of one metric over the moments at which its runs started."""
    full = table.full(metric)
    figure = _figure(one_line(full, 80))
    rows = [row for row in table.rows if row.values.get(full) is not None]
    figure.add_scatter(
        x=[datetime.fromtimestamp(row.started_at, UTC).astimezone().replace(tzinfo=None) for row in rows],
        y=[_finite(row.values.get(full)) for row in rows],
        customdata=[[one_line(row.run, 60), row.status, _given(row)] for row in rows],
        hovertemplate="%{customdata[0]}: <b>%{y}</b><br>%{x}, %{customdata[1]}<br>%{customdata[2]}<extra></extra>",
        mode="lines+markers",
        line={"color": BLUE, "width": 2},
        marker={"size": 7},
        name=one_line(full, _LABEL),
    )
    return figure


def by_item(table: MetricTable, metric: str) -> Any:
    """Return the figure of a metric of a foreach: items from left to right, a line a run. Raises V017."""
    full = table.full(metric)
    items = list(dict.fromkeys(item for row in table.rows for item in row.items.get(full, {})))
    if not items:
        known = list(dict.fromkeys(name for row in table.rows for name in row.items))
        why = f"of a foreach there are {', '.join(known[:8])}" if known else "no foreach left a number"
        raise_for("V017", name=one_line(metric, 80), hint=did_you_mean(metric, known), why=f"it has no items: {why}")
    figure = _figure(one_line(full, 80))
    names = _distinct([one_line(item, _LABEL) for item in items])
    for place, row in enumerate(table.rows[:_LINES]):
        numbers = row.items.get(full, {})
        run = _short(row.run, table.rows)
        figure.add_scatter(
            x=names,
            y=[_finite(numbers.get(item)) for item in items],
            mode="lines+markers" if len(items) <= 200 else "lines",
            name=f"run {run}",
            line={"color": COLOURS[place % len(COLOURS)], "width": 1.6},
            marker={"size": 7},
            hovertemplate="%{x}: <b>%{y}</b><extra>run " + run + "</extra>",
        )
    figure.update_layout(showlegend=True)
    figure.update_xaxes(title="item", type="category")
    return figure


def parallel(table: MetricTable) -> Any:
    """Return parallel coordinates: an axis for each parameter and metric that differs, a line a run. Raises V017."""
    axes = [*_parameter_axes(table.rows), *_metric_axes(table)]
    complete = [n for n in range(len(table.rows)) if all(axis["values"][n] is not None for axis in axes)]
    if len(complete) < 2 or not axes:
        why = "no parameter and no metric differs" if not axes else "fewer than two runs have all of them"
        raise_for("V017", name="parallel coordinates", hint="", why=why)
    from plotly import graph_objects

    last = axes[-1]["values"]
    lines = {"color": [last[n] for n in complete], "colorscale": [[0, BLUE], [0.5, VIOLET], [1, AMBER]]}
    dimensions = [{**axis, "values": [axis["values"][n] for n in complete]} for axis in axes[-_DIMENSIONS:]]
    figure = _figure("")
    fonts = {"labelfont": {"color": _TEXT}, "tickfont": {"color": _TEXT}, "rangefont": {"color": _TEXT}}
    figure.add_trace(graph_objects.Parcoords(line=lines, dimensions=dimensions, **fonts))
    left = len(table.rows) - len(complete)
    figure.update_layout(margin={"l": 70, "r": 50, "t": 60, "b": 46 if left else 26}, height=380)
    if left:
        said = f"{left} of {len(table.rows)} runs lack some of these, and are left out"
        figure.add_annotation(text=said, x=0, y=-0.14, xref="paper", yref="paper", showarrow=False, xanchor="left")
    return figure


def _parameter_axes(rows: Sequence[Measured]) -> list[dict[str, Any]]:
    axes = []
    for name in dict.fromkeys(name for row in rows for name in row.parameters):
        raws = [row.parameters.get(name) for row in rows]
        if len({repr(raw) for raw in raws}) < 2:
            continue
        label = one_line(name, 24)
        if all(isinstance(raw, int | float) and not isinstance(raw, bool) for raw in raws):
            axes.append({"label": label, "values": [_finite(raw) for raw in raws]})
            continue
        texts = [parameter(raw, 18) for raw in raws]
        kinds = list(dict.fromkeys(texts))
        places = [kinds.index(text) for text in texts]
        axes.append({"label": label, "values": places, "tickvals": list(range(len(kinds))), "ticktext": kinds})
    return axes


def _metric_axes(table: MetricTable) -> list[dict[str, Any]]:
    axes = []
    for name in table.names:
        values = [_finite(row.values.get(name)) for row in table.rows]
        if len(set(values)) > 1:
            axes.append({"label": one_line(name, 24), "values": values})
    return axes


def _figure(title: str) -> Any:
    from plotly import graph_objects

    figure = graph_objects.Figure()
    figure.update_layout(
        template="none",
        title={"text": _escaped(title), "x": 0, "xref": "paper", "xanchor": "left", "font": {"size": 14}}
        if title
        else None,
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"color": _TEXT, "size": 12},
        height=320,
        margin={"l": 60, "r": 20, "t": 40 if title else 20, "b": 50},
        showlegend=False,
        hovermode="closest",
    )
    figure.update_xaxes(gridcolor=_GRID, linecolor=_GRID, zeroline=False)
    figure.update_yaxes(gridcolor=_GRID, linecolor=_GRID, zeroline=False)
    return figure


def _escaped(text: str) -> str:
    # plotly reads a little HTML in its texts
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _distinct(names: Sequence[str]) -> list[str]:
    """Return names of a category axis: two of one name would be one place."""
    seen: dict[str, int] = {}
    made = []
    for name in map(_escaped, names):
        seen[name] = seen.get(name, 0) + 1
        made.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return made


def _short(run: str, rows: Sequence[Measured]) -> str:
    flows = {row.run.partition("/")[0] for row in rows}
    return run.partition("/")[2] if len(flows) == 1 else run


def _finite(number: Any) -> Number | None:
    """Return a number that a chart can place."""
    if number is None:
        return None
    try:
        return number if math.isfinite(float(number)) else None
    except (OverflowError, TypeError, ValueError):
        return None


def _when(row: Measured) -> str:
    return f"{datetime.fromtimestamp(row.started_at, UTC).astimezone():%Y-%m-%d %H:%M}"


def _given(row: Measured) -> str:
    shown: Mapping[str, Any] = row.parameters
    said = [f"{one_line(name, 24)}={parameter(raw, 24)}" for name, raw in list(shown.items())[:6]]
    return _escaped(", ".join(said))
