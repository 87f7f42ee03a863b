"""Which stored results are the latest, with a real store."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from nbflow.frontends.magics.recall import latest, left_behind, sources, unfinished, when
from nbflow.frontends.resuming import Origin, named
from nbflow.model.artifact import ArtifactRef, Manifest
from nbflow.model.ids import Digest, FlowName, RunId, StepName
from nbflow.model.record import ItemList, ItemsRecord, RunKind, RunRecord, StepSummary, TaskRecord
from nbflow.model.status import RunStatus, TaskStatus
from nbflow.workspace import Workspace

DONE, RUNNING, SKIPPED = TaskStatus.SUCCEEDED, TaskStatus.RUNNING, TaskStatus.SKIPPED
STEPS = (
    StepSummary(StepName("load"), (), ()),
    StepSummary(StepName("train"), (), ("train",)),
    StepSummary(StepName("score"), (), ("train",)),
    StepSummary(StepName("best"), (), ()),
)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace.open(tmp_path / ".nbflow")


def ref(value: int) -> ArtifactRef:
    return ArtifactRef(Digest(str(value)), "scalar", "int", 1, data=value, scalar=value)


def task(step: str, at: float, status: TaskStatus = DONE, path: tuple[int, ...] = (), **more: Any) -> TaskRecord:
    left = Manifest({step: ref(1)}) if status is DONE else None
    name = "-".join(map(str, path)) or "0"
    return TaskRecord(StepName(step), name, path, status, manifest=left, started_at=at, finished_at=at, **more)


@pytest.fixture
def record(workspace: Workspace) -> Callable[..., RunId]:
    def make(kind: RunKind, *tasks: TaskRecord, items: int | None = None) -> RunId:
        run = RunRecord(FlowName("f"), RunId(""), kind, RunStatus.RUNNING, "me", time.time(), steps=STEPS)
        made = workspace.metadata.create_run(run)
        listed = ItemList(tuple(map(ref, range(items or 0))), 9)
        found = [ItemsRecord(StepName("train"), (), listed)] if items is not None else []
        workspace.metadata.write("f", made.id, tasks, items=found)
        return made.id

    return make


def brought(workspace: Workspace, *steps: str, own: str | None = None) -> Mapping[str, str]:
    found = latest(sources(workspace, "f", own=own, steps=steps))
    return {step: left.origin.run.id for step, left in found.items()}


def test_the_latest_draft_and_the_runs_since_it_began_count(workspace: Workspace, record: Any) -> None:
    record("run", task("best", 9.0))
    record("draft", task("best", 9.0))
    record("draft", task("load", 1.0), task("best", 5.0))
    record("run", task("load", 3.0), task("best", 4.0))
    assert brought(workspace) == {"load": "2", "best": "draft-2"}


def test_without_a_draft_the_latest_run_counts(workspace: Workspace, record: Any) -> None:
    record("run", task("load", 1.0), task("best", 2.0))
    record("run", task("load", 3.0))
    record("run", task("load", 4.0, RUNNING))
    assert brought(workspace) == {"load": "2"}


def test_the_kernels_own_draft_hides_nothing(workspace: Workspace, record: Any) -> None:
    record("draft", task("load", 1.0))
    own = record("draft", task("best", 2.0))
    assert brought(workspace, own=own) == {"load": "draft-1"}


def test_of_a_known_notebook_what_is_missing_comes_from_further_back(workspace: Workspace, record: Any) -> None:
    record("run", task("gone", 1.0))
    record("draft", task("load", 1.0), task("best", 2.0))
    record("draft", task("load", 3.0))
    assert brought(workspace) == {"load": "draft-2"}
    assert brought(workspace, "load", "best") == {"load": "draft-2", "best": "draft-1"}


def test_a_foreach_counts_when_every_item_has_its_result(workspace: Workspace, record: Any) -> None:
    run = record("run", task("train", 1.0, path=(0,)), task("score", 2.0, path=(0,)), items=2)
    origin = named(workspace, "f", run)
    assert latest([origin]) == {}
    assert {step: each.done for step, each in unfinished([origin]).items()} == {"train": 1, "score": 1}
    workspace.metadata.write("f", run, [task("train", 3.0, path=(1,))])
    assert list(latest([named(workspace, "f", run)])) == ["train"]


def test_of_a_cell_that_ran_on_fewer_items_than_before_only_those_count(workspace: Workspace, record: Any) -> None:
    run = record("draft", *(task("train", 1.0, path=(number,), item=ref(number)) for number in range(3)), items=1)
    assert [each.path for each in latest([named(workspace, "f", run)])[StepName("train")].tasks] == [(0,)]


def test_a_task_of_another_item_than_the_one_that_is_listed_does_not_count(workspace: Workspace, record: Any) -> None:
    run = record("draft", task("train", 1.0, path=(0,), item=ref(7)), items=1)
    assert latest([named(workspace, "f", run)]) == {}


def test_a_foreach_that_was_skipped_as_a_whole_is_whole(workspace: Workspace, record: Any) -> None:
    run = record("run", task("train", 1.0, SKIPPED), task("score", 1.0, SKIPPED))
    assert sorted(latest([named(workspace, "f", run)])) == ["score", "train"]


def test_what_a_cell_left_before_it_ran_in_vain_counts(workspace: Workspace, record: Any) -> None:
    run = record("draft", task("load", 5.0, TaskStatus.FAILED, before=task("load", 1.0)), task("best", 6.0, RUNNING))
    origin: Origin = named(workspace, "f", run)
    assert {step: left.finished_at for step, left in latest([origin]).items()} == {"load": 1.0}
    assert {step: each.how for step, each in unfinished([origin]).items()} == {"load": "failed", "best": "interrupted"}


def test_a_line_about_the_latest_draft_is_there_when_it_holds_something(workspace: Workspace, record: Any) -> None:
    assert left_behind(workspace, "f") == ""
    record("run", task("load", 1.0))
    record("draft", task("load", 1.0, RUNNING))
    assert left_behind(workspace, "f") == ""
    record("draft", task("load", time.time()), task("best", time.time(), SKIPPED))
    told = left_behind(workspace, "f")
    assert told.startswith("draft-2 of f (") and told.endswith("has 2 results: %flow restore brings them back")


def test_times_are_said_as_one_says_them() -> None:
    now = time.mktime((2026, 11, 20, 12, 0, 0, 0, 0, -1))
    said = [when(now - seconds, now) for seconds in (3600, 14 * 3600, 3 * 86400, 9 * 86400)]
    assert said == ["11:00", "yesterday 22:00", "Tue 12:00", "2026-11-11 12:00"]
