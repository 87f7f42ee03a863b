"""The dashboard's charts as plotly figures. They read on light and dark pages: nothing has a ground of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from math import log10
from typing import Any

from nbflow.cards.figures import duration
from nbflow.cards.palette import colour
from nbflow.cards.printable import one_line
from nbflow.model.record import RunRecord
from nbflow.model.status import RunStatus
from nbflow.views.history.rows import Name
from nbflow.views.plotted import COLOURS, TEXT, escaped, lay_out, plotted

_MARGIN = {"l": 62, "r": 16, "t": 30, "b": 40}
_LEGEND = {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"}
#: of bars, from the bottom
_STATUSES = (RunStatus.SUCCEEDED, RunStatus.RUNNING, RunStatus.CANCELLED, RunStatus.LOST, RunStatus.FAILED)
#: pixels of one small chart
_HEIGHT = 210
#: marks of durations, on an axis by powers of ten
_SECONDS = (
    *(0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 60, 180, 600, 1800),
    *(3600, 3 * 3600, 10 * 3600, 86_400, 3 * 86_400, 10 * 86_400),
)


class Chart:
    """A plotly figure that a notebook draws, asking no other machine for anything; a picture of it in the file that is kept.

    Where there is nothing to draw it is words.
    """

    def __init__(self, figure: Any, words: str) -> None:
        #: the figure, to be changed or shown otherwise; None where there is nothing to draw
        self.figure = figure
        self._words = words

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        from nbflow.cards.html import block, faint
        from nbflow.views.still import bundle

        if self.figure is None:
            return {"text/html": block(faint(self._words)), "text/plain": self._words}
        return bundle(self.figure, self._words)

    def __repr__(self) -> str:
        return self._words


def days(counts: Sequence[tuple[float, float, Mapping[RunStatus, int]]]) -> Chart:
    """Return how runs ended, a bar for each span (from, until, how many of each status)."""
    total = sum(sum(each.values()) for _, _, each in counts)
    if not total:
        return Chart(None, "no runs in this time")
    figure = plotted(height=260, margin=_MARGIN)
    several_days = counts[0][1] - counts[0][0] > 1.5 * 86_400
    # bars stand in the middle of their time
    places = [_moment((start + end) / 2) for start, end, _ in counts]
    names = [_span(start, end) for start, end, _ in counts]
    for status in _STATUSES:
        many = [_of(each, status) for _, _, each in counts]
        if any(many):
            figure.add_bar(
                x=places,
                y=many,
                customdata=names,
                name=str(status),
                marker={"color": colour(status), "line": {"width": 0}},
                hovertemplate=f"%{{customdata}}: <b>%{{y}}</b> {status}<extra></extra>",
            )
    _dated(figure)
    figure.update_layout(barmode="stack", bargap=0.25, showlegend=True, legend=_LEGEND)
    figure.update_yaxes(title="runs", rangemode="tozero", tickformat="d")
    return Chart(figure, f"{total} runs, by {'week' if several_days else 'day'} and status")


def durations(runs: Mapping[str, Sequence[RunRecord]]) -> Chart:
    """Return how long the runs of each flow took, by when they started; those that did not succeed are crosses."""
    figure = plotted(height=300, margin=_MARGIN)
    all_took: list[float] = []
    for number, (flow, records) in enumerate(runs.items()):
        ended = [run for run in records if run.finished_at is not None and run.status is not RunStatus.CANCELLED]
        all_took += map(_took, ended)
        good = [run for run in ended if run.status is RunStatus.SUCCEEDED]
        bad = [run for run in ended if run.status is not RunStatus.SUCCEEDED]
        for each, symbol in ((good, "circle"), (bad, "x-thin-open")):
            if each:
                _add_durations(figure, flow, each, COLOURS[number % len(COLOURS)], symbol, named=each is (good or bad))
    if not all_took:
        return Chart(None, "no run has ended in this time")
    span = _around(min(all_took), max(all_took))
    ticks = span[:: -(-len(span) // 7)]
    _dated(figure)
    figure.update_layout(showlegend=True, legend=_LEGEND)
    ends = [log10(span[0] * 0.8), log10(span[-1] * 1.25)]
    figure.update_yaxes(type="log", range=ends, tickvals=ticks, ticktext=[_short(each) for each in ticks])
    return Chart(figure, f"how long {len(all_took)} runs took, by when they started")


def _add_durations(figure: Any, flow: str, runs: Sequence[RunRecord], line: str, symbol: str, *, named: bool) -> None:
    figure.add_scatter(
        x=[_moment(_began(run)) for run in runs],
        y=[_took(run) for run in runs],
        customdata=[[escaped(f"{run.flow}/{run.id}"), run.status.value, duration(_took(run))] for run in runs],
        hovertemplate="%{customdata[0]}: <b>%{customdata[2]}</b><br>%{x}, %{customdata[1]}<extra></extra>",
        mode="markers",
        name=escaped(one_line(flow, 40)),
        legendgroup=line,
        showlegend=named,
        marker={
            "color": line,
            "size": 7,
            "opacity": 0.85,
            "symbol": symbol,
            "line": {"width": 2 * (symbol != "circle")},
        },
    )


def _dated(figure: Any, marks: int = 8) -> None:
    """Have moments written upright, as many as have room, and the margin as high as they are."""
    figure.update_xaxes(tickangle=0, nticks=marks, automargin=True)


def _took(run: RunRecord) -> float:
    return max((run.finished_at or 0.0) - _began(run), 0.001)


def _around(least: float, most: float) -> list[float]:
    """Return round durations from one that is shorter than both to one that is longer."""
    first = max((place for place, each in enumerate(_SECONDS) if each <= least), default=0)
    last = min((place for place, each in enumerate(_SECONDS) if each >= most), default=len(_SECONDS) - 1)
    return list(_SECONDS[first : last + 1])


def _short(seconds: float) -> str:
    """Return a round duration: `0.5 s`, `10 min`."""
    for unit, name in ((86_400, "d"), (3600, "h"), (60, "min")):
        if seconds >= unit:
            return f"{seconds / unit:g} {name}"
    return f"{seconds:g} s"


def metrics(runs: Mapping[str, Sequence[RunRecord]], values: Mapping[Name, Mapping[str, float]], most: int) -> Chart:
    """Return the metrics of each flow over time, a small chart each: those that most runs have."""
    charts = _measured(runs, values)[:most]
    if not charts:
        return Chart(None, "no two runs left a number under one name in this time")
    from plotly.subplots import make_subplots

    from nbflow.views.still.shown import ShownFigure

    columns = min(2, len(charts))
    rows = -(-len(charts) // columns)
    titles = [escaped(one_line(f"{flow} · {name}", 44)) for flow, name, _ in charts]
    height = rows * _HEIGHT + 40
    figure = make_subplots(
        figure=ShownFigure(),
        rows=rows,
        cols=columns,
        subplot_titles=titles,
        vertical_spacing=70 / height,
        horizontal_spacing=0.09,
    )
    flows = list(runs)
    for place, (flow, name, measured) in enumerate(charts):
        figure.add_scatter(
            x=[_moment(_began(run)) for run in measured],
            y=[values[run.flow, run.id][name] for run in measured],
            customdata=[escaped(f"{run.flow}/{run.id}") for run in measured],
            hovertemplate="%{customdata}: <b>%{y}</b><br>%{x}<extra></extra>",
            mode="lines+markers" if len(measured) <= 120 else "markers",
            line={"color": COLOURS[flows.index(flow) % len(COLOURS)], "width": 1.5},
            marker={"size": 6 if len(measured) <= 120 else 4},
            row=place // columns + 1,
            col=place % columns + 1,
        )
    lay_out(figure, height=height, margin=_MARGIN)
    _dated(figure, 4)
    # titles of small charts are annotations in the middle: they begin where their chart does
    for note, axis in zip(figure.layout.annotations, figure.select_xaxes(), strict=False):
        note.update(x=axis.domain[0], xanchor="left", font={"size": 13, "color": TEXT})
    return Chart(figure, f"{', '.join(titles)} over time")


def _measured(
    runs: Mapping[str, Sequence[RunRecord]], values: Mapping[Name, Mapping[str, float]]
) -> list[tuple[str, str, list[RunRecord]]]:
    """Return (flow, metric, its runs, the oldest first); of each flow its commonest metric first, and so on."""
    ranked: list[tuple[int, int, str, str, list[RunRecord]]] = []
    for place, (flow, records) in enumerate(runs.items()):
        found: dict[str, list[RunRecord]] = {}
        for run in reversed(records):
            for name in values.get((run.flow, run.id), {}):
                found.setdefault(name, []).append(run)
        common = sorted((name for name in found if len(found[name]) > 1), key=lambda name: (-len(found[name]), name))
        ranked += [(rank, place, flow, name, found[name]) for rank, name in enumerate(common)]
    return [(flow, name, measured) for _, _, flow, name, measured in sorted(ranked, key=lambda each: each[:2])]


def _of(counts: Mapping[RunStatus, int], status: RunStatus) -> int:
    """Return how many have a status; what is under way in any way is running."""
    if status is RunStatus.RUNNING:
        return sum(counts.get(each, 0) for each in (RunStatus.RUNNING, RunStatus.PENDING, RunStatus.CANCELLING))
    return counts.get(status, 0)


def _began(run: RunRecord) -> float:
    return run.started_at or run.created_at


def _moment(seconds: float) -> datetime:
    # plotly shows moments as they are written
    return datetime.fromtimestamp(seconds, UTC).astimezone().replace(tzinfo=None)


def _span(start: float, end: float) -> str:
    first, last = _moment(start), _moment(end) - timedelta(minutes=1)
    return f"{first:%a %d %b}" if first.date() == last.date() else f"{first:%d %b} to {last:%d %b}"
