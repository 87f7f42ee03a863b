"""A run as seen by who asked for it: safe to use from any thread."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Sequence

from nbflow.errors import NbflowError
from nbflow.model.event import Event, RunEnded
from nbflow.model.ids import FlowName, RunId
from nbflow.model.record import RunRecord, TaskRecord
from nbflow.model.status import RunStatus
from nbflow.runtime.request import Outcome


class RunHandle:
    """A run that was started.

    `events` yields what happens, RunEnded last; `done` is set when no process of the run is left.
    """

    def __init__(self, record: RunRecord, cancel: Callable[[bool], None], mark: Callable[[], bool]) -> None:
        self.flow: FlowName = record.flow
        self.run: RunId = record.id
        self.events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self.done = threading.Event()
        #: jobs elsewhere that may still run: whoever cancelled it a second time did not wait for them
        self.left: Sequence[str] = ()
        self._record = record
        self._tasks: Callable[[], tuple[TaskRecord, ...]] = tuple
        self._cancel = cancel
        self._mark = mark
        self._outcome: Outcome | None = None
        self._broken: NbflowError | None = None

    def cancel(self, *, kill: bool = False) -> None:
        """Ask the run to stop; it is over when `done` is set. `kill` allows its workers no grace time."""
        self._cancel(kill)

    def mark(self) -> bool:
        """Have Marked in `events` after all that workers have said until now; say whether it will come."""
        return self._mark()

    def snapshot(self) -> tuple[RunRecord, tuple[TaskRecord, ...]]:
        """Return how the run and its tasks stand now."""
        return self._record, self._tasks()

    def outcome(self) -> Outcome:
        """Return how the run ended; call it after `done`.

        Raises:
            NbflowError: no step failed, but what runs them: S006, the store takes no more; R012, a defect.
        """
        if self._broken is not None:
            raise self._broken
        if self._outcome is None:
            raise RuntimeError("the run is not over: wait for .done")
        return self._outcome

    # ---- the scheduler's side

    def watch(self, tasks: Callable[[], tuple[TaskRecord, ...]]) -> None:
        """Take `tasks` as the source of snapshots."""
        self._tasks = tasks

    def renew(self, record: RunRecord) -> None:
        """Take over the run's latest record."""
        self._record = record

    def finish(self, outcome: Outcome) -> None:
        """Say how it ended."""
        self._outcome = outcome
        self.events.put(RunEnded(outcome.status))
        self.done.set()

    def fail(self, error: NbflowError) -> None:
        """Say that the engine failed, so that nobody waits forever."""
        self._broken = error
        self.events.put(RunEnded(RunStatus.FAILED))
        self.done.set()
