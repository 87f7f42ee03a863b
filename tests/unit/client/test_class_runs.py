"""Runs of classes, read back as Metaflow reads them."""

from __future__ import annotations

import pickle
from datetime import datetime, timedelta

import pytest

from nbflow.client import DataArtifact, Flow, Run, Step, Task
from nbflow.errors import MetadataError, NotFoundError
from nbflow.model.ids import StepName
from nbflow.model.record import StepSummary
from tests.unit.client.conftest import BEGAN, FAILURE, Bench


@pytest.fixture
def run(bench: Bench) -> Run:
    return Run(f"Sales/{bench.whole_class_run()}")


def at(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds)


# ---- runs


def test_the_data_of_a_run_is_what_its_last_step_left(run: Run) -> None:
    assert run.end_task == run["end"].task
    assert (run.data.n, run.data.total) == (2, 1)
    assert dir(run.data) == ["n", "total"]
    assert "sizes" not in run.data


def test_until_the_last_step_has_a_result_the_data_is_what_there_is(bench: Bench) -> None:
    run = Run(f"Sales/{bench.class_run('running')}")
    bench.task(run.id, "start", left={"x": 1}, flow="Sales")
    assert run.end_task is None
    assert run.data.x == 1
    bench.task(run.id, "end", left={"y": 1}, status="failed", flow="Sales")
    assert run.end_task is not None
    assert run.data.x == 1
    for round_ in range(11):
        bench.task(run.id, "again", left={"n": round_}, iteration=round_, flow="Sales")
    assert run.data.n == 10


def test_a_notebook_has_no_last_step(bench: Bench) -> None:
    assert Run(f"quick/{bench.whole_run()}").end_task is None


def test_steps_come_newest_first_and_those_no_switch_chose_are_left_out(run: Run) -> None:
    assert [step.id for step in run] == ["end", "again", "gather", "meet", "small", "pick", "start"]
    assert [step.id for step in run.steps()] == ["start", "pick", "small", "meet", "gather", "again", "end"]
    assert "large" in [step.id for step in run.steps(skipped=True)]
    assert "large" in run


def test_a_step_has_no_task_where_no_switch_chose_it_but_by_its_id(bench: Bench) -> None:
    bench.class_run()
    for index, status in enumerate(("skipped", "succeeded", "skipped")):
        bench.task("1", "large", (index,), {} if status == "succeeded" else None, status=status, flow="Sales")
        bench.task("1", "small", (index,), None, status="skipped", flow="Sales")
    large, small = Run("Sales/1")["large"], Run("Sales/1")["small"]
    assert large.task == large[1]
    assert list(large) == [large[1]]
    assert (len(large), large._ipython_key_completions_()) == (1, [1])
    assert (large[0].status, 0 in large) == ("skipped", True)
    assert list(small) == []
    with pytest.raises(NotFoundError, match="no switch chose it"):
        small.task  # noqa: B018


def test_a_step_that_has_not_begun_is_the_newest(bench: Bench) -> None:
    run = Run(f"Sales/{bench.class_run('running')}")
    bench.task(run.id, "start", left={}, flow="Sales")
    bench.task(run.id, "gather", status="running", flow="Sales", began=None)
    assert [step.id for step in run] == ["gather", "start"]
    assert run["gather"].created_at is None


def test_of_steps_as_old_as_each_other_the_later_one_of_the_flow_is_the_newer(bench: Bench) -> None:
    run = Run(f"Sales/{bench.class_run()}")
    for step in ("start", "gather", "end"):
        bench.task(run.id, step, left={}, flow="Sales", began=BEGAN)
    assert [step.id for step in run] == ["end", "gather", "start"]


def test_steps_of_a_notebook_that_were_skipped_are_listed_unless_they_are_not_wanted(bench: Bench) -> None:
    run = Run(f"quick/{bench.whole_run()}")
    assert "never" in [step.id for step in run]
    assert "never" not in [step.id for step in run.steps(skipped=False)]


