"""Days of work in a notebook, each compared after every run with a fresh top-to-bottom run of the saved notebook."""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from notebook_day import Day, live

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
    assert today.ends["same"] >= 10


@pytest.mark.parametrize("seed", [0, 1, "new"])
def test_days_at_random(day: Callable[[int], Day], seed: int | str) -> None:
    chosen = random.SystemRandom().randrange(10**6) if isinstance(seed, str) else seed
    print(f"seed {chosen}")
    live(day(chosen), int(os.environ.get("DAY_LENGTH", "20")))
