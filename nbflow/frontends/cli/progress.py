"""A run in the terminal: a line per finished step, a moving last line on a terminal, plain lines elsewhere."""

from __future__ import annotations

import queue
import shutil
import sys
import time
from collections import Counter
from collections.abc import Sequence
from typing import Protocol

from nbflow.cards.figures import duration, several
from nbflow.cards.printable import one_line
from nbflow.graph.summary import summaries
from nbflow.model.event import AttemptEnded, Event, ItemsListed, Noticed, RunEnded, TaskStarted
from nbflow.model.graph import Graph
from nbflow.model.ids import FlowName, RunId, TaskKey
from nbflow.model.record import Failure, StepSummary, TaskRecord
from nbflow.model.status import RunStatus, TaskStatus
from nbflow.runtime.handle import RunHandle
from nbflow.runtime.request import Outcome

#: seconds between repaints of the moving line
REPAINT = 0.1
MARKS = {
    TaskStatus.SUCCEEDED: "✓",
    TaskStatus.REUSED: "↺",
    TaskStatus.SKIPPED: "–",
    TaskStatus.FAILED: "✗",
    TaskStatus.CANCELLED: "■",
}
COLOURS = {"✓": 32, "↺": 36, "–": 90, "✗": 31, "■": 33}


def progress(handle: RunHandle, graph: Graph) -> RunStatus:
    """Show the run until it is over and return how it ended. Ctrl-C cancels it, a second one kills."""
    printer = Printer(handle, summaries(graph), terminal=sys.stderr.isatty())
    printer.begin()
    while True:
        try:
            try:
                event = handle.events.get(timeout=REPAINT)
            except queue.Empty:
                printer.repaint()
                continue
            if isinstance(event, RunEnded):
                break
            printer.see(event)
        except KeyboardInterrupt:
            handle.cancel(kill=printer.cancelling)
            printer.cancelling = True
            printer.say("cancelling; press Ctrl-C again to kill at once")
    handle.done.wait()
    return printer.end()


class Watched(Protocol):
    """A run that is on its way."""

    @property
    def flow(self) -> FlowName:
        """Its flow."""

    @property
    def run(self) -> RunId:
        """Its id."""

    def outcome(self) -> Outcome:
        """Return how it ended, once it has."""