def test_steps_whose_name_begins_with_an_underscore_are_hidden(bench: Bench) -> None:
    run = Run(f"Sales/{bench.class_run(steps=(StepSummary(StepName('_parameters'), (), ()),))}")
    bench.task(run.id, "_parameters", left={"alpha": 1}, flow="Sales")
    assert list(run) == []
    assert run["_parameters"].task.data.alpha == 1


def test_a_run_whose_last_step_was_caught_is_not_successful_and_one_with_another_is(bench: Bench) -> None:
    for number, step in enumerate(("start", "end"), 1):
        bench.class_run()
        bench.task(str(number), step, left={}, caught=True, failure=FAILURE, flow="Sales")
        bench.task(str(number), "end" if step == "start" else "start", left={}, flow="Sales")
    assert [run.successful for run in Flow("Sales")] == [False, True]
    assert all(run.finished for run in Flow("Sales"))
    assert Flow("Sales").latest_successful_run == Run("Sales/1")


def test_no_event_starts_a_run(run: Run) -> None:
    assert run.trigger is None


def test_every_level_says_when_it_was_made_and_where_it_came_from(bench: Bench) -> None:
    bench.class_run(created_at=BEGAN - 5)
    bench.class_run(origin_run="1")
    bench.task("2", "start", left={"x": 1}, status="reused", origin="Sales/1/start/0", flow="Sales")
    bench.task("2", "gather", left={"x": 1}, flow="Sales")
    run = Run("Sales/2")
    start = run["start"].task
    assert Flow("Sales").created_at == at(BEGAN - 5)
    assert (run.created_at, run["start"].created_at, start.created_at) == (at(BEGAN), at(BEGAN + 1), at(BEGAN + 1))
    assert start["x"].created_at == start["x"].finished_at == at(BEGAN + 2.5)
    things = (Flow("Sales"), run, run["start"], start, start["x"], run["gather"].task, run["gather"].task["x"])
    assert [each.origin_pathspec for each in things] == [
        *(None, "Sales/1", "Sales/1/start", "Sales/1/start/0", "Sales/1/start/0/x"),
        *(None, None),
    ]
    # Metaflow says `Sales/None` here
    assert [each.origin_pathspec for each in (Run("Sales/1"), Step("Sales/1/start"))] == [None, None]


# ---- what [] and in say


@pytest.mark.parametrize(
    "look",
    [
        lambda run: run.parent["99"],
        lambda run: run["nope"],
        lambda run: run["start"]["9"],
        lambda run: run["start"].task["nope"],
        lambda run: run["start"].task.data["nope"],
    ],
)
def test_what_is_not_there_is_a_key_error_in_brackets(run: Run, look: object) -> None:
    with pytest.raises(KeyError) as caught:
        look(run)
    assert isinstance(caught.value, NotFoundError)
    assert str(caught.value).startswith("NBF-M00")


# ---- tasks


def test_a_caught_failure_is_finished_and_not_successful_and_no_exception(bench: Bench) -> None:
    bench.class_run()
    bench.task("1", "start", left={"error": "x"}, caught=True, failure=FAILURE, flow="Sales")
    task = Run("Sales/1")["start"].task
    assert (task.finished, task.successful, task.exception) == (True, False, None)
    assert task.data.error == "x"
    asked = Task("Sales/1/start/0", attempt=0)
    assert (asked.finished, asked.successful, asked.exception) == (True, False, None)


def test_in_a_notebook_a_caught_failure_is_a_success_with_an_exception(bench: Bench) -> None:
    bench.run()
    bench.task("1", "load", left={}, caught=True, failure=FAILURE)
    task = Run("quick/1")["load"].task
    assert (task.finished, task.successful, task.exception) == (True, True, FAILURE)


def test_a_task_has_everything_it_left_by_name(run: Run) -> None:
    task = run["start"].task
    assert dir(task.data) == ["_private", "x"]
    assert [each.id for each in task.artifacts] == [each.id for each in task] == ["x", "_private"]
    assert task.artifacts.x.data == "start"
    assert dir(task.artifacts) == ["_private", "x"]
    with pytest.raises(AttributeError):
        task.artifacts.nope  # noqa: B018


