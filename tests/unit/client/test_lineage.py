"""Which tasks gave a task what it began with, and which it gave to."""

from __future__ import annotations

import pytest

from nbflow.client import Run
from nbflow.model.ids import StepName
from nbflow.model.record import StepSummary
from tests.unit.client.conftest import Bench


@pytest.fixture
def run(bench: Bench) -> Run:
    return Run(f"Sales/{bench.whole_class_run()}")


def parents(run: Run, step: str, task: str = "0") -> list[str]:
    return [each.removeprefix("Sales/1/") for each in run[step][task].parent_task_pathspecs]


def children(run: Run, step: str, task: str = "0") -> list[str]:
    return [each.removeprefix("Sales/1/") for each in run[step][task].child_task_pathspecs]


def test_a_foreach_gives_to_each_item_and_each_item_has_one_parent(run: Run) -> None:
    assert parents(run, "start") == []
    assert children(run, "start") == ["pick/0", "pick/1"]
    assert parents(run, "pick", "1") == ["start/0"]


def test_a_switch_gives_to_the_step_it_chose_only(run: Run) -> None:
    assert children(run, "pick", "1") == ["small/1"]
    assert parents(run, "small", "1") == ["pick/1"]
    # it was skipped
    assert (parents(run, "large", "1"), children(run, "large", "1")) == ([], [])
    assert parents(run, "meet", "1") == ["small/1"]


def test_a_join_has_all_tasks_it_joined(run: Run) -> None:
    assert parents(run, "gather") == ["meet/0", "meet/1"]
    assert children(run, "meet", "0") == ["gather/0"]


def test_a_step_that_repeats_itself_goes_from_round_to_round(run: Run) -> None:
    assert children(run, "gather") == ["again/0"]
    assert parents(run, "again", "0") == ["gather/0"]
    assert children(run, "again", "0") == ["again/0~1"]
    assert parents(run, "again", "0~2") == ["again/0~1"]
    assert children(run, "again", "0~2") == ["end/0"]
    assert parents(run, "end") == ["again/0~2"]


def test_relatives_are_tasks(run: Run) -> None:
    assert run["small"][1].parent_tasks == (run["pick"][1],)
    assert run["start"].task.child_tasks == tuple(run["pick"])


def test_parents_and_children_are_each_others(run: Run) -> None:
    tasks = [task for step in run.steps(skipped=True) for task in step]
    down = {(task.pathspec, child) for task in tasks for child in task.child_task_pathspecs}
    up = {(parent, task.pathspec) for task in tasks for parent in task.parent_task_pathspecs}
    assert down == up
    assert len(up) == 12


def test_static_branches_meet_inside_a_foreach_and_a_foreach_inside_a_foreach_is_joined_item_by_item(
    bench: Bench,
) -> None:
    def step(name: str, givers: str, scope: str, kind: str = "linear") -> StepSummary:
        return StepSummary(StepName(name), tuple(map(StepName, givers.split())), tuple(scope.split()), "", kind)

    steps = (
        step("start", "", "", "foreach"),
        step("fork", "start", "fork", "split"),
        step("left", "fork", "fork"),
        step("right", "fork", "fork", "foreach"),
        step("inner", "right", "fork inner"),
        step("fold", "inner", "fork", "join"),
        step("both", "left fold", "fork", "join"),
        step("end", "both", "", "end"),
    )
    bench.class_run(steps=steps)
    for name in ("start", "end"):
        bench.task("1", name, (), {}, flow="Sales")
    for index in range(2):
        for name in ("fork", "left", "right", "fold", "both"):
            bench.task("1", name, (index,), {}, flow="Sales")
        for inner in range(2):
            bench.task("1", "inner", (index, inner), {}, flow="Sales")
    run = Run("Sales/1")
    assert children(run, "fork", "1") == ["left/1", "right/1"]
    assert parents(run, "both", "1") == ["left/1", "fold/1"]
    assert parents(run, "fold", "1") == ["inner/1-0", "inner/1-1"]
    assert parents(run, "inner", "1-0") == ["right/1"]
    assert run["inner"]["1-0"].metadata_dict["foreach-execution-path"] == "start:1,right:0"


def test_a_task_that_failed_gave_nothing(bench: Bench) -> None:
    bench.class_run("failed")
    bench.task("1", "start", left={}, status="failed", flow="Sales")
    bench.task("1", "pick", (0,), status="running", flow="Sales")
    assert children(Run("Sales/1"), "start") == []


def test_steps_of_a_notebook_have_relatives_too(bench: Bench) -> None:
    run = Run(f"quick/{bench.whole_run()}")
    assert [task.pathspec for task in run["fold"][1, 0].parent_tasks] == ["quick/1/score/1"]
    assert run["score"][1].child_task_pathspecs == ("quick/1/fold/1-0", "quick/1/fold/1-1")
    assert len(run["best"].task.parent_tasks) == 4
    # it was skipped
    assert run["best"].task.child_tasks == run["never"].task.parent_tasks == ()
    assert run["fold"][1, 0].metadata_dict["foreach-execution-path"] == "train:1,fold:0"
