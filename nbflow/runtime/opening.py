"""The record with which a run begins."""

from __future__ import annotations

from nbflow.graph.summary import summaries
from nbflow.model.ids import RunId
from nbflow.model.record import RunRecord
from nbflow.model.status import RunStatus
from nbflow.runtime.request import RunRequest


def opening(request: RunRequest, now: float, *, user: str, run: str = "", owner: str = "") -> RunRecord:
    """Return what is recorded of a run before any of it has run.

    Args:
        request: the run.
        now: seconds since the epoch.
        user: who it is by, where the request does not say.
        run: its id; empty: metadata gives it one.
        owner: `host:pid` of what sees it through; empty: nobody does from beginning to end.
    """
    return RunRecord(
        flow=request.flow,
        id=RunId(run),
        kind=request.kind,
        status=RunStatus.RUNNING,
        user=request.user or user,
        created_at=now,
        started_at=now,
        heartbeat_at=now,
        parameters=request.parameters,
        tags=request.tags,
        system_tags=request.system_tags,
        about=request.about,
        code=request.code,
        source=request.source,
        steps=summaries(request.graph),
        origin_run=request.origin,
        owner=owner,
    )