def test_artifacts_may_have_the_names_of_a_tuples_methods(bench: Bench) -> None:
    bench.class_run()
    bench.task("1", "start", left={"count": 3, "index": 4}, flow="Sales")
    artifacts = Run("Sales/1")["start"].task.artifacts
    assert (artifacts.count.data, artifacts.index.data, len(artifacts)) == (3, 4, 2)


@pytest.fixture
def tried(bench: Bench) -> Bench:
    """A task that failed once, left something all the same, and was right the second time."""
    bench.class_run()
    for number, status in enumerate(("failed", "succeeded")):
        bench.task(
            "1",
            "start",
            left={"x": number, f"only_{number}": 1},
            attempt=number,
            status=status,
            failure=FAILURE if status == "failed" else None,
            logs={"stdout": f"try {number}\nagain\n", "stderr": f"ünfertig {number}"},
            flow="Sales",
            began=BEGAN + 10 * number,
        )
    return bench


def test_a_task_can_be_asked_for_one_of_its_attempts(tried: Bench) -> None:
    first, last, task = Task("Sales/1/start/0", attempt=0), Task("Sales/1/start/0", 1), Task("Sales/1/start/0")
    assert [each.current_attempt for each in (first, last, task)] == [0, 1, 1]
    assert [each.data.x for each in (first, last, task)] == [0, 1, 1]
    assert [each.successful for each in (first, last, task)] == [False, True, True]
    assert [each.exception for each in (first, last, task)] == [FAILURE, None, None]
    assert [each.stdout for each in (first, last, task)] == ["try 0\nagain\n", *["try 1\nagain\n"] * 2]
    assert [each.finished_at for each in (first, last)] == [at(BEGAN + 1.5), at(BEGAN + 11.5)]
    assert "only_0" in first
    assert "only_0" not in task
    assert first["x"].data == DataArtifact("Sales/1/start/0/x", attempt=0).data == 0
    assert first["x"].parent == first != task
    assert repr(first) == "Task('Sales/1/start/0', attempt=0)"


def test_an_attempt_survives_pickling(tried: Bench) -> None:
    first = Task("Sales/1/start/0", attempt=0)
    things = [first, first["x"], Task("Sales/1/start/0")]
    assert pickle.loads(pickle.dumps(things)) == things
    assert pickle.loads(pickle.dumps(first["x"])).data == 0


def test_an_attempt_that_was_not_made_is_told(tried: Bench) -> None:
    for look in (lambda: Task("Sales/1/start/0", attempt=2), lambda: DataArtifact("Sales/1/start/0/x", attempt=-1)):
        with pytest.raises(MetadataError, match=r"NBF-M017[\s\S]*it was tried 2 times, counted from 0"):
            look()


def test_logs_have_sizes_and_lines_with_the_time_the_attempt_began(tried: Bench) -> None:
    task = Task("Sales/1/start/0")
    assert (task.stdout_size, task.stderr_size) == (len("try 1\nagain\n"), len("ünfertig 1".encode()))
    assert list(task.loglines("stdout")) == [(at(BEGAN + 10), "try 1"), (at(BEGAN + 10), "again")]
    assert list(task.loglines("stderr", as_unicode=False)) == [(at(BEGAN + 10), "ünfertig 1".encode())]
    assert [line for _, line in Task("Sales/1/start/0", 0).loglines("stdout")] == ["try 0", "again"]


def test_a_task_that_wrote_nothing_has_no_lines(run: Run) -> None:
    for task in (run["start"].task, run["large"][0]):
        assert (task.stdout, task.stdout_size, task.stderr_size, list(task.loglines("stderr"))) == ("", 0, 0, [])


def test_a_reused_task_has_the_lines_of_the_one_that_ran(tried: Bench) -> None:
    tried.class_run()
    tried.task("2", "start", left={}, status="reused", origin="Sales/1/start/0", flow="Sales")
    task = Run("Sales/2")["start"].task
    assert task.stdout_size == 12
    assert [line for _, line in task.loglines("stdout")] == ["try 1", "again"]


