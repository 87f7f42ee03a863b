"""How a firing ended whose own process did not say so."""

from __future__ import annotations

import socket
from datetime import datetime, timedelta

from nbflow.metadata.owner import Owners
from nbflow.model.status import RunStatus
from nbflow.schedules.firings import Firing
from nbflow.workspace import Workspace

#: for which a process on another machine is believed that it still prepares its run
_PREPARES = timedelta(hours=1)


def ending_of(
    workspace: Workspace, flow: str, found: Firing, *, first: bool, now: datetime, within: timedelta
) -> dict[str, object] | None:
    """Return how a firing ended, None where it goes on or has said it.

    Args:
        workspace: where its run is.
        flow: the flow it runs.
        found: the firing.
        first: whoever asks has just begun to look: what has waited since before may wait for nothing.
        now: the time.
        within: for how long it is worth being made up for.
    """
    at = now.timestamp()
    if found.state == "waiting":
        if first and now - found.claim.at > within:
            return {"code": None, "missed": True, "why": "nobody ran it in time", "at": at}
        return None
    if found.state != "running" or not _is_gone(found, now):
        return None
    run = workspace.metadata.run(flow, found.run_id) if found.run_id else None
    if run is None:
        return {"code": None, "why": "its process is gone, and made no run", "at": at}
    if run.status.ended or run.status is RunStatus.LOST:
        code = None if run.status is RunStatus.LOST else int(run.status is not RunStatus.SUCCEEDED)
        return {"code": code, "why": f"its process is gone; the run {run.status.value}", "at": run.finished_at or at}
    # the run goes on without it
    return None


def _is_gone(found: Firing, now: datetime) -> bool:
    begun = dict(found.begun or {})
    owner, at = str(begun.get("owner", "")), float(begun.get("at", 0.0))
    if owner.rpartition(":")[0] == socket.gethostname():
        return Owners().is_gone(owner, at, "run")
    # of another machine only the run tells
    return bool(found.run_id) or now.timestamp() - at > _PREPARES.total_seconds()
