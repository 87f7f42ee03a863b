"""A run in a store of its own, with logs, for the tests of pages."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from nbflow.model.ids import StepName
from nbflow.model.record import AttemptRecord, RunRecord, TaskRecord
from nbflow.model.status import RunStatus, TaskStatus
from nbflow.workspace import Workspace
from tests.unit.views.records import START, run


def store(folder: Path) -> Workspace:
    return Workspace.open(folder / ".nbflow")


def keep(
    workspace: Workspace,
    tasks: Iterable[TaskRecord],
    attempts: Iterable[AttemptRecord] = (),
    *,
    status: str = "succeeded",
    **more: Any,
) -> RunRecord:
    """Keep a run with its tasks, as it would be at its end."""
    made = workspace.metadata.create_run(run("running", **more))
    workspace.metadata.write(made.flow, made.id, tasks, attempts)
    if status == "running":
        return made
    return workspace.metadata.update_run(made.flow, made.id, status=RunStatus(status), finished_at=START + 90)


def tried(step: str, task: str, number: int, status: str, at: float, took: float, **more: Any) -> AttemptRecord:
    return AttemptRecord(
        StepName(step), task, number, TaskStatus(status), START + at, START + at + took, pid=4711, **more
    )


def log(workspace: Workspace, place: str, number: int, text: str, stream: str = "stdout") -> Path:
    """Write a log as a worker does."""
    path = workspace.log_path(*place.split("/"), number, stream)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path
