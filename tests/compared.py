"""Runs to be compared, written as the engine writes them."""

from __future__ import annotations

import json
import os
import socket
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nbflow.client import Run
from nbflow.code.package import CodePackage
from nbflow.model.artifact import Manifest
from nbflow.model.ids import FlowName, RunId, StepName, TaskKey
from nbflow.model.record import AttemptRecord, RunRecord, StepSummary, TaskRecord
from nbflow.model.status import RunStatus, TaskStatus
from nbflow.workspace import Workspace

BEGAN = 1_790_000_000.0
STEPS = (
    StepSummary(StepName("load"), (), ()),
    StepSummary(StepName("train"), (StepName("load"),), ("train",), "foreach regions as region"),
    StepSummary(StepName("best"), (StepName("train"),), (), "join train"),
)


class Runs:
    """Writes runs into a workspace, each a little later than the one before."""

    def __init__(self, root: Path) -> None:
        self.workspace = Workspace.open(root)
        self._count = 0

    def run(
        self,
        left: Mapping[str, Mapping[str, Any]] | None = None,
        items: Mapping[Any, Mapping[str, Any]] | None = None,
        *,
        status: str = "succeeded",
        flow: str = "sales",
        kind: Any = "run",
        took: float = 1.0,
        displays: Mapping[str, list[dict[str, Any]]] | None = None,
        **changes: Any,
    ) -> Run:
        """Record a run whose steps left `left`, and whose `train` left `items`, by item."""
        self._count += 1
        at = BEGAN + 100 * self._count
        fields: dict[str, Any] = {
            "user": "ada",
            "created_at": at,
            "started_at": at,
            # whoever would be gone has lost the run
            "heartbeat_at": time.time(),
            "steps": STEPS,
            "owner": f"{socket.gethostname()}:{os.getpid()}",
            "parameters": {"alpha": ("float", 0.1, "default")},
            "system_tags": frozenset({"user:ada", "python_version:3.11.7"}),
            **changes,
        }
        record = RunRecord(FlowName(flow), RunId(""), kind, RunStatus.RUNNING, **fields)
        run = self.workspace.metadata.create_run(record).id
        for step, values in (left or {}).items():
            self.task(flow, run, step, values, began=at, took=took, displays=(displays or {}).get(step))
        for index, (item, values) in enumerate((items or {}).items()):
            self.task(flow, run, "train", values, (index,), item=item, began=at, took=took)
        if status != "running":
            self.workspace.metadata.update_run(flow, run, status=RunStatus(status), finished_at=at + 10 * took)
        return Run(f"{flow}/{run}", workspace=self.workspace)

    def task(
        self,
        flow: str,
        run: str,
        step: str,
        left: Mapping[str, Any],
        path: tuple[int, ...] = (),
        *,
        item: Any = None,
        began: float = BEGAN,
        took: float = 1.0,
        displays: list[dict[str, Any]] | None = None,
        **changes: Any,
    ) -> None:
        """Record a task that left `left`."""
        workspace = self.workspace
        writer = workspace.store.writer()
        for name, value in left.items():
            writer.add(name, value)
        task = TaskKey(StepName(step), path, changes.get("iteration", 0)).id
        record = TaskRecord(
            StepName(step),
            task,
            path,
            changes.pop("status", TaskStatus.SUCCEEDED),
            manifest=Manifest(writer.close()),
            started_at=began,
            finished_at=began + took,
            item=None if item is None else workspace.store.put(item),
            displays=workspace.store.put_bytes(json.dumps(displays).encode()) if displays else None,
            **changes,
        )
        tried = AttemptRecord(record.step, task, 0, record.status, began, began + took, None, record.manifest)
        workspace.metadata.write(flow, run, [record], [tried])

    def code(self, *cells: tuple[str, str], definitions: str = "", **versions: str) -> Any:
        """Return the digest of a code package."""
        package = CodePackage("sales", cells, definitions, distributions=versions, python="3.11.7")
        return self.workspace.store.put_bytes(package.to_bytes())


class Poison:
    """Its pickle leaves a file where it is opened."""

    def __init__(self, trap: Path, number: int = 0) -> None:
        self.trap, self.number = trap, number

    def __reduce__(self) -> tuple[Any, ...]:
        return _spring, (str(self.trap), self.number)


def _spring(trap: str, number: int) -> Poison:
    Path(trap).write_text("opened")
    return Poison(Path(trap), number)
