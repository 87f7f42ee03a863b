"""A run on the caller's own thread: for `--here`, whose body must be in the kernel's main thread."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from nbflow.model.task import TaskSpec
from nbflow.runtime.conduct import Conductor
from nbflow.runtime.ports import Launcher
from nbflow.runtime.request import Outcome, RunRequest
from nbflow.runtime.stimuli import Alarm, CancelAsked, WorkerExited, WorkerSaid
from nbflow.workspace import Workspace

#: runs the body of a spec and returns its last message
Body = Callable[[TaskSpec], dict[str, Any]]


class InlineHost:
    """Hosts one conductor without a thread: each launched task runs at once, where it is launched."""

    def __init__(self, workspace: Workspace, body: Body) -> None:
        self._workspace = workspace
        self._body = body
        self._launched: deque[tuple[int, TaskSpec]] = deque()
        self._alarms: deque[tuple[str, int]] = deque()
        self._over = False

    def run(self, request: RunRequest) -> Outcome:
        """Run the whole request and return how it ended. An interrupt cancels it and goes on to the caller."""
        conductor = Conductor(request, self._workspace, self)
        conductor.start()
        conductor.write()
        while not self._over:
            if self._launched:
                self._fly(conductor, *self._launched.popleft())
            elif self._alarms:
                conductor.feed(Alarm(self._alarms.popleft()))
            conductor.write()
        return conductor.handle.outcome()

    def _fly(self, conductor: Conductor, number: int, spec: TaskSpec) -> None:
        conductor.worker_started(number, 0)
        try:
            message = self._body(spec)
        except KeyboardInterrupt:
            conductor.feed(CancelAsked())
            conductor.worker_exited(number)
            conductor.feed(WorkerExited(number, -2))
            conductor.write()
            raise
        conductor.feed(WorkerSaid(number, message))
        conductor.worker_exited(number)
        conductor.feed(WorkerExited(number, 0))

    # ---- what a conductor asks of its host

    def fly(self, _: Conductor, number: int, start: Callable[[Launcher, int], None]) -> None:
        """Take the launch down: it runs when the machine has said all it wants."""
        start(_Collector(self._launched), number)

    def stop(self, conductor: Conductor, number: int, *, kill: bool) -> None:
        """Nothing can stop a body that shares this thread, but an interrupt."""

    def wake(self, _: Conductor, seconds: float, token: tuple[str, int]) -> None:  # noqa: ARG002 - as the host of an engine has it
        """Retries follow at once; there is no timeout."""
        if token[0] == "retry":
            self._alarms.append(token)

    def over(self, _: Conductor) -> None:
        """The run has ended."""
        self._over = True

    def dismiss(self, jobs: Iterable[str]) -> None:
        """Nothing of it runs elsewhere."""

    def cancel(self, _: Conductor, *, kill: bool) -> None:
        """Cancelled by interrupting the thread."""

    def mark(self, _: Conductor) -> bool:
        """Nobody listens while it runs."""
        return False


class _Collector:
    """The one method of a backend that launching needs."""

    def __init__(self, launched: deque[tuple[int, TaskSpec]]) -> None:
        self._launched = launched

    def launch(self, number: int, spec: TaskSpec, stdout: Path, stderr: Path) -> None:  # noqa: ARG002 - streams are the kernel's
        self._launched.append((number, spec))
