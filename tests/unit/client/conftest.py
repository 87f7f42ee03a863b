"""A workspace with the runs of a small flow, written as the engine writes them."""

from __future__ import annotations

import json
import os
import socket
import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from nbflow.client.chosen import default_metadata
from nbflow.client.namespace import default_namespace
from nbflow.code.package import CodePackage
from nbflow.model.artifact import Manifest
from nbflow.model.ids import Digest, FlowName, RunId, StepName, TaskKey
from nbflow.model.record import AttemptRecord, Failure, RunRecord, StepSummary, TaskRecord
from nbflow.model.status import RunStatus, TaskStatus
from nbflow.workspace import Workspace

STEPS = (
    StepSummary(StepName("load"), (), ()),
    StepSummary(StepName("train"), (StepName("load"),), ("train",), "foreach regions as region"),
    StepSummary(StepName("score"), (StepName("train"),), ("train",)),
    StepSummary(StepName("fold"), (StepName("score"),), ("train", "fold"), "foreach range(2)"),
    StepSummary(StepName("best"), (StepName("fold"),), (), "join train"),
    StepSummary(StepName("never"), (StepName("best"),), (), "when rmse < 0"),
)
#: a class: a foreach over pick, which switches, a join, and a step that repeats itself
CLASS_STEPS = (
    StepSummary(StepName("start"), (), (), "", "foreach", "Where it begins."),
    StepSummary(StepName("pick"), (StepName("start"),), ("pick",), "foreach xs", "split-switch"),
    StepSummary(StepName("small"), (StepName("pick"),), ("pick",), "", "linear"),
    StepSummary(StepName("large"), (StepName("pick"),), ("pick",), "", "linear"),
    StepSummary(StepName("meet"), (StepName("small"), StepName("large")), ("pick",), "", "linear"),
    StepSummary(StepName("gather"), (StepName("meet"),), (), "join meet", "join"),
    StepSummary(StepName("again"), (StepName("gather"),), (), "switch on go: itself, end", "split-switch"),
    StepSummary(StepName("end"), (StepName("again"),), (), "", "end"),
)
BEGAN = 1_700_000_000.0


