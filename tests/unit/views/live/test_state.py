"""What a live panel is told: the whole state, and what of it changes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from nbflow.model.ids import StepName, TaskKey
from nbflow.model.record import RunRecord, TaskRecord
from nbflow.views.live import state
from tests.unit.views.records import START, artifact, failure, run, task

CONTROL = {"cancels": True, "asked": False, "waited": False}


def told(
    of: RunRecord, *tasks: TaskRecord, logs: Mapping[TaskKey, str] | None = None, now: float = 10.0, slots: int = 1
) -> state.State:
    return state.of(of, tasks, now=START + now, logs=logs or {}, problems=(), past={}, slots=slots, control=CONTROL)


def train(number: int, status: str = "succeeded", **more: Any) -> TaskRecord:
    return task("train", status, (number,), **more)


def moments() -> list[state.State]:
    """The states of a run from its start to its end, as a panel sees them."""
    key = train(0).key
    return [
        told(run("pending")),
        told(run("running"), task("load", "running")),
        told(run("running"), task("load"), train(0, "running"), train(1, "waiting"), logs={key: "epoch 1\n"}),
        told(run("running"), task("load"), train(0, "running"), train(1, "waiting"), logs={key: "epoch 1\nepoch 2\n"}),
        told(run("running"), task("load"), train(0), train(1, "running"), logs={train(1).key: ""}),
        told(run("running"), task("load"), train(0), train(1, "failed", failure=failure()), logs={train(1).key: "no"}),
        told(run("failed"), task("load"), train(0), train(1, "failed", failure=failure())),
    ]


def test_it_is_plain_json() -> None:
    for each in moments():
        assert json.loads(json.dumps(each)) == json.loads(json.dumps(each, default=None))


def test_nothing_changes_while_only_the_clock_goes_on() -> None:
    tasks = (task("load"), train(0, "running"), train(1, "waiting"))
    before, now = (told(run("running"), *tasks, now=at) for at in (10.0, 10.4))
    before["run"]["left"] = now["run"]["left"]
    assert state.changes(before, now) == {}


def test_of_a_thousand_tasks_only_what_happened_is_sent() -> None:
    tasks = [task("load"), *(train(number, "waiting") for number in range(1000))]
    before = told(run("running"), *tasks)
    tasks[500] = train(499, "running")
    changed = state.changes(before, told(run("running"), *tasks))
    assert set(changed) == {"run", "boxes", "steps", "words"}
    assert set(changed["steps"]) == set(changed["boxes"]) == {"train"}
    assert len(json.dumps(changed)) < 4000


def test_an_entry_that_is_gone_is_said_to_be() -> None:
    tasks = (task("load"), train(0, "running"))
    before = told(run("running"), *tasks, logs={task("load").key: "a", train(0).key: "b"})
    now = told(run("running"), *tasks, logs={train(0).key: "b"})
    assert state.changes(before, now) == {"tasks": {"load": None}}


def test_each_task_of_a_foreach_has_a_sign_in_order_and_beyond_two_thousand_several_have_one() -> None:
    some = [
        train(number, status) for number, status in enumerate(["succeeded", "failed", "running", "waiting", "reused"])
    ]
    assert told(run("running"), *some)["steps"]["train"]["signs"] == "sfrwu"
    many = [train(number, "failed" if number == 4001 else "succeeded") for number in range(5000)]
    step = told(run("running"), *many)["steps"]["train"]
    assert step["each"] == 3
    assert len(step["signs"]) == 1667
    assert step["signs"].index("f") == 4001 // 3


def test_places_that_are_no_indexes_have_their_names() -> None:
    nested = [task("train", path=(0, 0)), task("train", path=(1, 0))]
    assert told(run("running"), *nested)["steps"]["train"]["paths"] == ["[0, 0]", "[1, 0]"]
    assert told(run("running"), train(0), train(1))["steps"]["train"]["paths"] is None


def test_the_head_counts_tasks_to_come_and_says_how_long_it_will_be() -> None:
    tasks = [
        task("load"),
        *(train(number, took=6.0) for number in range(10)),
        *(train(n, "waiting") for n in range(10, 40)),
    ]
    head = told(run("running"), *tasks, slots=2)["run"]
    assert head["counted"] == "11 of 43 tasks"
    assert head["total"] == 43
    assert head["left"] == "at least 2 min left"
    assert told(run("succeeded"), task("load"))["run"]["left"] == ""


def test_failures_come_with_their_task_and_their_lines() -> None:
    tasks = [train(number, "failed", failure=failure(message="no number\nreally")) for number in range(3)]
    (only,) = told(run("failed"), *tasks)["failures"]
    assert only["who"] == "train[0], train[1], train[2]"
    assert (only["task"], only["head"], only["rest"]) == ("train[0]", "ValueError: no number", "really")
    assert "int(x)" in only["trace"]


def test_a_task_is_told_with_its_item_its_log_and_what_it_left() -> None:
    item = artifact("str", scalar="eu")
    one = train(3, took=2.0, left={"rmse": artifact("float", scalar=2.5)}, item=item)
    told_of = told(run("running"), one, logs={one.key: "\x1b[31mred\x1b[0m\rlast\n"})["tasks"]["train[3]"]
    assert told_of["item"] == "'eu'"
    assert told_of["took"] == "2.0 s"
    assert told_of["kept"] == "rmse 2.5"
    assert told_of["log"].strip() == "last"


def test_what_a_run_says_cannot_turn_text_around_or_break_a_line() -> None:
    nasty = "a\u202eb\nc\x07"
    of = run("running", parameters={nasty: ("str", nasty, "given")}, tags=frozenset({nasty}), reason=nasty)
    text = json.dumps(
        told(of, replace(train(0, "failed", failure=failure(message=nasty)), item=artifact(nasty, nasty)))
    )
    for hidden in ("\\u202e", "\\u0007", "\\n"):
        assert hidden not in text.replace("\\\\u202e", "").replace("\\\\n", "").replace(
            "line 3, in train\\n--> 3 int(x)", ""
        )


def test_a_log_is_asked_for_of_tasks_that_are_there_only() -> None:
    assert told(run("running"), task("load"), logs={TaskKey(StepName("gone")): "x"})["tasks"] == {}
