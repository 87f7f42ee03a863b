"""Runs and tasks for the tests of views."""

from __future__ import annotations

from typing import Any

from nbflow.model.artifact import ArtifactRef, Manifest
from nbflow.model.ids import Digest, FlowName, Path, RunId, StepName
from nbflow.model.record import Failure, RunRecord, StepSummary, TaskRecord
from nbflow.model.status import RunStatus, TaskStatus

#: the start of every run here
START = 1_790_000_000.0


def summary(name: str, givers: str = "", label: str = "", scope: str = "") -> StepSummary:
    return StepSummary(StepName(name), tuple(map(StepName, givers.split())), tuple(scope.split()), label)


FLOW = (
    summary("load"),
    summary("train", "load", "foreach regions as region", "train"),
    summary("best", "train", "join train"),
    summary("publish", "best", "when rmse < 2.5"),
)


def artifact(kind: str = "Ridge", shape: str = "", **scalar: Any) -> ArtifactRef:
    return ArtifactRef(Digest("d" * 64), "pickle", kind, 100, summary=shape, **scalar)


def task(
    step: str,
    status: str = "succeeded",
    path: Path = (),
    *,
    at: float = 0.0,
    took: float = 0.3,
    left: dict[str, ArtifactRef] | None = None,
    dropped: dict[str, str] | None = None,
    **more: Any,
) -> TaskRecord:
    state = TaskStatus(status)
    began = state not in {TaskStatus.WAITING, TaskStatus.READY, TaskStatus.SKIPPED}
    return TaskRecord(
        StepName(step),
        "-".join(map(str, path)) or "0",
        path,
        state,
        manifest=Manifest(left or {}, dropped or {}) if state.has_result else None,
        started_at=START + at if began else None,
        finished_at=START + at + took if began and state.ended else None,
        **more,
    )


def run(status: str = "succeeded", steps: tuple[StepSummary, ...] = FLOW, **more: Any) -> RunRecord:
    state = RunStatus(status)
    given: dict[str, Any] = {
        "flow": FlowName("quickstart"),
        "id": RunId("3"),
        "kind": "run",
        "status": state,
        "user": "ada",
        "created_at": START,
        "started_at": None if state is RunStatus.PENDING else START,
        "finished_at": START + 4.1 if state.ended and state is not RunStatus.LOST else None,
        "steps": steps,
        "parameters": {"alpha": ("float", 0.2, "given")},
    }
    return RunRecord(**{**given, **more})


def failure(kind: str = "ValueError", message: str = "no number", **more: Any) -> Failure:
    return Failure(kind, message, more.pop("traceback", "line 3, in train\n--> 3 int(x)\n"), **more)
