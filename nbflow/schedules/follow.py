"""Occurrences of schedules that follow other flows: what `@trigger_on_finish` waits for."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from nbflow.metadata.port import Metadata
from nbflow.metadata.query import RunQuery
from nbflow.model.record import RunRecord
from nbflow.model.status import RunStatus
from nbflow.schedules.due import Occurrence, stamp
from nbflow.schedules.schedule import Schedule, Upstream

#: runs of one flow that are looked at, the newest
_MOST = 500
#: characters of the part of a key that names runs
_LONGEST = 100


def finished(metadata: Metadata, schedule: Schedule) -> list[Occurrence]:
    """Return the occurrences since the schedule counts, in the order of time.

    With one upstream, each of its runs that has succeeded is one. With several, there is one whenever each of them has
    had such a run since the last: of the newest of each.
    """
    since = schedule.since.timestamp()
    runs = [(upstream, run) for upstream in schedule.upstreams for run in _succeeded(metadata, upstream, since)]
    runs.sort(key=lambda each: (each[1].finished_at or 0.0, each[1].flow, each[1].id))
    return list(paired(schedule.upstreams, runs))


def paired(upstreams: Sequence[Upstream], runs: Sequence[tuple[Upstream, RunRecord]]) -> Iterator[Occurrence]:
    """Yield an occurrence whenever each of `upstreams` has had one of `runs`, which are in the order of their ends."""
    had: dict[Upstream, RunRecord] = {}
    for upstream, run in runs:
        had[upstream] = run
        if len(had) == len(upstreams):
            yield _occurrence([had[each] for each in upstreams], run)
            had = {}


def _occurrence(runs: Sequence[RunRecord], last: RunRecord) -> Occurrence:
    moment = datetime.fromtimestamp(last.finished_at or 0.0, UTC)
    named = "+".join(f"{run.flow}-{run.id}" for run in runs)
    if len(named) > _LONGEST:
        named = f"{named[:60]}-{hashlib.sha256(named.encode()).hexdigest()[:16]}"
    return Occurrence(f"{stamp(moment)}-after-{named}", moment, tuple(f"{run.flow}/{run.id}" for run in runs))


def _succeeded(metadata: Metadata, upstream: Upstream, since: float) -> Iterator[RunRecord]:
    wanted = RunQuery(flows=(upstream.flow,), statuses=(RunStatus.SUCCEEDED,), tags=upstream.tags)
    for run in metadata.find(wanted, limit=_MOST):
        if run.finished_at is not None and run.finished_at > since:
            yield run
