"""What a worker died of, in words."""

from __future__ import annotations

import pytest
from driver import node

from nbflow.runtime.death import death_of
from nbflow.task.report import BROKEN, CLOSED


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (0, "it left by itself with exit code 0"),
        (7, "it left by itself with exit code 7"),
        (CLOSED, "the body closed the descriptor"),
        (BROKEN, "nbflow itself failed in it"),
        (-11, "segmentation fault (SIGSEGV)"),
        (-9, "killed by the system (SIGKILL)"),
        (-14, "an alarm rang (SIGALRM)"),
        (-10, "SIGUSR1"),
        (-40, "signal 40"),
    ],
)
def test_each_end_has_its_words(status: int, told: str) -> None:
    failure = death_of(node("a"), status, timed_out=False)
    assert failure.code == "T003" and f"the worker of a died: {told}" in failure.message


def test_what_is_known_of_a_death_takes_the_place_of_a_guess() -> None:
    guess = death_of(node("a"), -9, timed_out=False).message
    known = death_of(node("a"), -9, "the earth shook", timed_out=False).message
    assert "most often the machine ran out of memory" in guess
    assert known.endswith("(SIGKILL)\nthe earth shook")
    left = death_of(node("a"), 127, "its image has no python3\nname another", timed_out=False).message
    assert left.endswith("the worker of a died: its image has no python3\nname another")


def test_a_timeout_is_none_whatever_the_worker_ended_with() -> None:
    assert death_of(node("a"), -9, "killed", timed_out=True).code == "T002"
