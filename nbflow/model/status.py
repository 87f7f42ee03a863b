"""The states of runs and tasks: these words and no others."""

from __future__ import annotations

from enum import StrEnum


class RunStatus(StrEnum):
    """Where a run is."""

    PENDING = "pending"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLING = "cancelling"
    CANCELLED = "cancelled"
    #: its owner is gone
    LOST = "lost"

    @property
    def ended(self) -> bool:
        return self in {RunStatus.SUCCEEDED, RunStatus.FAILED, RunStatus.CANCELLED, RunStatus.LOST}


class TaskStatus(StrEnum):
    """Where a task is."""

    WAITING = "waiting"
    READY = "ready"
    SUBMITTED = "submitted"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    SKIPPED = "skipped"
    REUSED = "reused"
    CANCELLING = "cancelling"
    CANCELLED = "cancelled"
    LOST = "lost"

    @property
    def ended(self) -> bool:
        return self in _ENDED

    @property
    def has_result(self) -> bool:
        return self in {TaskStatus.SUCCEEDED, TaskStatus.REUSED}

    @property
    def is_outcome(self) -> bool:
        """Whether it counts: the task left something, or was skipped."""
        return self.has_result or self is TaskStatus.SKIPPED


_ENDED = {
    TaskStatus.SUCCEEDED,
    TaskStatus.FAILED,
    TaskStatus.SKIPPED,
    TaskStatus.REUSED,
    TaskStatus.CANCELLED,
    TaskStatus.LOST,
}
