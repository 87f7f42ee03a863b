"""Days of work in a notebook, each compared after every run with a fresh top-to-bottom run of the saved notebook."""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from notebook_day import Day

#: an hour of work: sixty things done, in the order a person might
HOUR = [
    "run_all",
    "flow_run",
    "edit_and_run",
    "flow_run",
    "edit",
    "flow_run",
    "run_all",
    "flow_run",
    "insert",
    "flow_run",
    "insert",
    "flow_run",
    "rename",
    "flow_run",
    "run_all",
    "flow_run",
    "restart",
    "flow_run",
    "restore",
    "flow_run",
    "edit_and_run",
    "flow_run",
    "delete",
    "flow_run",
    "repair",
    "reorder",
    "flow_run",
    "run_all",
    "flow_run",
    "restart_and_restore",
    "edit_and_run",
    "flow_run",
    "resume",
    "insert",
    "run_all",
    "flow_run",
    "restart",
    "resume",
    "run_all",
    "resume",
    "rename",
    "run_all",
    "flow_run",
    "delete",
    "flow_run",
    "repair",
    "edit_and_run",
    "edit_and_run",
    "flow_run",
    "restart_and_restore",
    "flow_run",
    "insert",
    "flow_run",
    "reorder",
    "run_all",
    "flow_run",
    "resume",
    "edit",
    "flow_run",
    "repair",
]
#: how often each is done in a day at random
WEIGHTS = {
    "run": 6,
    "run_all": 3,
    "edit": 3,
    "edit_and_run": 5,
    "insert": 4,
    "rename": 2,
    "delete": 2,
    "reorder": 2,
    "restart": 1,
    "restart_and_restore": 2,
    "restore": 1,
    "resume": 2,
    "flow_run": 9,
    "repair": 2,
}


@pytest.fixture
def day(tmp_path: Path, start_kernel: Callable[..., Any]) -> Iterator[Callable[[int], Day]]:
    made: list[Day] = []

    def begin(seed: int) -> Day:
        made.append(Day(tmp_path, start_kernel, random.Random(seed)))
        return made[-1]

    yield begin
    for each in made:
        each.close()


def test_an_hour_of_work_as_a_script_of_sixty(day: Callable[[int], Day]) -> None:
    assert len(HOUR) >= 60
    today = day(7)
    for action in HOUR:
        today.act(action)
    assert today.runs >= 10


@pytest.mark.parametrize("seed", [*range(2), random.SystemRandom().randrange(10**6)])
def test_days_at_random(day: Callable[[int], Day], seed: int) -> None:
    print(f"seed {seed}")
    today = day(seed)
    today.act("run_all")
    for action in today.random.choices(
        list(WEIGHTS), list(WEIGHTS.values()), k=int(os.environ.get("DAY_LENGTH", "20"))
    ):
        today.act(action)
