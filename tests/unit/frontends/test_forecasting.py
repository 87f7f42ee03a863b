"""What is known of the past of a flow: by this kernel, else by the store."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from driver import ref

from nbflow.frontends.forecasting import past_of
from nbflow.model.artifact import Manifest
from nbflow.model.ids import FlowName, RunId, StepName, TaskKey
from nbflow.model.record import ItemList, ItemsRecord, RunRecord, TaskRecord
from nbflow.model.status import RunStatus, TaskStatus
from nbflow.workspace import Workspace

LOAD = TaskKey(StepName("load"))


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace.open(tmp_path / ".nbflow")


def task(ended: float | None = 2.0, status: str = "succeeded", **changes: Any) -> TaskRecord:
    given = {"started_at": ended and ended - 1, "finished_at": ended, "fingerprint": f"of {ended}", **changes}
    return TaskRecord(StepName("load"), "0", (), TaskStatus(status), manifest=Manifest({"x": ref(1.0)}), **given)


def stored(workspace: Workspace, *tasks: TaskRecord, kind: Any = "run", created: float = 1.0) -> str:
    run = workspace.metadata.create_run(
        RunRecord(FlowName("f"), RunId(""), kind, RunStatus.RUNNING, "ada", created_at=created)
    )
    workspace.metadata.write("f", run.id, tasks)
    return run.id


def test_a_flow_that_never_ran_has_no_past(workspace: Workspace) -> None:
    past = past_of(workspace, "f", {}, {})
    assert (past.results, past.tries, past.items, past.runs) == ({}, {}, {}, {})


def test_without_a_kernel_the_latest_stored_result_counts_draft_or_run(workspace: Workspace) -> None:
    draft = stored(workspace, task(9.0), kind="draft", created=1.0)
    stored(workspace, task(5.0), created=2.0)
    past = past_of(workspace, "f", {}, {})
    assert past.results[LOAD].finished_at == 9.0 and past.runs[LOAD].id == draft


def test_what_the_kernel_has_goes_before_what_is_stored_and_is_found_in_its_run(workspace: Workspace) -> None:
    first = stored(workspace, task(5.0), created=1.0)
    stored(workspace, task(9.0), created=2.0)
    past = past_of(workspace, "f", {LOAD: task(5.0)}, {})
    assert past.results[LOAD].finished_at == 5.0 and past.runs[LOAD].id == first


def test_a_result_that_no_stored_run_holds_has_no_run(workspace: Workspace) -> None:
    stored(workspace, task(9.0))
    past = past_of(workspace, "f", {LOAD: task(5.0)}, {})
    assert past.results[LOAD].finished_at == 5.0 and LOAD not in past.runs


def test_a_later_try_that_came_to_nothing_is_known_beside_the_result(workspace: Workspace) -> None:
    stored(workspace, task(5.0), created=1.0)
    stored(workspace, task(9.0, "failed"), kind="draft", created=2.0)
    past = past_of(workspace, "f", {LOAD: task(5.0)}, {})
    assert past.results[LOAD].status is TaskStatus.SUCCEEDED
    assert past.tries[LOAD].status is TaskStatus.FAILED


def test_an_earlier_failure_and_a_task_that_never_started_are_forgotten(workspace: Workspace) -> None:
    stored(workspace, task(3.0, "failed"), created=1.0)
    stored(workspace, task(5.0), created=2.0)
    stored(workspace, task(9.0, "cancelled", started_at=None), created=3.0)
    assert past_of(workspace, "f", {}, {}).tries[LOAD].finished_at == 5.0


def test_items_are_the_kernels_else_those_of_the_newest_run(workspace: Workspace) -> None:
    for count in (1, 2):
        run = stored(workspace, created=float(count))
        for step in ("a", "b"):
            listed = ItemList((ref(1.0),), count)
            workspace.metadata.write("f", run, items=[ItemsRecord(StepName(step), (), listed)])
    past = past_of(workspace, "f", {}, {(StepName("a"), ()): ItemList((), 7)})
    assert {step: listed.total for (step, _), listed in past.items.items()} == {"a": 7, "b": 2}


@pytest.mark.parametrize(("first", "expected"), [(1.0, 3), (7.0, 1)])
def test_a_sample_that_the_kernel_listed_is_completed_by_a_stored_list_that_begins_alike(
    workspace: Workspace, first: float, expected: int
) -> None:
    whole = ItemList((ref(1.0), ref(2.0), ref(3.0)), 3)
    run = stored(workspace, task())
    workspace.metadata.write("f", run, items=[ItemsRecord(StepName("each"), (), whole)])
    mine = {(StepName("each"), ()): ItemList((ref(first),), 3)}
    assert len(past_of(workspace, "f", {}, mine).items[StepName("each"), ()].refs) == expected
