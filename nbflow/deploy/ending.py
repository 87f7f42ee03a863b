"""How a run ends that nobody runs from beginning to end: its unfinished tasks are closed, and then it is."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import replace

from nbflow.errors import MetadataError
from nbflow.model.record import RunRecord, TaskRecord
from nbflow.model.status import RunStatus, TaskStatus
from nbflow.workspace import Workspace


def end(workspace: Workspace, run: RunRecord, status: RunStatus, otherwise: str = "") -> tuple[RunRecord, bool]:
    """End the run, unless it has ended; return it as it is then, and whether it was ended here.

    Of several who come to it at once one has ended it: who is to tell of it.

    Args:
        workspace: where it is kept.
        run: as it was known.
        status: how it ends.
        otherwise: why it failed, if no task says.
    """
    metadata = workspace.metadata
    if run.status.ended:
        return run, False
    now = time.time()
    reason = ""
    if status is not RunStatus.SUCCEEDED:
        tasks = metadata.tasks(run.flow, run.id)
        open_ = [replace(each, status=TaskStatus.CANCELLED, finished_at=now) for each in tasks if not each.status.ended]
        attempts = [
            replace(each, status=TaskStatus.CANCELLED, finished_at=now)
            for each in metadata.attempts(run.flow, run.id)
            if not each.status.ended
        ]
        # one of them may have come to its end meanwhile: its own word counts
        with suppress(MetadataError):
            metadata.write(run.flow, run.id, open_, attempts)
        reason = _first_failure(tasks) or otherwise
    ended = metadata.update_run(run.flow, run.id, status=status, finished_at=now, reason=reason)
    # how it ended is final, and the first one's
    return ended, ended.finished_at == now


def _first_failure(tasks: tuple[TaskRecord, ...]) -> str:
    failed = [each for each in tasks if each.failure is not None and not each.caught]
    if not failed:
        return ""
    first = min(failed, key=lambda each: each.finished_at or 0.0)
    assert first.failure is not None, "it was chosen by that"
    lines = first.failure.message.splitlines()
    return f"{first.key}: {first.failure.type}: {lines[0]}" if lines else ""
