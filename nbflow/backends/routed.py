"""Each task to the place its step names: this machine, with the packages of its own where it asks for them, or Batch."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from selectors import BaseSelector

from nbflow.backends.local import LocalBackend
from nbflow.backends.zygote import Zygote, spawn
from nbflow.errors import did_you_mean, raise_for
from nbflow.model.task import TaskSpec
from nbflow.runtime.ports import Backend, Report
from nbflow.runtime.request import RunRequest
from nbflow.workspace import Workspace

_BATCH = "batch"


class RoutedBackend:
    """Several backends as one.

    Responsibilities: which of them has a flight. All but the local one are made when first needed.
    """

    def __init__(self, workspace: Workspace, zygote: Zygote | None = None) -> None:
        self._workspace = workspace
        self._local = LocalBackend(zygote)
        #: digest of an environment → the workers that have its packages
        self._environments: dict[str, LocalBackend] = {}
        self._batch: Backend | None = None
        self._attached: tuple[BaseSelector, Report] | None = None
        self._flights: dict[int, Backend] = {}

    # ---- Backend

    def check(self, request: RunRequest) -> None:
        """Raise a RunError when a step names a backend that there is not, or that could not run it."""
        for node in request.graph.nodes:
            on = node.options.backend
            if node.options.elsewhere and on != _BATCH:
                raise_for("R093", on=on, step=node.name, hint=did_you_mean(str(on), ["local", "batch"]))
        if any(node.options.backend == _BATCH for node in request.graph.nodes):
            self._elsewhere().check(request)

    def attach(self, selector: BaseSelector, report: Report) -> None:
        """Attach the local workers; the others follow when they are needed."""
        self._attached = (selector, _Passed(report, self._flights))
        self._local.attach(*self._attached)
        if self._batch is not None:
            self._batch.attach(*self._attached)

    def preload(self, modules: Iterable[str], *, rich: bool) -> None:
        """Have the local workers import `modules` ahead; those with packages of their own import what they need."""
        self._local.preload(modules, rich=rich)

    def launch(self, number: int, spec: TaskSpec, stdout: Path, stderr: Path) -> None:
        """Launch it where it belongs."""
        backend = self._of(spec)
        self._flights[number] = backend
        try:
            backend.launch(number, spec, stdout, stderr)
        except BaseException:
            del self._flights[number]
            raise

    def stop(self, number: int, *, kill: bool) -> None:
        """Stop it where it is."""
        if backend := self._flights.get(number):
            backend.stop(number, kill=kill)

    def leave(self, numbers: Iterable[int]) -> Sequence[str]:
        """Wait no longer for those elsewhere; return their jobs."""
        if self._batch is None:
            return ()
        return self._batch.leave([number for number in numbers if self._flights.get(number) is self._batch])

    def dismiss(self, jobs: Iterable[str]) -> None:
        """End jobs elsewhere that nobody waits for any more."""
        if left := list(jobs):
            self._elsewhere().dismiss(left)

    def close(self) -> None:
        """Close all of them."""
        for backend in (self._batch, *self._environments.values(), self._local):
            if backend is not None:
                backend.close()

    # ---- which one

    def _of(self, spec: TaskSpec) -> Backend:
        if spec.place is not None:
            return self._elsewhere()
        return self._local if spec.environment is None else self._with(spec.environment)

    def _elsewhere(self) -> Backend:
        if self._batch is None:
            from nbflow.backends.batch.backend import BatchBackend

            self._batch = BatchBackend(self._workspace)
            if self._attached is not None:
                self._batch.attach(*self._attached)
        return self._batch

    def _with(self, environment: str) -> LocalBackend:
        if environment not in self._environments:
            from nbflow.environments.local import python_of

            made = LocalBackend(spawn(python_of(environment, self._workspace)))
            assert self._attached is not None, "tasks are launched by a running engine"
            made.attach(*self._attached)
            self._environments[environment] = made
        return self._environments[environment]


class _Passed:
    """Passes reports on, and forgets flights that have ended."""

    def __init__(self, report: Report, flights: dict[int, Backend]) -> None:
        self._flights = flights
        self.submitted = report.submitted
        self.started = report.started
        self.said = report.said
        self.noticed = report.noticed
        self.broke = report.broke
        self._exited = report.exited

    def exited(self, number: int, status: int, why: str = "") -> None:
        """It is gone."""
        self._flights.pop(number, None)
        self._exited(number, status, why)