class Printer:
    """What has been printed of a run, and what still moves."""

    def __init__(self, run: Watched, steps: Sequence[StepSummary], *, terminal: bool) -> None:
        self._run = run
        self._scopes = {step.name: step.scope for step in steps}
        self._terminal = terminal
        self._began = time.monotonic()
        self._painted = 0.0
        self._done: Counter[str] = Counter()
        #: by step: when its first task started in this run, and when its last one ended
        self._spans: dict[str, tuple[float, float]] = {}
        self._running: set[TaskKey] = set()
        self._totals: Counter[str] = Counter()
        self._wide = max(map(len, self._scopes), default=0)
        self.cancelling = False

    def begin(self) -> None:
        """Say which run this is."""
        run = self._bold(f"{self._run.flow}/{self._run.run}")
        self.say(f"{run} · {several(len(self._scopes), 'step')}")

    def see(self, event: Event) -> None:
        """Take in what happened."""
        match event:
            case TaskStarted(key):
                self._running.add(key)
            case ItemsListed(key, _, ran):
                self._totals[key.step] += ran
                if ran == 0:
                    self._line("–", key.step, "no items")
            case Noticed(text):
                self._noticed(text)
            case AttemptEnded(key, attempt, record):
                self._ended(key, attempt, record)
        if time.monotonic() - self._painted >= REPAINT:
            self.repaint()

    def _ended(self, key: TaskKey, attempt: int, record: TaskRecord) -> None:
        self._running.discard(key)
        if record.status is TaskStatus.WAITING:
            self._line("↻", str(key), f"attempt {attempt + 1} failed, trying again: {_brief(record.failure)}")
            return
        if record.status is TaskStatus.FAILED:
            self._line("✗", str(key), _brief(record.failure))
            return
        if record.status in {TaskStatus.CANCELLED, TaskStatus.LOST}:
            self._line("■", str(key), record.status.value)
            return
        for note in record.notes:
            self._line("!", str(key), note)
        self._done[key.step] += 1
        # a reused result keeps the times of the run that made it
        if record.started_at and record.finished_at and record.status is not TaskStatus.REUSED:
            first, last = self._spans.get(key.step, (record.started_at, record.finished_at))
            self._spans[key.step] = (min(first, record.started_at), max(last, record.finished_at))
        scope = self._scopes.get(key.step, ())
        total = self._totals[scope[-1]] if scope else 1
        if self._done[key.step] >= total:
            self._finished(key, record, total if scope else 0)

    def _finished(self, key: TaskKey, record: TaskRecord, tasks: int) -> None:
        mark = MARKS.get(record.status, "✓")
        many = f"{several(tasks, 'task')} · " if tasks else ""
        if record.status is TaskStatus.SKIPPED:
            text = record.reason
        elif record.status is TaskStatus.REUSED:
            text = f"{many}reused from {record.origin}"
        else:
            first, last = self._spans.get(key.step, (0.0, 0.0))
            text = many + duration(last - first)
            if record.caught:
                text += f" · caught {_brief(record.failure)}"
        self._line(mark, key.step, text)

    def end(self) -> RunStatus:
        """Say how it ended, the error first in full, and where to look next."""
        outcome = self._run.outcome()
        self._clear()
        if outcome.failure is not None:
            _, failure = outcome.failure
            # a traceback ends with the exception's own line
            self.say(f"\n{(failure.traceback or failure.told).rstrip() if failure.code is None else failure.told}\n")
        run = f"{outcome.flow}/{outcome.run}"
        took = f" in {duration(outcome.elapsed)}" if outcome.elapsed else ""
        self.say(f"{self._bold(run)} {outcome.status.value}{took}")
        if outcome.status is RunStatus.SUCCEEDED:
            self.say(f"look at it:  nbflow show {run}")
        elif outcome.failure is not None:
            self.say(f"its log:  nbflow logs {run}/{outcome.failure[0].step}/{outcome.failure[0].id}")
        return outcome.status

    # ---- paint

    def say(self, text: str) -> None:
        """Print whole lines above the moving one."""
        self._clear()
        print(text, file=sys.stderr, flush=True)

    def _line(self, mark: str, name: str, text: str) -> None:
        shown = f"\x1b[{COLOURS.get(mark, 33)}m{mark}\x1b[0m" if self._terminal else mark
        self.say(f"  {shown} {name:<{self._wide}}  {one_line(text)}")

    def _noticed(self, text: str) -> None:
        first, *rest = text.splitlines()
        self.say(
            "\n".join(
                [f"  \x1b[33m!\x1b[0m {first}" if self._terminal else f"  ! {first}", *(f"    {each}" for each in rest)]
            )
        )

    def repaint(self) -> None:
        """Draw the moving line: what runs now, how far each foreach is."""
        if not self._terminal:
            return
        self._painted = time.monotonic()
        steps = Counter(key.step for key in self._running)
        parts = []
        for name, running in steps.items():
            total = self._totals[name]
            parts.append(
                f"{name} {self._done[name]}/{total}" if total else name if running == 1 else f"{name} ×{running}"
            )
        text = f"  … {', '.join(parts) or 'starting'} · {duration(time.monotonic() - self._began)}"
        width = shutil.get_terminal_size().columns
        print(f"\r\x1b[2K{text[: width - 1]}", end="", file=sys.stderr, flush=True)

    def _clear(self) -> None:
        if self._terminal:
            print("\r\x1b[2K", end="", file=sys.stderr)

    def _bold(self, text: str) -> str:
        return f"\x1b[1m{text}\x1b[0m" if self._terminal else text


def _brief(failure: Failure | None) -> str:
    if failure is None:
        return ""
    return failure.told.splitlines()[0]
