"""Which jobs runs have: from their records, and how each stands from Batch itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field
from typing import Any

from nbflow.backends.batch.backend import JOB
from nbflow.backends.batch.service import BatchService, has_ended
from nbflow.frozen import frozen
from nbflow.metadata.query import RunQuery
from nbflow.model.record import AttemptRecord, RunRecord
from nbflow.model.status import RunStatus
from nbflow.workspace import Workspace

#: runs that may have jobs: those under way, and those whose scheduler is gone
_ALIVE = (RunStatus.RUNNING, RunStatus.CANCELLING, RunStatus.LOST)


@frozen
class Selection:
    """Whose jobs are meant; None: everyone's."""

    flow: str | None = None
    run: str | None = None
    user: str | None = None


@frozen
class Job:
    """One job of a task."""

    #: as Batch knows it
    id: str
    #: `flow/run/step/task`
    task: str
    attempt: int
    #: SUBMITTED, RUNNABLE, RUNNING…; empty: Batch has forgotten it
    status: str
    why: str = ""
    #: seconds since the epoch
    started_at: float | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


def jobs_of(workspace: Workspace, service: BatchService, wanted: Selection) -> list[Job]:
    """Return the jobs that have not ended, in the order of their runs and tasks."""
    recorded = [(run, each) for run in _runs(workspace, wanted) for each in _attempts(workspace, run)]
    ids = [each.job.removeprefix(JOB) for _, each in recorded if each.job]
    known = service.describe(ids)
    return list(_alive(recorded, known))


def _alive(
    recorded: Iterable[tuple[RunRecord, AttemptRecord]], known: Mapping[str, Mapping[str, Any]]
) -> Iterator[Job]:
    for run, attempt in recorded:
        id_ = (attempt.job or "").removeprefix(JOB)
        facts = known.get(id_)
        if facts is None or has_ended(facts):
            continue
        started = facts.get("startedAt")
        yield Job(
            id_,
            f"{run.flow}/{run.id}/{attempt.step}/{attempt.task}",
            attempt.number,
            facts["status"],
            facts.get("statusReason", ""),
            started / 1000 if started else None,
            facts,
        )


def _runs(workspace: Workspace, wanted: Selection) -> Iterator[RunRecord]:
    metadata = workspace.metadata
    if wanted.run is not None and wanted.flow is not None:
        found = metadata.run(wanted.flow, wanted.run)
        yield from [found] if found else []
        return
    query = RunQuery(
        flows=(wanted.flow,) if wanted.flow else (),
        users=(wanted.user,) if wanted.user else (),
        statuses=_ALIVE,
    )
    # the same number may be a run of several flows
    yield from (each for each in metadata.find(query) if wanted.run in (None, each.id))


def _attempts(workspace: Workspace, run: RunRecord) -> Iterator[AttemptRecord]:
    for attempt in workspace.metadata.attempts(run.flow, run.id):
        if attempt.job is not None and attempt.job.startswith(JOB) and not attempt.status.has_result:
            yield attempt
