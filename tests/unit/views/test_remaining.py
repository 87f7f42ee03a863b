from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbflow.model.record import TaskRecord
from nbflow.views.remaining import Remaining, remaining
from nbflow.views.tally import tallies
from tests.unit.views.records import START, run, summary, task

CHAIN = (summary("load"), summary("train", "load"), summary("report", "train"))
FOREACH = (
    summary("load"),
    summary("train", "load", "foreach xs as x", "train"),
    summary("best", "train", "join train"),
)


def left(
    *tasks: TaskRecord,
    steps: tuple = CHAIN,
    past: Mapping[str, float] | None = None,
    slots: int = 1,
    status: str = "running",
    now: float = 0.0,
    kind: str = "run",
) -> Remaining:
    of = run(status, steps, kind=kind)
    return remaining(of, tallies(of.steps, tasks), START + now, past=past or {}, slots=slots)


def test_nothing_is_said_of_what_never_ran() -> None:
    assert left() == Remaining(3, more_seconds=True)


def test_a_chain_takes_the_sum_of_its_steps() -> None:
    assert left(past={"load": 1, "train": 10, "report": 4}, slots=8).seconds == 15


def test_what_a_task_under_way_has_done_is_taken_off_but_it_is_never_late() -> None:
    past = {"load": 1, "train": 10, "report": 4}
    for now, seconds in ((3, 11.0), (30, 4.0)):
        assert left(task("load"), task("train", "running"), past=past, now=now).seconds == seconds


def test_tasks_of_this_run_say_more_than_those_of_an_earlier_one() -> None:
    items = [task("train", path=(n,), took=2) for n in range(2)] + [task("train", "waiting", (n,)) for n in range(2, 8)]
    found = left(task("load"), *items, steps=FOREACH, past={"load": 1, "train": 50, "best": 1}, slots=2)
    assert found == Remaining(10, seconds=6 * 2 / 2 + 1)


def test_a_task_is_not_shared_by_several_slots() -> None:
    assert left(task("load"), past={"train": 10, "report": 1}, slots=16).seconds == 11


def test_branches_share_the_slots() -> None:
    steps = (summary("a"), *(summary(f"b{n}", "a") for n in range(4)))
    past = {"a": 1, **{f"b{n}": 10.0 for n in range(4)}}
    assert left(task("a"), steps=steps, past=past, slots=2).seconds == 20
    assert left(task("a"), steps=steps, past=past, slots=8).seconds == 10


def test_a_foreach_that_has_not_listed_its_items_makes_it_the_least() -> None:
    assert left(steps=FOREACH, past={"load": 1, "best": 2}) == Remaining(
        2, more_tasks=True, seconds=3, more_seconds=True
    )


def test_steps_in_a_foreach_have_as_many_tasks_as_it_has_items() -> None:
    steps = (summary("a", label="foreach xs as x", scope="a"), summary("b", "a", scope="a"))
    assert left(*(task("a", "waiting", (n,)) for n in range(5)), steps=steps).tasks == 10


@pytest.mark.parametrize("more", [{"status": "succeeded"}, {"kind": "spin"}, {"kind": "draft"}])
def test_where_no_more_is_to_come_there_is_what_there_is(more: dict[str, str]) -> None:
    assert left(task("load"), **more).tasks == 1


@given(
    done=st.integers(0, 30),
    waiting=st.integers(0, 30),
    took=st.floats(0.01, 100),
    slots=st.integers(1, 9),
    now=st.floats(0, 1e4),
)
def test_it_is_never_negative_and_never_more_than_the_work_in_one_slot(
    done: int, waiting: int, took: float, slots: int, now: float
) -> None:
    items = [task("train", path=(n,), took=took) for n in range(done)]
    items += [task("train", "waiting", (n,)) for n in range(done, done + waiting)]
    found = left(task("load"), *items, steps=FOREACH, past={"train": took, "best": took}, slots=slots, now=now)
    assert found.seconds is not None
    # times since 1970 have a third of a microsecond at best
    assert -1e-9 <= found.seconds <= took * (waiting + 1) * (1 + 1e-4) + 1e-4