# ---- metadata


def test_a_task_tells_its_facts_under_metaflows_names(bench: Bench) -> None:
    code = bench.code("K = 1")
    bench.class_run(
        code=code,
        system_tags=frozenset({"user:ada", "runtime:dev", "python_version:3.12.1", "nbflow_version:0.1.0"}),
        about={"git": {"branch_name": "main"}},
    )
    bench.task("1", "pick", (3,), {}, chose="small", flow="Sales")
    task = Run("Sales/1")["pick"].task
    assert task.metadata_dict == {
        "attempt": "0",
        "attempt-done": "0",
        "attempt_ok": "True",
        "code-package": f'{{"ds_type": "local", "sha": "{code}"}}',
        "ds-root": str(bench.workspace.root),
        "ds-type": "local",
        "foreach-execution-path": "start:3",
        "git-info": '{"branch_name": "main"}',
        "nbflow_version": "0.1.0",
        "python_version": "3.12.1",
        "runtime": "dev",
        "script-name": "sales.py",
        "user": "ada",
    }
    assert task.runtime_name == "dev"
    fact = next(each for each in task.metadata if each.name == "attempt_ok")
    assert (fact.type, fact.value, fact.created_at) == ("internal_attempt_status", "True", at(BEGAN + 2.5))
    assert fact.task == task


def test_of_a_fact_that_each_attempt_has_the_latest_counts(tried: Bench) -> None:
    task = Task("Sales/1/start/0")
    assert [each.value for each in task.metadata if each.name == "attempt_ok"] == ["False", "True"]
    assert task.metadata_dict["attempt_ok"] == "True"
    assert Task("Sales/1/start/0", attempt=0).metadata_dict["attempt_ok"] == "False"


def test_a_reused_task_names_its_origin_and_another_none(bench: Bench) -> None:
    bench.class_run(origin_run="1")
    bench.task("1", "start", left={}, status="reused", origin="Sales/7/start/0", flow="Sales")
    bench.task("1", "gather", left={}, flow="Sales")
    facts = Run("Sales/1")["start"].task.metadata_dict
    assert (facts["origin-run-id"], facts["origin-task-id"]) == ("7", "0")
    # Metaflow says "None"
    assert "origin-run-id" not in Run("Sales/1")["gather"].task.metadata_dict


def test_a_task_and_its_step_say_what_they_ran_with(bench: Bench) -> None:
    bench.class_run(code=bench.code("K = 1"), system_tags=frozenset({"user:ada", "runtime:dev"}))
    bench.task("1", "start", left={}, flow="Sales")
    info = Run("Sales/1")["start"].environment_info
    assert info == Run("Sales/1")["start"].task.environment_info
    assert info is not None
    assert (info["username"], info["runtime"], info["script"]) == ("ada", "dev", "sales.py")
    assert Run("Sales/1")["end"].environment_info is None


# ---- steps


def test_the_first_of_tasks_that_run_side_by_side_is_their_control_task(bench: Bench) -> None:
    gang = (
        StepSummary(StepName("start"), (), (), "", "foreach"),
        StepSummary(StepName("train"), (StepName("start"),), ("train",), "side by side", "linear"),
        StepSummary(StepName("after"), (StepName("train"),), ("train",), "", "linear"),
    )
    bench.class_run(steps=gang)
    bench.task("1", "start", left={}, flow="Sales")
    for index in range(3):
        bench.task("1", "train", (index,), {}, flow="Sales")
        bench.task("1", "after", (index,), {}, flow="Sales")
    run = Run("Sales/1")
    assert run["train"].control_task == run["train"][0]
    assert run["train"].control_tasks() == (run["train"][0],)
    assert run["after"].control_task is None
    assert run["start"].control_tasks() == ()


def test_steps_say_when_they_began_and_ended(run: Run) -> None:
    pick = run["pick"]
    assert pick.created_at == at(BEGAN + 1)
    assert pick.finished_at == pick[1].finished_at
    assert pick.finished_at - pick.created_at > timedelta(seconds=1)
