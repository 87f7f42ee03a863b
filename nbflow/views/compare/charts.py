"""Charts of metrics over runs as plotly figures. They read on light and on dark pages: nothing has a ground of its own."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from nbflow.cards.figures import parameter, several
from nbflow.cards.palette import AMBER, BLUE, GREY, MAGENTA
from nbflow.cards.printable import one_line
from nbflow.client.comparing.over import Measured, MetricTable
from nbflow.client.comparing.rows import alike
from nbflow.client.comparing.side import Number, is_number
from nbflow.client.comparing.wording import number_text
from nbflow.errors import did_you_mean, raise_for
from nbflow.frozen import frozen
from nbflow.views.plotted import COLOURS, TEXT, escaped, plotted

#: lines of a chart by item, axes of parallel coordinates, values named on one, characters of such a value and of a
#: label
_LINES, _AXES, _KINDS, _KIND, _LABEL = 50, 12, 12, 20, 40


def across(table: MetricTable, metric: str) -> Any:
    """Return the figure of one metric across runs, in their order; runs without it leave a gap."""
    full = table.full(metric)
    rows = table.rows
    figure = _figure(one_line(full, 80), f"{one_line(full, 80)} across {several(len(rows), 'run')}")
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
    figure = _figure(one_line(full, 80), f"{one_line(full, 80)} over time")
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
    figure = _figure(
        f"{one_line(full, 80)} by item", f"{one_line(full, 80)} by item, of {several(len(table.rows[:_LINES]), 'run')}"
    )
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
    """Return parallel coordinates: an axis for each parameter and metric that differs, a line a run. Raises V017.

    Runs have the colour of the last axis, from its least to its greatest. A run that lacks some has a line with gaps.
    """
    axes = [*_parameter_axes(table.rows), *_metric_axes(table)][-_AXES:]
    if not axes:
        why = "of fewer than two runs nothing differs" if len(table) < 2 else "no parameter and no metric differs"
        raise_for("V017", name="parallel coordinates", hint="", why=why)
    figure = _figure("", f"parallel coordinates of {several(len(table.rows), 'run')}, a line a run")
    for number, row in enumerate(table.rows):
        said = "<br>".join(f"{axis.label}: <b>{axis.texts[number]}</b>" for axis in axes)
        run = escaped(_short(row.run, table.rows))
        figure.add_scatter(
            x=list(range(len(axes))),
            y=[axis.places[number] for axis in axes],
            mode="lines+markers",
            line={"color": _between(axes[-1].places[number]), "width": 2},
            marker={"size": 6},
            opacity=0.85,
            name=f"run {run}",
            hovertemplate=f"<b>run {run}</b><br>{said}<extra></extra>",
        )
    for place, axis in enumerate(axes):
        figure.add_shape(type="line", x0=place, x1=place, y0=0, y1=1, line={"color": TEXT, "width": 1}, layer="below")
        # what is written at the ends stays within the picture
        side = "left" if place == 0 else "right" if place == len(axes) - 1 else "center"
        figure.add_annotation(x=place, y=1.2, text=f"<b>{axis.label}</b>", showarrow=False, xanchor=side)
        for at, tick in axis.ticks:
            beyond = {1.0: 0.06, 0.0: -0.06}.get(at, 0.0)
            shift = {"xanchor": side} if beyond else {"xanchor": "left", "xshift": 7}
            figure.add_annotation(x=place, y=at + beyond, text=tick, showarrow=False, font={"size": 11}, **shift)
    figure.update_xaxes(visible=False, range=[-0.12, max(len(axes) - 1, 1) + 0.12])
    figure.update_yaxes(visible=False, range=[-0.12, 1.28])
    figure.update_layout(height=360, margin={"l": 16, "r": 16, "t": 8, "b": 8})
    return figure


@frozen
class _Axis:
    """One axis: where each run is on it, from 0 to 1, and what is written beside it."""

    label: str
    places: tuple[float | None, ...]
    texts: tuple[str, ...]
    ticks: tuple[tuple[float, str], ...]


def _number_axis(name: str, numbers: Sequence[Any]) -> _Axis:
    finite = [None if _finite(each) is None else float(each) for each in numbers]
    there = [each for each in finite if each is not None]
    low, high = (min(there), max(there)) if there else (0.0, 0.0)
    # halves: the span of two huge numbers may be too large for a float
    span = high / 2 - low / 2
    places = tuple(None if each is None else (each / 2 - low / 2) / span if span > 0 else 0.5 for each in finite)
    texts = tuple("–" if each is None else number_text(each) for each in numbers)
    ticks = ((0.0, number_text(low)), (1.0, number_text(high))) if span > 0 else ((0.5, number_text(low)),)
    return _Axis(_label(name), places, texts, ticks)


def _kind_axis(name: str, raws: Sequence[Any]) -> _Axis:
    """An axis of values that are no numbers: each has a place of its own."""
    kinds = list(dict.fromkeys(repr(raw) for raw in raws))
    texts = _distinct(
        ["–" if raw is None else _bare(raw) for raw in dict(zip(map(repr, raws), raws, strict=True)).values()]
    )
    shown = dict(zip(kinds, texts, strict=True))
    at = {kind: place / max(len(kinds) - 1, 1) for place, kind in enumerate(kinds)}
    places = tuple(at[repr(raw)] for raw in raws)
    ticks = tuple((at[kind], shown[kind]) for kind in kinds[:_KINDS])
    return _Axis(_label(name), places, tuple(shown[repr(raw)] for raw in raws), ticks)


def _bare(raw: Any) -> str:
    """Return a value in few characters: a text without quotes, a list without brackets."""
    if isinstance(raw, list) and all(isinstance(each, str) for each in raw):
        return one_line(", ".join(raw), _KIND)
    return one_line(raw, _KIND) if isinstance(raw, str) else parameter(raw, _KIND)


def _between(part: float | None) -> str:
    """Return the colour at a place from blue over magenta to amber; grey for none."""
    if part is None:
        return GREY
    # straight from blue to amber the middle would be grey, too
    ends, along = ((BLUE, MAGENTA), part * 2) if part < 0.5 else ((MAGENTA, AMBER), part * 2 - 1)
    pairs = [[int(colour[at : at + 2], 16) for colour in ends] for at in (1, 3, 5)]
    return "#" + "".join(f"{round(one + along * (other - one)):02x}" for one, other in pairs)


def _label(name: str) -> str:
    return escaped(one_line(name, 24))


def _parameter_axes(rows: Sequence[Measured]) -> list[_Axis]:
    axes = []
    for name in dict.fromkeys(name for row in rows for name in row.parameters):
        raws = [row.parameters.get(name) for row in rows]
        if len({repr(raw) for raw in raws}) > 1:
            axes.append(_number_axis(name, raws) if all(map(is_number, raws)) else _kind_axis(name, raws))
    return axes


def _metric_axes(table: MetricTable) -> list[_Axis]:
    values = {name: [row.values.get(name) for row in table.rows] for name in table.names}
    steps = Counter(name.rpartition(".")[2] for name in values)
    short = {name: name if steps[name.rpartition(".")[2]] > 1 else name.rpartition(".")[2] for name in values}
    return [_number_axis(short[name], each) for name, each in values.items() if not alike(each)]


def _figure(title: str, words: str) -> Any:
    margin = {"l": 60, "r": 20, "t": 40 if title else 20, "b": 50}
    return plotted(height=320, margin=margin, title=title, words=words)


def _distinct(names: Sequence[str]) -> list[str]:
    """Return names of a category axis: two of one name would be one place."""
    seen: dict[str, int] = {}
    made = []
    for name in map(escaped, names):
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
    return escaped(", ".join(said))
