"""One task of a run, done by the scheduler and the workers that do it on any machine."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from selectors import BaseSelector
from types import FrameType
from typing import Any

from nbflow.backends.batch.backend import JOB
from nbflow.backends.batch.logs import LogFiles
from nbflow.backends.local import LocalBackend
from nbflow.code.local import all_modules, installed
from nbflow.deploy.following import Place
from nbflow.frontends.deployed.execution import Execution
from nbflow.model.ids import RunId, TaskKey
from nbflow.model.record import ItemList, TaskRecord
from nbflow.model.status import TaskStatus
from nbflow.model.task import TaskSpec
from nbflow.runtime.engine import Engine
from nbflow.runtime.ports import Report
from nbflow.runtime.request import Outcome, Part, RunRequest
from nbflow.workspace import Workspace

#: seconds between looks at what the worker printed
_TICK = 0.2


def do(
    execution: Execution, request: RunRequest, records: Iterable[TaskRecord], items: Mapping[Place, ItemList]
) -> Outcome:
    """Do the task of this job once and return how that ended.

    Args:
        execution: which task.
        request: the run's, with the parameters that it began with.
        records: its tasks so far.
        items: the items of its foreach so far.
    """
    known = tuple(records)
    request = replace(
        request,
        run=RunId(execution.run),
        part=Part(execution.step, execution.path, attempt_number(execution, known)),
        targets=frozenset({execution.step}),
        given={record.key: record for record in known if record.status.is_outcome},
        given_items=items,
    )
    backend = _PartBackend(execution.workspace, execution.job)
    with contextlib.closing(Engine(execution.workspace, backend)) as engine:
        engine.preload(installed(all_modules(request.graph), Path(request.cwd), request.sys_path), rich=True)
        handle = engine.start(request)

        def stop(_number: int, _frame: FrameType | None) -> None:
            handle.cancel()

        signal.signal(signal.SIGTERM, stop)
        while not handle.done.wait(_TICK):
            backend.look()
        return handle.outcome()


def attempt_number(execution: Execution, records: Iterable[TaskRecord]) -> int:
    """Return the number of this try: one that was cut off with its machine is made again under its own number."""
    mine = [each for each in records if (each.step, each.path) == (execution.step, execution.path)]
    open_ = [each for each in mine if not each.status.is_outcome]
    if not open_:
        return 0 if mine else execution.tries
    last = max(open_, key=lambda each: each.iteration)
    attempts = execution.workspace.metadata.attempts(
        execution.request.flow, execution.run, last.step, TaskKey(last.step, last.path, last.iteration).id
    )
    of_last = next((each for each in attempts if each.number == last.attempt), None)
    same_job = of_last is not None and of_last.job == f"{JOB}{execution.job}"
    if same_job and last.status is not TaskStatus.WAITING:
        return last.attempt
    return last.attempt + 1


class _PartBackend(LocalBackend):
    """Workers of this container, known in records by its job; what they write comes to the bucket while they do."""

    def __init__(self, workspace: Workspace, job: str) -> None:
        super().__init__()
        assert workspace.far is not None, "a job is told its bucket"
        self._root, self._far = workspace.root, workspace.far
        self._job = job
        self._logs: dict[int, LogFiles] = {}

    def attach(self, selector: BaseSelector, report: Report) -> None:
        """Hear of workers before the scheduler does."""
        super().attach(selector, _Reporter(report, self._began, self._ended))

    def launch(self, number: int, spec: TaskSpec, stdout: Path, stderr: Path) -> None:
        """Start a worker, and bring what it writes."""
        self._logs[number] = LogFiles(self._root, self._far, (stdout, stderr), echo=True)
        super().launch(number, spec, stdout, stderr)

    def look(self) -> None:
        """Write what workers wrote to this container's own log."""
        for logs in list(self._logs.values()):
            logs.look()

    def _began(self, report: Report, number: int) -> None:
        if self._job:
            report.submitted(number, f"{JOB}{self._job}")

    def _ended(self, number: int) -> None:
        if logs := self._logs.pop(number, None):
            logs.close()


class _Reporter:
    """Passes on what a worker reports."""

    def __init__(self, report: Report, began: Any, ended: Any) -> None:
        self._report = report
        self._began = began
        self._ended = ended

    def submitted(self, number: int, job: str) -> None:
        self._report.submitted(number, job)

    def started(self, number: int, pid: int | None) -> None:
        self._began(self._report, number)
        self._report.started(number, pid)

    def said(self, number: int, message: Mapping[str, Any]) -> None:
        self._report.said(number, message)

    def exited(self, number: int, status: int, why: str = "") -> None:
        self._ended(number)
        self._report.exited(number, status, why)

    def noticed(self, numbers: Iterable[int], text: str) -> None:
        self._report.noticed(numbers, text)

    def broke(self, message: str) -> None:
        self._report.broke(message)
