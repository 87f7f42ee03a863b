"""The lines of a run's log: time, run, step, task and process, and what happened.

2026-03-01 12:00:00.123 [3/train/0 (pid 4711)] Task is starting.
"""

from __future__ import annotations

import time

from nbflow.frontends.flowspec.terminal.console import BOLD, CYAN, FAINT, GREEN, RED, Console
from nbflow.model.ids import TaskKey


def stamp(now: float) -> str:
    """Return a time as log lines begin with it."""
    return f"{time.strftime('%Y-%m-%d %H:%M:%S', time.localtime(now))}.{int(now * 1000) % 1000:03d}"


def head_of(run: str, key: TaskKey, pid: int | None) -> str:
    """Return what stands in brackets before the lines of a task."""
    process = f" (pid {pid})" if pid else ""
    return f"[{run}/{key.step}/{key.id}{process}]"


class LogLines:
    """Writes the log of a run to the output stream."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def event(self, text: str, head: str = "", *, bad: bool = False, good: bool = False) -> None:
        """Write what happened to the run, or to the task of `head`."""
        self._line(self._ink(text, BOLD, *([RED] if bad else [GREEN] if good else [])), head)

    def output(self, text: str, head: str) -> None:
        """Write a line that a task wrote itself."""
        self._line(text, head)

    def error(self, text: str, head: str) -> None:
        """Write a line of what a task failed with."""
        self._line(self._ink(text, RED), head)

    def _line(self, text: str, head: str) -> None:
        parts = (self._ink(stamp(time.time()), FAINT), self._ink(head, CYAN), text)
        self._console.tell(" ".join(part for part in parts if part))

    def _ink(self, text: str, *codes: int) -> str:
        return self._console.ink(text, *codes, stream="stdout")
