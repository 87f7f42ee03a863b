"""The rules of tags."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from nbflow.client import Flow, Run
from nbflow.errors import TagError
from tests.unit.client.conftest import Bench

OURS = frozenset({"user:ada", "runtime:dev"})


@pytest.fixture
def run(bench: Bench) -> Run:
    bench.task(bench.run(tags=frozenset({"draft"}), system_tags=OURS), "load", left={"x": 1})
    return Run("quick/1")


def refused(action: Any, *arguments: Any) -> str:
    with pytest.raises(TagError) as caught:
        action(*arguments)
    return str(caught.value)


def test_tags_live_on_runs_and_what_belongs_to_a_run_has_them(run: Run) -> None:
    task = run["load"].task
    for thing in (run, run["load"], task, task["x"]):
        assert thing.user_tags == {"draft"}
        assert thing.system_tags == OURS
        assert thing.tags == {"draft", *OURS}
    run.add_tag("good")
    assert task["x"].user_tags == {"draft", "good"}


def test_a_flow_has_no_tags(run: Run) -> None:
    assert Flow("quick").tags == Flow("quick").user_tags == Flow("quick").system_tags == frozenset()


def test_one_tag_or_several_can_be_given_and_taken_by_each_method(run: Run) -> None:
    run.add_tag(["a", "b"])
    run.add_tags("word")
    assert run.user_tags == {"draft", "a", "b", "word"}
    run.remove_tag(["a", "b"])
    run.remove_tags("word")
    assert run.user_tags == {"draft"}
    run.replace_tag("draft", ("x", "y"))
    run.replace_tags(tags_to_remove=(each for each in "xy"), tags_to_add="z")
    assert run.user_tags == {"z"}


@pytest.mark.parametrize(
    ("tag", "said"),
    [
        ("", "it is empty"),
        ("x" * 501, "it has 501 characters; 500 are the most"),
        ("\ud800", "it cannot be written in UTF-8"),
        (7, "a tag is text; this is of type int"),
        (b"x", "a tag is text; this is of type bytes"),
        (None, "a tag is text; this is of type NoneType"),
    ],
)
def test_a_tag_is_text_of_1_to_500_characters(run: Run, tag: Any, said: str) -> None:
    assert said in refused(run.add_tags, ["fine", tag])
    assert run.user_tags == {"draft"}
    run.add_tag("x" * 500)


def test_a_run_has_at_most_50_tags_of_people(run: Run) -> None:
    run.add_tags(f"t{number}" for number in range(49))
    assert len(run.user_tags) == 50
    assert "NBF-M013  run quick/1 cannot have 51 tags" in refused(run.add_tag, "one more")
    run.replace_tags("draft", "one more")
    assert len(Run("quick/1").user_tags) == 50


def test_a_run_that_has_more_from_before_may_lose_some(bench: Bench) -> None:
    run = Run(f"quick/{bench.run(tags=frozenset(f't{number}' for number in range(60)))}")
    run.remove_tags(["t1", "t2"])
    run.replace_tag("t3", "other")
    assert len(run.user_tags) == 58
    assert "M013" in refused(run.add_tag, "another")


def test_to_add_a_system_tag_changes_nothing(run: Run) -> None:
    run.add_tags(["user:ada", "good"])
    assert run.user_tags == {"draft", "good"}
    assert run.system_tags == OURS


def test_to_remove_a_system_tag_is_refused_and_nothing_is_changed(run: Run) -> None:
    said = refused(run.replace_tags, ["draft", "runtime:dev", "user:ada"], ["good"])
    assert "NBF-M014  run quick/1 keeps its system tags: runtime:dev, user:ada" in said
    assert Run("quick/1").user_tags == {"draft"}


def test_to_remove_a_tag_it_has_not_changes_nothing(run: Run) -> None:
    run.remove_tag("nobody gave this")
    assert run.user_tags == {"draft"}


def test_what_is_replaced_goes_first_so_that_a_tag_on_both_sides_stays(run: Run) -> None:
    run.replace_tags(["draft", "good"], ["good"])
    assert run.user_tags == {"good"}


@pytest.mark.parametrize("change", ["add_tag", "add_tags", "remove_tag", "remove_tags"])
def test_to_change_no_tag_is_an_error(run: Run, change: str) -> None:
    assert "NBF-M016" in refused(getattr(run, change), [])
    assert "NBF-M016" in refused(run.replace_tags, [], [])


def test_changes_made_at_once_are_all_there(run: Run) -> None:
    def change(number: int) -> None:
        other = Run("quick/1", workspace=run._workspace)
        for each in range(4):
            other.add_tag(f"{number}-{each}")

    threads = [threading.Thread(target=change, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(Run("quick/1").user_tags) == 33


def test_things_are_found_by_all_tags_of_their_run(run: Run) -> None:
    flow = Flow("quick")
    assert list(flow.runs("draft", "user:ada")) == [run]
    assert list(flow.runs("draft", "other")) == []
    assert [step.id for step in run.steps("draft", "runtime:dev")] == ["load"]
    assert run.steps("other") == ()
    assert [task.id for task in run["load"].tasks("draft")] == ["0"]
    assert run["load"].tasks("other") == ()
