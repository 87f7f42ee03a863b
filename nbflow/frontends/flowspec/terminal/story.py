"""A run told line by line, as it happens: which task starts, what it writes, how it ends.

Of a foreach with more items than a person reads, tasks that go well are counted instead of told one by one.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence

from nbflow.cards.figures import duration, several
from nbflow.cards.printable import one_line
from nbflow.frontends.flowspec.terminal.console import Console
from nbflow.frontends.flowspec.terminal.counted import Counted
from nbflow.frontends.flowspec.terminal.lines import LogLines, head_of
from nbflow.frontends.flowspec.terminal.tail import LogTail
from nbflow.model.event import AttemptEnded, Event, ItemsListed, Noticed, TaskStarted, TaskSubmitted
from nbflow.model.graph import Graph
from nbflow.model.ids import RunId, StepName, TaskKey
from nbflow.model.record import Failure, TaskRecord
from nbflow.model.status import TaskStatus
from nbflow.runtime.request import Outcome

#: seconds between two words on a run that says nothing, and between two drawings
_SILENT, _DRAWN = 300.0, 0.1


class Story:
    """What has been told of a run.

    Responsibilities: heads of lines, the logs of running tasks, and which tasks are only counted.
    """

    def __init__(self, run: RunId, graph: Graph, console: Console, limit: int) -> None:
        self._run = run
        self._console = console
        self._lines = LogLines(console)
        self._limit = limit
        self._scopes: dict[str, Sequence[StepName]] = {node.name: node.scope for node in graph.nodes}
        self._listers = {node.name: node.opens.lister for node in graph.nodes if node.opens}
        self._counted = Counted(self._scopes)
        self._heads: dict[TaskKey, str] = {}
        self._tails: dict[TaskKey, tuple[LogTail, LogTail]] = {}
        self._failed: list[TaskKey] = []
        self._began = self._spoken = time.monotonic()
        self._drawn = 0.0

    @property
    def active(self) -> int:
        """How many tasks run."""
        return len(self._tails)

    def begin(self) -> None:
        """Say which run it is."""
        self._lines.event(f"Workflow starting (run-id {self._run}):")

    def see(self, event: Event) -> None:
        """Take in what happened."""
        match event:
            case TaskSubmitted(key, _, job):
                self._lines.event(f"Task is submitted ({job}).", head_of(self._run, key, None))
            case TaskStarted(key):
                self._started(event, key)
            case ItemsListed(key, _, ran):
                self._listed(key, ran)
            case Noticed(text):
                for line in text.splitlines():
                    self.event(line, bad=True)
            case AttemptEnded(key, _, record):
                self._ended(key, record)

    def tick(self) -> None:
        """Hand on what tasks have written; on a terminal, draw what goes on."""
        more = True
        while more:
            # each of them, not only up to the first that has more
            more = sum(tail.copy() for pair in self._tails.values() for tail in pair) > 0
        now = time.monotonic()
        for step, done in self._counted.due(now, patient=self._console.watched):
            self._word(step, done)
        if now - self._spoken >= _SILENT and self._tails:
            self._spoken = now
            self._lines.event(f"{several(self.active, 'task is', 'tasks are')} running: {self._going()}.")
        if now - self._drawn >= _DRAWN:
            self._drawn = now
            self._console.paint(f"… {self._going() or 'starting'} · {duration(now - self._began)}")
        self._console.flush()

    def end(self, outcome: Outcome) -> None:
        """Say how it ended."""
        for key in list(self._tails):
            self._close(key)
        for step, done in self._counted.rest():
            self._word(step, done)
        if outcome.failure is not None and not self._failed:
            # a task that never ran
            key, failure = outcome.failure
            self._failure(failure, head_of(self._run, key, None))
            self._failed.append(key)

    @property
    def failed(self) -> Sequence[TaskKey]:
        """The tasks that failed, the first one first."""
        return self._failed

    def event(self, text: str, *, bad: bool = False, good: bool = False) -> None:
        """Write what happened to the run."""
        self._spoken = time.monotonic()
        self._lines.event(text, bad=bad, good=good)

    def interrupted(self, *, again: bool) -> None:
        """Say that the run was asked to end."""
        if again:
            self.event("Killing what is left...", bad=True)
            return
        them = several(self.active, "active task")
        self.event(f"Workflow interrupted. Please avoid pressing Ctrl+C again: {them} to be ended first...", bad=True)

    # ---- tasks

    def _started(self, event: TaskStarted, key: TaskKey) -> None:
        self._spoken = time.monotonic()
        head = self._heads[key] = head_of(self._run, key, event.pid)
        self._tails[key] = (
            LogTail(event.stdout, lambda line: self._lines.output(line, head), self._limit),
            LogTail(event.stderr, lambda line: self._lines.output(line, head), self._limit),
        )
        if event.attempt or not self._counted.counts(key.step):
            again = " (retry)" if event.attempt else ""
            self._lines.event(f"Task is starting{again}.", head)

    def _listed(self, key: TaskKey, ran: int) -> None:
        self._counted.add(key.step, ran)
        lister = TaskKey(self._listers.get(key.step) or key.step, key.path)
        # one that was taken over says nothing any more
        if lister in self._tails:
            # what it wrote came first
            for tail in self._tails[lister]:
                tail.copy()
            self._lines.event(f"Foreach yields {several(ran, 'child step')}.", self._heads[lister])

    def _ended(self, key: TaskKey, record: TaskRecord) -> None:
        self._close(key)
        head = self._heads.pop(key, None) or head_of(self._run, key, None)
        told = not self._counted.counts(key.step)
        match record.status:
            case TaskStatus.REUSED:
                if told:
                    origin = (record.origin or "").partition("/")[2]
                    self._lines.event(f"Cloning results of a previously run task {origin}", head)
            case TaskStatus.FAILED | TaskStatus.WAITING:
                self._failure(record.failure, head)
                self._lines.event("Task failed.", head, bad=True)
                if record.status is TaskStatus.FAILED:
                    self._broke(key)
            case TaskStatus.CANCELLED | TaskStatus.LOST:
                self._lines.event("Task was ended.", head, bad=True)
            case TaskStatus.SUCCEEDED:
                for note in record.notes:
                    self._lines.event(note, head)
                if record.caught and record.failure is not None:
                    brief = one_line(record.failure.told.splitlines()[0], 200)
                    self._lines.event(f"Task failed, and @catch caught it: {brief}", head, bad=True)
                if told:
                    self._lines.event("Task finished successfully.", head)
        if record.status.has_result:
            self._counted.finished(key.step)

    def _broke(self, key: TaskKey) -> None:
        self._failed.append(key)
        if len(self._failed) == 1 and self.active:
            them = several(self.active, "active task", "active tasks")
            self._lines.event(f"Workflow fails: nothing new is started. Waiting for {them} to finish...", bad=True)

    def _failure(self, failure: Failure | None, head: str) -> None:
        if failure is None:
            return
        text = (failure.traceback or failure.told) if failure.code is None else failure.told
        for line in text.rstrip().splitlines():
            self._lines.error(line, head)

    def _close(self, key: TaskKey) -> None:
        for tail in self._tails.pop(key, ()):
            tail.close()

    # ---- what goes on

    def _word(self, step: str, done: int) -> None:
        self._lines.event(f"{done} of {self._counted.total(step)} tasks finished.", f"[{self._run}/{step}]")

    def _going(self) -> str:
        running = Counter(key.step for key in self._tails)
        parts = []
        for step, number in running.items():
            if self._counted.counts(step):
                parts.append(f"{step} {self._counted.done(step)} of {self._counted.total(step)}, {number} running")
            else:
                parts.append(step if number == 1 else f"{step} ×{number}")
        return "; ".join(parts)
