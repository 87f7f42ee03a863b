"""The client's Task of an attempt that is not committed yet: what it leaves is in the store, and no record says so."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

from nbflow.client.facts import RunFacts
from nbflow.client.task import Task
from nbflow.model.artifact import Manifest
from nbflow.model.record import Failure, TaskRecord
from nbflow.model.status import TaskStatus
from nbflow.model.task import TaskSpec
from nbflow.workspace import Workspace


def task_so_far(spec: TaskSpec, manifest: Manifest | None = None, failure: Failure | None = None) -> Task:
    """Return the task of `spec` as the client shows it, with what it left and why it failed; no manifest: it goes on."""
    flow, run, *_ = spec.task.split("/")
    workspace = Workspace.open(spec.root)
    facts: RunFacts = _Facts(workspace, flow, run)
    if manifest is not None:
        facts = _Facts(workspace, flow, run, spec, manifest, failure)
    return Task(spec.task, workspace=workspace, namespace=None, facts=facts)


class _Facts(RunFacts):
    """The records of a run, with one task as it will be."""

    def __init__(self, workspace: Workspace, flow: str, run: str, *will_be: Any) -> None:
        super().__init__(workspace, flow, run)
        self._will_be = will_be

    def tasks(self, step: str | None = None) -> tuple[TaskRecord, ...]:
        """Return the tasks as they stand, and this one as it will stand."""
        return tuple(map(self._as_it_will_be, super().tasks(step)))

    def _as_it_will_be(self, record: TaskRecord) -> TaskRecord:
        if not self._will_be:
            return record
        spec, manifest, failure = self._will_be
        if (record.step, record.id) != (spec.step, spec.task.rpartition("/")[2]):
            return record
        status = TaskStatus.FAILED if failure is not None and not spec.catches else TaskStatus.SUCCEEDED
        return replace(
            record,
            status=status,
            manifest=manifest,
            failure=failure,
            caught=failure is not None and spec.catches,
            attempt=spec.attempt,
            finished_at=time.time(),
        )