class Bench:
    """Writes runs into a workspace."""

    def __init__(self, root: Path) -> None:
        self.workspace = Workspace.open(root)

    def run(self, status: str = "succeeded", flow: str = "quick", kind: Any = "run", **changes: Any) -> str:
        fields: dict[str, Any] = {
            "user": "ada",
            "created_at": BEGAN,
            "started_at": BEGAN,
            "finished_at": BEGAN + 4 if status in {"succeeded", "failed"} else None,
            "heartbeat_at": time.time(),
            "steps": STEPS,
            "owner": f"{socket.gethostname()}:{os.getpid()}",
            "parameters": {"alpha": ("float", 0.1, "default"), "regions": ("list[str]", ["eu", "us"], "given")},
            **changes,
        }
        record = RunRecord(FlowName(flow), RunId(""), kind, RunStatus(status), **fields)
        return self.workspace.metadata.create_run(record).id

    def task(
        self,
        run: str,
        step: str,
        path: tuple[int, ...] = (),
        left: Mapping[str, Any] | None = None,
        *,
        status: str = "succeeded",
        item: Any = None,
        logs: Mapping[str, str] | None = None,
        displays: list[dict[str, Any]] | None = None,
        attempt: int = 0,
        flow: str = "quick",
        began: float = BEGAN + 1,
        **changes: Any,
    ) -> None:
        workspace = self.workspace
        writer = workspace.store.writer()
        for name, value in (left or {}).items():
            writer.add(name, value)
        task = TaskKey(StepName(step), path, changes.get("iteration", 0)).id
        kept = {}
        for stream, text in (logs or {}).items():
            file = workspace.log_path(flow, run, step, task, attempt, stream)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
            kept[stream] = file.relative_to(workspace.root).as_posix()
        record = TaskRecord(
            StepName(step),
            task,
            path,
            TaskStatus(status),
            attempt=attempt,
            manifest=Manifest(writer.close()) if left is not None else None,
            started_at=began if status != "skipped" else None,
            finished_at=began + 1.5 if status != "running" else None,
            item=None if item is None else workspace.store.put(item),
            displays=workspace.store.put_bytes(json.dumps(displays).encode()) if displays else None,
            **changes,
        )
        tried = AttemptRecord(
            record.step,
            task,
            attempt,
            record.status,
            record.started_at,
            record.finished_at,
            record.failure,
            record.manifest,
            **kept,
        )
        with self.not_ended(flow, run):
            workspace.metadata.write(flow, run, [record], [tried] if status != "skipped" else [])

    @contextmanager
    def not_ended(self, flow: str, run: str) -> Iterator[None]:
        """While this lasts the run goes on: one that has ended takes no tasks, and tests say first how it ended."""
        found = self.workspace.metadata.run(flow, run)
        assert found is not None
        self._set(flow, run, "running")
        yield
        self._set(flow, run, found.status)

    def _set(self, flow: str, run: str, status: str) -> None:
        with closing(sqlite3.connect(self.workspace.root / "metadata.db", isolation_level=None)) as database:
            database.execute("UPDATE run SET status = ? WHERE flow = ? AND id = ?", (status, flow, run))

    def code(self, definitions: str) -> Digest:
        return self.workspace.store.put_bytes(CodePackage("quick", (("load", "df = 1"),), definitions).to_bytes())

    def class_run(self, status: str = "succeeded", **changes: Any) -> str:
        """Record a run of a class; tasks are written one by one."""
        return self.run(status, flow="Sales", **{"steps": CLASS_STEPS, "source": "/flows/sales.py", **changes})

    def whole_class_run(self) -> str:
        """Record one run of the class, in which `pick` chose `small`, and `again` went round three times."""
        run = self.class_run()
        order = iter(range(100))

        def task(step: str, path: tuple[int, ...] = (), **more: Any) -> None:
            more.setdefault("left", {"x": step, "_private": 1})
            self.task(run, step, path, more.pop("left"), flow="Sales", began=BEGAN + next(order), **more)

        task("start")
        for index in range(2):
            task("pick", (index,), chose=StepName("small"), item=index)
            task("small", (index,), left={"size": index})
            task("large", (index,), left=None, status="skipped")
            task("meet", (index,), left={"size": index})
        task("gather", left={"sizes": [0, 1]})
        for round_ in range(3):
            task("again", iteration=round_, chose=StepName("again" if round_ < 2 else "end"), left={"n": round_})
        task("end", left={"n": 2, "total": 1})
        return run

    def whole_run(self) -> str:
        """Record one run with a foreach, a foreach within it, and a join."""
        run = self.run()
        self.task(run, "load", left={"df": [1, 2, 3], "rows": 3}, logs={"stdout": "read 3 rows\n"})
        for index, region in enumerate(("eu", "us")):
            left = {"region": region, "model": {"of": region}, "rmse": 1.5 - index}
            self.task(run, "train", (index,), left, item=region)
            self.task(run, "score", (index,), {"score": index * 10}, item=region)
            for fold in range(2):
                self.task(run, "fold", (index, fold), {"part": (index, fold)}, item=fold)
        self.task(run, "best", left={"rmse": 0.5, "model": {"of": "us"}}, displays=DISPLAYS, notes=("look out",))
        self.task(run, "never", status="skipped", reason="rmse < 0 is false")
        return run


PNG = "iVBORw0KGgo="
DISPLAYS = [
    {"data": {"image/png": PNG, "text/plain": "<Figure>"}, "metadata": {"image/png": {"width": 3}}},
    {"data": {"text/html": "<b onclick=alert(1)>x</b>", "text/plain": "a table"}, "metadata": {}},
]
FAILURE = Failure("ZeroDivisionError", "division by zero", "line 1\n", line=2)


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    monkeypatch.setenv("NBFLOW_ROOT", str(tmp_path / "store"))
    # whose runs these are; what a test chooses beside it ends with the test
    monkeypatch.setenv("NBFLOW_USER", "ada")
    monkeypatch.delenv("NBFLOW_PRODUCTION_TOKEN", raising=False)
    yield Bench(tmp_path / "store")
    default_namespace()
    default_metadata()
