"""A worker at work, as the machine knows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from nbflow.frozen import frozen
from nbflow.model.artifact import Manifest
from nbflow.model.card import CardRef
from nbflow.model.record import AttemptRecord, Failure
from nbflow.model.status import TaskStatus
from nbflow.runtime.stimuli import Ready, WorkerStarted


@frozen
class Limits:
    """What the machine may use at once."""

    workers: int
    #: bytes that --memory of running tasks may add up to
    memory: int
    #: tasks elsewhere, and tasks in all
    elsewhere: int = 1000
    total: int | None = None


@dataclass(slots=True)
class Flight:
    """One attempt from its launch to the end of its worker."""

    ready: Ready
    stdout: str | None = None
    stderr: str | None = None
    pid: int | None = None
    #: what runs it elsewhere
    job: str | None = None
    started_at: float | None = None
    #: its last word: items, done or failed
    said: dict[str, Any] | None = None
    #: why we stopped it: timeout or cancel
    stopped: str = ""

    def begin(self, stimulus: WorkerStarted, now: float) -> None:
        """Take down that the worker runs."""
        self.pid, self.started_at = stimulus.pid, now
        self.stdout, self.stderr = stimulus.stdout, stimulus.stderr

    def attempt(
        self,
        status: TaskStatus,
        now: float | None = None,
        manifest: Manifest | None = None,
        failure: Failure | None = None,
        cards: tuple[CardRef, ...] = (),
    ) -> AttemptRecord:
        """Return the attempt's record."""
        return AttemptRecord(
            step=self.ready.node.name,
            task=self.ready.key.id,
            number=self.ready.attempt,
            status=status,
            started_at=self.started_at,
            finished_at=now,
            failure=failure,
            manifest=manifest,
            stdout=self.stdout,
            stderr=self.stderr,
            pid=self.pid,
            job=self.job,
            cards=cards,
        )
