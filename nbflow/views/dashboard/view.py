"""The dashboard's head as a view: figures of all runs, and a line for each flow; it goes on."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from nbflow.cards import html as h
from nbflow.cards.figures import duration
from nbflow.cards.html import Html
from nbflow.cards.palette import BLUE, GREEN, RED, colour, mark
from nbflow.cards.printable import one_line
from nbflow.model.record import RunRecord
from nbflow.model.status import RunStatus
from nbflow.views.dashboard.summary import FlowState, Reader, Summary
from nbflow.views.history import when as moments
from nbflow.views.moments import ago, took
from nbflow.views.pace import Pace

#: flows that have a line
_MOST = 30
_UNDER_WAY = (RunStatus.RUNNING, RunStatus.PENDING, RunStatus.CANCELLING)
_TILE = (
    "display:inline-block;vertical-align:top;min-width:72px;margin:0 8px 10px 0;padding:8px 10px 8px 11px;"
    f"border-radius:6px;background-color:{h.TINT};border-left:3px solid "
)
#: from the right, where the newest is; of those that have no room the oldest are not seen
_SQUARE = "float:right;width:8px;height:14px;margin:3px 0 4px 2px;border-radius:2px;background-color:"
_NAME = "font-weight:bold;white-space:nowrap;overflow:hidden;text-overflow:ellipsis"
_WIDTHS = ("19%", "23%", "", "7%", "11%", "10%")


class DashboardView:
    """How many runs there are, how they ended, and how each flow stands."""

    name = "dashboard"

    def __init__(self, reader: Reader, clock: Callable[[], float] = time.time) -> None:
        self._reader = reader
        self._clock = clock
        self._pace = Pace(clock)
        self._version = -1
        self._summary = Summary()
        self._read_at = 0.0

    def regions(self) -> Mapping[str, Html]:
        """Return the live page."""
        summary = self._read()
        if not summary.runs:
            return {"nothing": self._nothing()}
        return {"tiles": tiles(summary, self._since()), "flows": flows(summary, self._clock())}

    def static(self) -> Html:
        """Return the picture that a file keeps."""
        return h.block(*self.regions().values())

    def text(self) -> str:
        """Return it for a terminal."""
        summary = self._read()
        if not summary.runs:
            return f"no runs{self._since()}" if self._reader.metadata.flows() else "nothing has run here yet"
        lines = [f"{summary.runs} runs{self._since()}: {_counted(summary.counts)}"]
        lines += [f"  {state.name}: {state.runs} runs, {_counted(state.counts)}" for state in summary.flows[:_MOST]]
        return "\n".join(lines)

    def act(self, act: str, argument: str, fields: Mapping[str, str]) -> None:
        """Do nothing: it has no controls."""

    def poll(self) -> bool:
        """Look whether anything was written, or a run goes on."""
        return self._pace.due() and (self._reader.metadata.version() != self._version or self._goes_on())

    def _goes_on(self) -> bool:
        return any(self._summary.counts.get(status) for status in _UNDER_WAY)

    def _read(self) -> Summary:
        version, now = self._reader.metadata.version(), self._clock()
        if version != self._version or (self._goes_on() and now - self._read_at >= 5):
            self._summary = self._pace.timed(lambda: self._reader.summary(now))
            self._version, self._read_at = version, now
        return self._summary

    def _since(self) -> str:
        return "" if self._reader.since is None else f" since {moments.said(self._reader.since)}"

    def _nothing(self) -> Html:
        since = self._since()
        if since and self._reader.metadata.flows():
            return h.block(h.text(f"No runs{since}.", "font-weight:bold"), style="margin:8px 0")
        return h.block(
            h.block("Nothing has run here yet.", style="font-weight:bold"),
            h.block("Here will be how many runs there are and how they ended, how each flow stands, what the runs"),
            h.block("measured and how long they took, and their newest cards. To see it, type into a terminal"),
            h.preformatted("nbflow run notebooks/models.ipynb"),
            h.block(h.faint("or run a notebook of your own, and then this page again.")),
            style="margin:8px 0;line-height:1.7;max-width:640px",
        )


def tiles(summary: Summary, since: str) -> Html:
    """Return figures of all runs beside each other."""
    counts = summary.counts
    ended = sum(
        many for status, many in counts.items() if status in {RunStatus.SUCCEEDED, RunStatus.FAILED, RunStatus.LOST}
    )
    share = f"{100 * counts.get(RunStatus.SUCCEEDED, 0) / ended:.0f} %" if ended else "–"
    failed = counts.get(RunStatus.FAILED, 0) + counts.get(RunStatus.LOST, 0)
    going = sum(counts.get(status, 0) for status in _UNDER_WAY)
    shown = [
        ("run" if summary.runs == 1 else "runs", _number(summary.runs), "rgba(128,128,128,0.5)", f"all runs{since}"),
        ("succeeded", share, GREEN, "of those that succeeded, failed or were lost"),
        ("failed or lost", _number(failed), RED if failed else "rgba(128,128,128,0.5)", ""),
        ("under way", _number(going), BLUE if going else "rgba(128,128,128,0.5)", ""),
        (
            "flow" if len(summary.flows) == 1 else "flows",
            _number(len(summary.flows)),
            "rgba(128,128,128,0.5)",
            ", ".join(state.name for state in summary.flows[:20]),
        ),
        (
            "person" if len(summary.people) == 1 else "people",
            _number(len(summary.people)),
            "rgba(128,128,128,0.5)",
            ", ".join(summary.people[:20]),
        ),
    ]
    made = [
        h.tag(
            "div",
            h.block(figure, style="font-size:22px;line-height:1.25;font-weight:bold;font-variant-numeric:tabular-nums"),
            h.block(name, style=f"font-size:12px;{h.FAINT}"),
            style=_TILE + edge,
            title=title or None,
        )
        for name, figure, edge, title in shown
    ]
    return h.block(*made, style="margin:4px 0 2px")


def flows(summary: Summary, now: float) -> Html:
    """Return a line for each flow."""
    rows = [_flow(state, now) for state in summary.flows[:_MOST]]
    latest = h.text("latest runs", title="the newest right")
    head = ["flow", "last run", latest, "runs", "succeeded", "typically"]
    table = h.table(rows, head=head, align="llrrrr", width="100%", widths=_WIDTHS)
    more = len(summary.flows) - _MOST
    return h.block(table, h.faint(f"and {more} more flows") if more > 0 else "")


def _flow(state: FlowState, now: float) -> list[Html | str]:
    last = state.latest[0]
    status = last.status.value
    ended = [state.counts.get(each, 0) for each in (RunStatus.SUCCEEDED, RunStatus.FAILED, RunStatus.LOST)]
    share = f"{100 * ended[0] / sum(ended):.0f} %" if sum(ended) else "–"
    when = h.text(ago(now - last.created_at), f"{h.FAINT};font-size:12px;white-space:nowrap")
    said = f"{mark(status)} run {one_line(last.id, 20)} {status}"
    return [
        h.tag("div", one_line(state.name, 80), style=_NAME, title=one_line(state.name, 200)),
        h.join([h.text(said, f"color:{colour(status)};white-space:nowrap", last.reason or None), " ", when]),
        h.block(*(_square(run, now) for run in state.latest), style="height:18px;overflow:hidden"),
        _number(state.runs),
        share,
        h.text(duration(state.typical), "white-space:nowrap"),
    ]


def _square(run: RunRecord, now: float) -> Html:
    why = f"\n{one_line(run.reason, 200)}" if run.reason else ""
    title = f"{run.flow}/{run.id} {run.status}, {took(run, now)}{why}"
    return h.tag("span", style=_SQUARE + colour(run.status), title=title)


def _counted(counts: Mapping[RunStatus, int]) -> str:
    return ", ".join(f"{many} {status}" for status, many in counts.items())


def _number(count: int) -> str:
    return f"{count:,}"
