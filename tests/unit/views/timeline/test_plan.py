"""What a timeline shows of a run, and the bars it draws."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbflow.model.ids import StepName, TaskKey
from nbflow.model.record import TaskRecord
from nbflow.views.timeline.plan import Plan, Wanted, plan
from nbflow.views.timeline.spans import Span, tracks
from nbflow.views.timeline.svg import placed, row_svg
from tests.unit.views.records import FLOW, START, failure, run, task

NOW = START + 100


def planned(tasks: list[TaskRecord], wanted: Wanted | None = None, status: str = "succeeded") -> Plan:
    record = run(status)
    return plan(record, record.steps, tracks(record, tasks, {}, NOW), wanted or Wanted(), NOW)


def wide(count: int) -> list[TaskRecord]:
    trained = [task("train", path=(number,), at=1.0 + number * 0.01, took=0.5) for number in range(count)]
    return [task("load", took=1.0), *trained, task("best", at=2.0 + count * 0.01, took=0.1), task("publish", "skipped")]


TIMES = st.floats(min_value=-10, max_value=110)
ROW = st.lists(st.tuples(TIMES, st.sampled_from(["failed", "wait", "succeeded"])), min_size=2, max_size=12).map(
    lambda cuts: [Span(one[0], other[0], one[1]) for one, other in pairwise(sorted(cuts, key=lambda each: each[0]))]
)


@given(ROW)
def test_bars_stay_on_the_axis_and_never_overlap(spans: list[Span]) -> None:
    shown = planned([task("load", took=100.0)]).axis
    moved = [replace(span, start=START + span.start, end=START + span.end) for span in spans]
    bars = placed(moved, shown)
    assert all(start >= 0 and length > 0 and start + length <= 1 + 1e-9 for start, length, _ in bars)
    assert all(one[0] + one[1] <= other[0] + 1e-9 for one, other in pairwise(bars))


def test_a_bar_too_short_to_be_seen_is_drawn_all_the_same() -> None:
    shown = planned([task("load", took=100.0)]).axis
    (bar,) = placed([Span(START + 100, START + 100, "succeeded")], shown)
    assert bar[1] == pytest.approx(0.003) and bar[0] + bar[1] == pytest.approx(1.0)


def test_steps_stand_in_flow_order_each_with_all_its_tasks() -> None:
    found = planned(wide(30))
    assert [row.step.name for row in found.rows] == ["load", "train", "best", "publish"]
    assert [row.group for row in found.rows] == [False, True, False, False]
    assert [len(row.tracks) for row in found.rows] == [1, 30, 1, 1]
    assert sum(len(row.tracks) for row in found.rows) == found.figures.tasks == 33
    assert found.rows[1].below == ()


def test_figures_say_how_much_was_done_and_how_much_of_it_at_once() -> None:
    found = planned(wide(10)).figures
    assert found.busy == pytest.approx(1.0 + 10 * 0.5 + 0.1)
    assert found.most == 10
    assert found.mean == pytest.approx(found.busy / found.span)
    assert found.counts == {"succeeded": 12, "skipped": 1}
    assert found.idle == pytest.approx(2.1 - (1.0 + 0.09 + 0.5))


def test_an_unfolded_step_lists_a_page_of_its_tasks_and_no_more() -> None:
    for page, first, count in ((0, 0, 100), (2, 200, 50), (9, 200, 50)):
        row = planned(wide(250), Wanted(unfolded={"train": page})).rows[1]
        assert (row.first, len(row.below)) == (first, count)
        assert row.below[0].task.path == (first,)


def test_a_status_leaves_only_tasks_of_it() -> None:
    tasks = [*wide(5), task("train", "failed", (5,), at=2.0, failure=failure())]
    found = planned(tasks, Wanted(status="failed", unfolded={"train": 0}))
    assert [row.step.name for row in found.rows] == ["train"]
    assert [track.task.path for track in found.rows[0].below] == [(5,)]
    # figures are of the run, whatever is shown
    assert found.figures.tasks == 9


def test_a_step_alone_has_an_axis_of_its_own_and_is_unfolded() -> None:
    found = planned(wide(20), Wanted(step="train"))
    (row,) = found.rows
    assert len(row.below) == 20
    assert (found.axis.start, found.axis.end) == (START + 1.0, pytest.approx(START + 1.0 + 0.19 + 0.5))
    assert found.axis.zero == START


def test_tasks_are_ordered_by_start_or_by_how_long_they_took() -> None:
    tasks = [task("train", path=(number,), at=10.0 - number, took=1.0 + number % 3) for number in range(4)]
    by_start = planned(tasks, Wanted(order="start", unfolded={"train": 0})).rows
    by_time = planned(tasks, Wanted(order="time", unfolded={"train": 0})).rows
    train = [next(row for row in rows if row.step.name == "train") for rows in (by_start, by_time)]
    assert [track.task.path[0] for track in train[0].below] == [3, 2, 1, 0]
    assert [track.task.path[0] for track in train[1].below] == [2, 1, 0, 3]


def test_what_held_the_run_up_leads_from_its_start_to_its_end() -> None:
    tasks = [*wide(3)[:-2], task("best", at=9.0), task("publish", at=10.0)]
    tasks[2] = replace(tasks[2], finished_at=START + 8)
    found = planned(tasks)
    assert found.critical == tuple(
        TaskKey(StepName(step), path) for step, path in (("load", ()), ("train", (1,)), ("best", ()), ("publish", ()))
    )


def test_steps_that_have_not_begun_are_listed_while_the_run_goes_on() -> None:
    found = planned([task("load", "running")], status="running")
    assert [(row.step.name, row.status) for row in found.rows] == [
        ("load", "running"),
        *((step.name, "waiting") for step in FLOW[1:]),
    ]
    assert [row.step.name for row in planned([task("load")]).rows] == ["load"]


def test_a_run_without_a_task_is_an_empty_plan() -> None:
    found = planned([])
    assert found.rows == () and found.critical == () and found.figures.tasks == 0


def test_images_hold_nothing_that_a_step_is_called() -> None:
    found = planned(wide(3))
    assert all("train" not in row_svg(row, found) for row in found.rows)
