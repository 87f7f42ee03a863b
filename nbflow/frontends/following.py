"""Following a run by its records, whoever runs it: another process, another machine that shares the store.

What changed between two looks is told in the events that the run's own process would have seen, so that whatever
shows a run of this process shows any other.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import Protocol

from nbflow.errors import raise_for
from nbflow.model.event import AttemptEnded, Event, ItemsListed, TaskStarted
from nbflow.model.ids import FlowName, RunId, TaskKey
from nbflow.model.record import RunRecord, TaskRecord
from nbflow.model.status import RunStatus, TaskStatus
from nbflow.runtime.request import Items, Outcome
from nbflow.workspace import Workspace

#: seconds between two looks, at first and at most
_FIRST, _MOST = 0.1, 0.5
#: share of the time that looking may take: a run of many tasks is looked at less often
_SHARE = 0.2
#: seconds between two ticks of those who watch
_TICK = 0.1


class Watcher(Protocol):
    """Watches a run."""

    def see(self, event: Event) -> None:
        """Something happened."""

    def tick(self) -> None:
        """Some time has passed."""


class Followed:
    """One run as the store has it, and what happened between two looks."""

    def __init__(self, workspace: Workspace, flow: str, run: str) -> None:
        self._workspace = workspace
        self.flow, self.run = FlowName(flow), RunId(run)
        self._tasks: dict[TaskKey, TaskRecord] = {}
        self._items: Items = {}
        self._record = self._read()

    @property
    def record(self) -> RunRecord:
        """The run as it was at the last look."""
        return self._record

    @property
    def over(self) -> bool:
        """It has ended, or nobody runs it any more."""
        return self._record.status.ended

    def snapshot(self) -> tuple[RunRecord, tuple[TaskRecord, ...]]:
        """Return the run and its tasks as they were at the last look."""
        return self._record, tuple(self._tasks.values())

    def look(self) -> list[Event]:
        """Read the records, and return what happened since the last look."""
        metadata = self._workspace.metadata
        # the run first: of one that has ended, all tasks are there
        self._record = self._read()
        tasks = {task.key: task for task in metadata.tasks(self.flow, self.run)}
        items = metadata.items(self.flow, self.run)
        if not self.over:
            tasks = {**_waiting(items, tasks), **tasks}
        before, known = self._tasks, self._items
        self._tasks, self._items = tasks, items
        listed = [
            ItemsListed(TaskKey(step, path), each.total, len(each.refs))
            for (step, path), each in items.items()
            if (step, path) not in known
        ]
        return [*listed, *self._events(before, sorted(tasks.values(), key=_moment))]

    def cancel(self) -> None:
        """Ask the run to end, through the store: its owner looks."""
        self._workspace.metadata.ask_cancel(self.flow, self.run)

    def outcome(self) -> Outcome:
        """Return how it ended, as far as it has."""
        if not self.over:
            self.look()
        failed = next((task for task in self._tasks.values() if task.status is TaskStatus.FAILED), None)
        began, ended = self._record.started_at, self._record.finished_at
        return Outcome(
            flow=self._record.flow,
            run=self._record.id,
            status=self._record.status,
            results=dict(self._tasks),
            items=self._items,
            failure=(failed.key, failed.failure) if failed and failed.failure else None,
            # of a run that was lost nobody knows
            elapsed=ended - began if began and ended and self._record.status is not RunStatus.LOST else 0.0,
        )

    def _read(self) -> RunRecord:
        found = self._workspace.metadata.run(self.flow, self.run)
        if found is None:
            raise_for("M002", flow=self.flow, run=self.run, hint="")
        return found

    def _events(self, before: dict[TaskKey, TaskRecord], tasks: Sequence[TaskRecord]) -> Iterator[Event]:
        for task in tasks:
            old = before.get(task.key)
            if old is not None and (old.status, old.attempt) == (task.status, task.attempt):
                continue
            seen = old is not None and old.status is TaskStatus.RUNNING and old.attempt == task.attempt
            if task.started_at is not None and task.status is not TaskStatus.REUSED and not seen:
                yield TaskStarted(task.key, task.attempt, self._log(task, "stdout"), self._log(task, "stderr"))
            if task.status.ended or (task.status is TaskStatus.WAITING and task.failure is not None):
                yield AttemptEnded(task.key, task.attempt, task)

    def _log(self, task: TaskRecord, stream: str) -> str:
        return str(self._workspace.log_path(self.flow, self.run, task.step, task.id, task.attempt, stream))


def follow(run: Followed, *watchers: Watcher) -> None:
    """Block until the run has ended, feeding `watchers`. An interrupt only stops the looking."""
    pause = _FIRST
    while True:
        began = time.monotonic()
        for event in run.look():
            for watcher in watchers:
                watcher.see(event)
        if run.over:
            return
        again = time.monotonic() + max(pause, (time.monotonic() - began) * (1 / _SHARE - 1))
        pause = min(pause * 1.5, _MOST)
        while (left := again - time.monotonic()) > 0:
            time.sleep(min(left, _TICK))
            for watcher in watchers:
                watcher.tick()


def _waiting(items: Items, tasks: dict[TaskKey, TaskRecord]) -> dict[TaskKey, TaskRecord]:
    """Return a record for each item of a foreach whose turn has not come: the store has none."""
    keys = (TaskKey(step, (*path, index)) for (step, path), each in items.items() for index in range(len(each.refs)))
    return {key: TaskRecord(key.step, key.id, key.path, TaskStatus.READY) for key in keys if key not in tasks}


def _moment(task: TaskRecord) -> float:
    return task.started_at or task.finished_at or 0.0
