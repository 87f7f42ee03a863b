"""What the scheduler asks of the place where tasks run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from selectors import BaseSelector
from typing import Any, Protocol

from nbflow.model.task import TaskSpec
from nbflow.runtime.request import RunRequest


class Report(Protocol):
    """What a backend tells the scheduler, on the scheduler's own thread."""

    def submitted(self, number: int, job: str) -> None:
        """Flight `number` waits for a machine elsewhere, where it is known as `job`."""

    def started(self, number: int, pid: int | None) -> None:
        """The worker of flight `number` runs; None: not as a process of this machine."""

    def said(self, number: int, message: Mapping[str, Any]) -> None:
        """It sent a message."""

    def exited(self, number: int, status: int, why: str = "") -> None:
        """It and every process it left are gone; `why` says more of a death than `status`, a sentence for people."""

    def noticed(self, numbers: Iterable[int], text: str) -> None:
        """Whoever watches these flights should know `text`: lines for people."""

    def broke(self, message: str) -> None:
        """The backend itself is gone; no flight of it will report again."""


class Launcher(Protocol):
    """What a launch needs of the place where its task runs."""

    def launch(self, number: int, spec: TaskSpec, stdout: Path, stderr: Path) -> None:
        """Start a worker for `spec`, its output going to the two files."""


class Backend(Launcher, Protocol):
    """A place where tasks run. All methods but `check` and `preload` are called on the scheduler's thread."""

    def check(self, request: RunRequest) -> None:
        """Raise a RunError, on the thread that asks for a run, when tasks of it could not run here."""

    def attach(self, selector: BaseSelector, report: Report) -> None:
        """Register file descriptors with `selector`, each with a callable as data; report through `report`."""

    def preload(self, modules: Iterable[str], *, rich: bool) -> None:
        """Import installed modules ahead of the tasks that need them."""

    def stop(self, number: int, *, kill: bool) -> None:
        """Ask the worker to end, or kill it with all its processes."""

    def leave(self, numbers: Iterable[int]) -> Sequence[str]:
        """Whoever had them ended waits no longer: report those gone, soon, that wait for word from elsewhere.

        Returns the jobs of theirs that may still run.
        """

    def dismiss(self, jobs: Iterable[str]) -> None:
        """End what runs elsewhere for a run that lost its scheduler, and that nobody has taken over."""

    def close(self) -> None:
        """End every worker and leave no process behind."""


#: a callable kept as a selector's data
Handler = Callable[[], None]
