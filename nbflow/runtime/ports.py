"""What the scheduler asks of the place where tasks run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from selectors import BaseSelector
from typing import Any, Protocol

from nbflow.model.task import TaskSpec


class Report(Protocol):
    """What a backend tells the scheduler, on the scheduler's own thread."""

    def started(self, number: int, pid: int) -> None:
        """The worker of flight `number` runs."""

    def said(self, number: int, message: Mapping[str, Any]) -> None:
        """It sent a message."""

    def exited(self, number: int, status: int, why: str = "") -> None:
        """It and every process it left are gone; `why` says more of a death than `status`, a sentence for people."""

    def broke(self, message: str) -> None:
        """The backend itself is gone; no flight of it will report again."""


class Launcher(Protocol):
    """What a launch needs of the place where its task runs."""

    def launch(self, number: int, spec: TaskSpec, stdout: Path, stderr: Path) -> None:
        """Start a worker for `spec`, its output going to the two files."""


class Backend(Launcher, Protocol):
    """A place where tasks run. All methods but `preload` are called on the scheduler's thread."""

    def attach(self, selector: BaseSelector, report: Report) -> None:
        """Register file descriptors with `selector`, each with a callable as data; report through `report`."""

    def preload(self, modules: Iterable[str], *, rich: bool) -> None:
        """Import installed modules ahead of the tasks that need them."""

    def stop(self, number: int, *, kill: bool) -> None:
        """Ask the worker to end, or kill it with all its processes."""

    def close(self) -> None:
        """End every worker and leave no process behind."""


#: a callable kept as a selector's data
Handler = Callable[[], None]
