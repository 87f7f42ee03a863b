"""Cancelling a run, whatever process runs it: asked through the store, and confirmed when nothing of it is left."""

from __future__ import annotations

import time
from collections.abc import Callable

from nbflow.cards.figures import duration, several
from nbflow.model.record import RunRecord
from nbflow.model.status import RunStatus
from nbflow.workspace import Workspace

#: seconds between two looks; until the first word that it takes time; between such words
_LOOK, _FIRST_WORD, _WORDS = 0.1, 1.0, 10.0

Say = Callable[[str], None]


def cancel(workspace: Workspace, run: RunRecord, say: Say, *, resume: str) -> RunRecord:
    """Cancel the run, wait until it has ended, say how it went, and return its record. An interrupt stops waiting.

    `resume` is what to type to go on from a run that has lost its owner.
    """
    name = f"{run.flow}/{run.id}"
    metadata = workspace.metadata
    if run.kind == "draft":
        say(f"{name} is what cells computed in a kernel: it ends with that kernel; interrupt a cell to stop its step")
        return run
    if run.status is RunStatus.LOST:
        # for good: an owner that comes back cannot go on
        metadata.update_run(run.flow, run.id, status=RunStatus.LOST, finished_at=time.time())
        say(f"{name} is lost: the process that ran it is gone. {resume}  goes on from what it finished")
        return run
    if not metadata.ask_cancel(run.flow, run.id):
        how = {RunStatus.CANCELLED: "was cancelled already", RunStatus.SUCCEEDED: "has succeeded already"}
        say(f"{name} {how.get(run.status, 'has failed already')}")
        return metadata.run(run.flow, run.id) or run
    began = time.monotonic()
    try:
        ended = _wait(workspace, run, say)
    except KeyboardInterrupt:
        say(f"no longer waiting: {name} was asked to end, and will")
        raise
    took = duration(time.monotonic() - began)
    if ended.status is RunStatus.CANCELLED:
        say(f"{name} cancelled in {took}; no process of it is left")
    else:
        say(f"{name} {ended.status} before it could be cancelled")
    return ended


def _wait(workspace: Workspace, run: RunRecord, say: Say) -> RunRecord:
    """Return the run when it has ended; say now and then what it waits for."""
    word = time.monotonic() + _FIRST_WORD
    while True:
        now = workspace.metadata.run(run.flow, run.id) or run
        if now.status.ended:
            return now
        if time.monotonic() >= word:
            word += _WORDS
            tasks = workspace.metadata.tasks(run.flow, run.id)
            left = sum(task.started_at is not None and not task.status.ended for task in tasks)
            say(f"cancelling {run.flow}/{run.id}: {several(left, 'task')} still to end")
        time.sleep(_LOOK)
