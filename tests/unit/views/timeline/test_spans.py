"""Tries and waits of a task, as spans of time."""

from __future__ import annotations

from dataclasses import replace

import pytest

from nbflow.model.ids import StepName
from nbflow.model.record import AttemptRecord, TaskRecord
from nbflow.model.status import TaskStatus
from nbflow.views.timeline.spans import Track, tracks
from tests.unit.views.records import START, failure, run, task


def tried(number: int, status: str, start: float, end: float | None) -> AttemptRecord:
    ended = None if end is None else START + end
    return AttemptRecord(StepName("load"), "0", number, TaskStatus(status), START + start, ended)


def track(record: TaskRecord, *attempts: AttemptRecord, now: float = 60.0, status: str = "succeeded") -> Track:
    (found,) = tracks(run(status), [record], {("load", "0"): attempts}, START + now)
    return found


def spans(found: Track) -> list[tuple[str, float, float]]:
    return [(span.status, round(span.start - START, 6), round(span.end - START, 6)) for span in found.spans]


def test_a_task_tried_once_is_told_by_its_own_record() -> None:
    assert spans(track(task("load", at=1.0, took=2.0))) == [("succeeded", 1.0, 3.0)]


def test_tries_stand_one_after_the_other_with_the_waits_between() -> None:
    record = task("load", at=6.0, took=1.0, attempt=2)
    found = track(record, tried(0, "failed", 1, 2), tried(1, "failed", 3, 5), tried(2, "succeeded", 6, 7))
    assert spans(found) == [
        ("failed", 1.0, 2.0),
        ("wait", 2.0, 3.0),
        ("failed", 3.0, 5.0),
        ("wait", 5.0, 6.0),
        ("succeeded", 6.0, 7.0),
    ]
    assert found.busy == pytest.approx(4.0)


def test_a_task_that_waits_for_another_try_waits_until_now() -> None:
    record = replace(task("load", "waiting", attempt=0), failure=failure(), started_at=START + 1)
    found = track(record, tried(0, "failed", 1, 2), now=5.0, status="running")
    assert spans(found) == [("failed", 1.0, 2.0), ("wait", 2.0, 5.0)]


def test_what_runs_goes_on_until_now_and_what_was_lost_until_the_last_sign_of_life() -> None:
    assert spans(track(task("load", "running", at=1.0), now=9.0, status="running")) == [("running", 1.0, 9.0)]
    lost = replace(task("load", "lost", at=1.0), finished_at=None)
    (found,) = tracks(run("lost", heartbeat_at=START + 4), [lost], {}, START + 999)
    assert spans(found) == [("lost", 1.0, 4.0)]


@pytest.mark.parametrize("status", ["reused", "skipped"])
def test_what_did_not_run_in_this_run_takes_none_of_its_time(status: str) -> None:
    assert track(task("load", status)).spans == ()


def test_clocks_that_differ_make_no_overlap() -> None:
    record = task("load", at=1.5, took=1.0, attempt=1)
    found = track(record, tried(0, "failed", 1, 2), tried(1, "succeeded", 1.5, 2.5))
    assert spans(found) == [("failed", 1.0, 2.0), ("succeeded", 2.0, 2.5)]


def test_a_failure_that_was_caught_is_told_apart() -> None:
    assert spans(track(task("load", caught=True, failure=failure())))[0][0] == "caught"
