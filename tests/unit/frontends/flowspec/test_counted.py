"""How far a foreach of many items is, told now and then."""

from __future__ import annotations

import time

import pytest

from nbflow.frontends.flowspec.terminal.counted import MANY, Counted
from nbflow.model.ids import StepName


@pytest.fixture
def counted() -> Counted:
    made = Counted({"start": (), "train": (StepName("train"),)})
    made.add("train", MANY + 1)
    return made


def test_a_step_outside_a_foreach_and_one_of_few_items_are_not_counted(counted: Counted) -> None:
    few = Counted({"train": (StepName("train"),)})
    few.add("train", MANY)
    assert not few.counts("train") and not counted.counts("start")
    assert counted.counts("train")


def test_how_far_a_step_is_is_told_less_and_less_often_and_never_twice(counted: Counted) -> None:
    now = time.monotonic()
    counted.finished("train")
    assert counted.due(now + 1) == []
    assert counted.due(now + 3) == [("train", 1)]
    assert counted.due(now + 30) == []
    counted.finished("train")
    assert counted.due(now + 6) == []
    assert counted.due(now + 8) == [("train", 2)]


def test_the_end_of_a_step_is_told_at_once(counted: Counted) -> None:
    for _ in range(MANY + 1):
        counted.finished("train")
    assert counted.due(time.monotonic(), patient=True) == [("train", MANY + 1)]


def test_where_a_line_moves_only_the_end_is_told(counted: Counted) -> None:
    counted.finished("train")
    assert counted.due(time.monotonic() + 100, patient=True) == []
    assert counted.rest() == [("train", 1)]
