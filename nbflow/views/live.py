"""A run panel that keeps up with its run, shown by the waiting main thread and settling into its final picture.

The engine never prints. Whoever waits calls `see` and `tick`; at most ten times a second the one display under the
cell is replaced. A display that fails never disturbs the run.
"""

from __future__ import annotations

import contextvars
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol
from uuid import uuid4

from nbflow.errors import Problem
from nbflow.model.event import AttemptEnded, Event, TaskStarted
from nbflow.model.ids import TaskKey
from nbflow.model.record import RunRecord, TaskRecord
from nbflow.views import run_panel

#: seconds between two pictures, at least
INTERVAL = 0.1
#: seconds after which the picture is drawn anew though nothing happened: its clock goes on
HEARTBEAT = 1.0
#: share of the time that drawing may take: a picture that took long is followed by a longer pause
_SHARE = 0.25
#: bytes a second that pictures may take on their way to a browser
_BANDWIDTH = 400_000
#: bytes of a log that are read for its tail
_TAIL = 4096

Bundle = dict[str, str]


class Screen(Protocol):
    """Where pictures are shown."""

    def show(self, bundle: Bundle, *, final: bool) -> None:
        """Show `bundle` in place of the one before; after a final one comes no other."""


class Watched(Protocol):
    """A run that is on its way."""

    def snapshot(self) -> tuple[RunRecord, tuple[TaskRecord, ...]]:
        """Return how it stands now."""


class LivePanel:
    """One run under one cell.

    Responsibilities: when to draw, which log to show, the last picture. What is drawn is `run_panel`'s.
    """

    def __init__(
        self,
        run: Watched,
        *,
        problems: Sequence[Problem] = (),
        screen: Screen | None = None,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._run = run
        self._problems = problems
        self._screen = screen if screen is not None else screen_here()
        self._clock, self._now = clock, now
        self._logs: dict[TaskKey, tuple[str, str]] = {}
        #: the task whose log is shown: the one that started last, or the first that failed
        self._shown: TaskKey | None = None
        self._failed = False
        self._changed = True
        self._next, self._last = 0.0, 0.0
        #: settled, or not to be drawn at all
        self._over = False

    def see(self, event: Event) -> None:
        """Take in what happened."""
        self._changed = True
        match event:
            case TaskStarted(key, stdout=stdout, stderr=stderr):
                self._logs[key] = (stdout, stderr)
                if not self._failed:
                    self._shown = key
            case AttemptEnded(key, _, record):
                if record.status.value == "failed" and not self._failed:
                    self._shown, self._failed = key, True
                elif key != self._shown:
                    self._logs.pop(key, None)
        self.tick()

    def tick(self) -> None:
        """Draw, if something changed and it is time."""
        at = self._clock()
        if at >= self._next and (self._changed or at - self._last >= HEARTBEAT):
            self._draw()

    def settle(self) -> None:
        """Draw the picture that stays: what the saved notebook shows."""
        self._draw(final=True)
        self._over = True

    def _draw(self, *, final: bool = False) -> None:
        if self._over:
            return
        began = self._clock()
        self._changed = False
        size = 0
        try:
            bundle = self._picture()
            size = sum(map(len, bundle.values()))
            self._screen.show(bundle, final=final)
        except Exception:  # noqa: BLE001  a front end that is gone must not end the run
            self._over = True
        self._last = self._clock()
        self._next = self._last + max(INTERVAL, (self._last - began) * (1 / _SHARE - 1), size / _BANDWIDTH)

    def _picture(self) -> Bundle:
        record, tasks = self._run.snapshot()
        log = self._log()
        now = self._now()
        title = f"log of {self._shown}" if self._shown else "log"
        return {
            "text/html": run_panel.html(record, tasks, now=now, log_tail=log, log_title=title, problems=self._problems),
            "text/plain": run_panel.text(record, tasks, now=now, log_tail=log, problems=self._problems),
        }

    def _log(self) -> str:
        if self._shown is None:
            return ""
        parts = (_end_of(path) for path in self._logs.get(self._shown, ()))
        return "\n".join(part.rstrip("\n") for part in parts if part)


def _end_of(path: str) -> str:
    """Return the last lines of a file that may still grow, or not be there yet."""
    try:
        with Path(path).open("rb") as file:
            size = file.seek(0, 2)
            file.seek(max(0, size - _TAIL))
            data = file.read(_TAIL)
    except OSError:
        return ""
    text = data.decode("utf-8", "replace")
    return text.partition("\n")[2] if size > _TAIL else text


class CellOutput:
    """One display under the cell that ran when this was made, replaced again and again, from any one thread."""

    def __init__(self) -> None:
        from IPython.core.getipython import get_ipython

        shell = get_ipython()
        assert shell is not None
        # which cell a message belongs to is part of the context; another cell may run, or capture, by then
        self._context = contextvars.copy_context()
        self._publish = shell.display_pub.publish
        self._name = f"nbflow-{uuid4().hex}"
        self._shown = False

    def show(self, bundle: Bundle, *, final: bool) -> None:  # noqa: ARG002  the last one stays by itself
        """Show `bundle` in place of the one before."""
        self._context.run(
            self._publish, data=bundle, metadata={}, transient={"display_id": self._name}, update=self._shown
        )
        self._shown = True


class PlainText:
    """A terminal cannot replace what it shows: it gets the last picture only, as text."""

    def show(self, bundle: Bundle, *, final: bool) -> None:
        """Write the text of a final `bundle`."""
        if final:
            sys.stdout.write(bundle["text/plain"] + "\n")


def screen_here() -> Screen:
    """Return where this process shows pictures: under the cell of a kernel, else as text."""
    from IPython.core.getipython import get_ipython

    shell = get_ipython()
    return CellOutput() if hasattr(shell, "kernel") else PlainText()
