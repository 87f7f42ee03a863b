"""What the dashboard says of the runs of some time: read from the metadata, counted there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime, time, timedelta
from itertools import pairwise
from statistics import median

from nbflow.frozen import frozen
from nbflow.metadata.port import Metadata
from nbflow.metadata.query import RunQuery
from nbflow.model.record import RunRecord
from nbflow.model.status import RunStatus
from nbflow.views.history.when import Moment, seconds_of

#: runs of a flow that are read one by one, and those whose statuses are shown in a strip
READ, STRIP = 500, 24
#: bars of a chart by day; with more, a bar is a week
_BARS = 92


@frozen
class FlowState:
    """How one flow stands."""

    name: str
    counts: Mapping[RunStatus, int]
    #: the latest ones, the newest first
    latest: tuple[RunRecord, ...]
    #: seconds that half of its latest successful runs took at most; None: none succeeded
    typical: float | None

    @property
    def runs(self) -> int:
        """How many there are."""
        return sum(self.counts.values())


@frozen
class Summary:
    """How all flows stand, the one that ran last first."""

    flows: tuple[FlowState, ...] = ()
    people: tuple[str, ...] = ()
    counts: Mapping[RunStatus, int] = field(default_factory=dict)

    @property
    def runs(self) -> int:
        """How many there are."""
        return sum(self.counts.values())


class Reader:
    """Reads what the dashboard shows.

    Args:
        metadata: where runs are recorded.
        flows: of which flows; all without any.
        since: from when on; None: ever.
    """

    def __init__(self, metadata: Metadata, flows: tuple[str, ...] = (), since: Moment | None = None) -> None:
        self.metadata = metadata
        self.since = since
        self._flows = flows

    def query(self, now: float, *flows: str) -> RunQuery:
        """Return which runs are looked at."""
        since = None if self.since is None else seconds_of(self.since, now)
        return RunQuery(flows=flows or self._flows, since=since)

    def summary(self, now: float) -> Summary:
        """Return how the flows stand."""
        query = self.query(now)
        names = self._flows or self.metadata.flows()
        flows = [state for name in names if (state := self._flow(name, now)).latest]
        flows.sort(key=lambda state: -state.latest[0].created_at)
        return Summary(tuple(flows), self.metadata.known("user", self._flows), self.metadata.count(query))

    def _flow(self, name: str, now: float) -> FlowState:
        query = self.query(now, name)
        counts = self.metadata.count(query)
        latest = self.metadata.find(query, limit=100) if counts else ()
        took = [
            run.finished_at - (run.started_at or run.created_at)
            for run in latest
            if run.status is RunStatus.SUCCEEDED and run.finished_at is not None
        ]
        return FlowState(name, counts, latest[:STRIP], median(took) if took else None)

    def records(self, now: float) -> dict[str, tuple[RunRecord, ...]]:
        """Return the latest runs of each flow, the newest first; the flow that ran last first."""
        found = {
            name: self.metadata.find(self.query(now, name), limit=READ) for name in self._flows or self.metadata.flows()
        }
        return dict(
            sorted(((name, runs) for name, runs in found.items() if runs), key=lambda each: -each[1][0].created_at)
        )

    def by_day(self, now: float) -> list[tuple[float, float, Mapping[RunStatus, int]]]:
        """Return how many runs of each status there were in each day, or in each week of a longer time."""
        query = self.query(now)
        first = query.since
        if first is None:
            began = [
                at for name in self._flows or self.metadata.flows() if (at := self.metadata.began(name)) is not None
            ]
            first = min(began, default=now)
        today = datetime.fromtimestamp(now).astimezone().date()
        start = datetime.fromtimestamp(first).astimezone().date()
        step = 1 if (today - start).days < _BARS else 7
        days = range(-((today - start).days // step), 1)
        edges = [
            datetime.combine(today + timedelta(days=1 + step * (day - 1)), time()).timestamp() for day in [*days, 1]
        ]
        return [
            (begin, end, self.metadata.count(RunQuery(flows=query.flows, since=begin, until=end)))
            for begin, end in pairwise(edges)
        ]
