"""parallel_map, parallel_imap_unordered, profile."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from nbflow import parallel_imap_unordered, parallel_map, profile


def test_results_come_in_the_order_of_the_items_from_processes_of_their_own() -> None:
    offset = 10
    found = parallel_map(lambda item: (item + offset, os.getpid()), [1, 2, 3], max_parallel=2)
    assert [value for value, _ in found] == [11, 12, 13]
    assert len({pid for _, pid in found} - {os.getpid()}) == 3


def test_results_come_as_soon_as_they_are_there(tmp_path: Path) -> None:
    go = tmp_path / "go"

    def slow_first(item: int) -> int:
        while item == 0 and not go.exists():
            time.sleep(0.01)
        return item

    results = parallel_imap_unordered(slow_first, range(3), max_parallel=3)
    assert {next(results), next(results)} == {1, 2}
    go.touch()
    assert list(results) == [0]


def test_no_more_processes_than_asked_for_and_no_item_before_its_turn() -> None:
    taken = []

    def items() -> object:
        for item in range(6):
            taken.append(item)
            yield item

    results = parallel_imap_unordered(lambda item: item, items(), max_parallel=2)  # type: ignore[arg-type]
    next(results)
    assert len(taken) <= 4
    results.close()  # type: ignore[attr-defined]
    assert parallel_map(str, []) == []


def test_large_results_and_none() -> None:
    assert [len(each) for each in parallel_map(lambda size: b"x" * size, [5_000_000, 0])] == [5_000_000, 0]
    assert parallel_map(lambda _: None, [1]) == [None]


def test_what_the_function_raises_is_raised_and_the_others_are_ended() -> None:
    def odd(item: int) -> int:
        if item == 1:
            raise KeyError("odd")
        time.sleep(60)
        return item

    begin = time.monotonic()
    with pytest.raises(KeyError, match="odd") as raised:
        parallel_map(odd, range(3), max_parallel=3)
    assert time.monotonic() - begin < 20
    assert "in the process of item 1" in raised.value.__notes__[0] and "raise KeyError" in raised.value.__notes__[0]


def test_a_process_that_dies_and_a_result_that_cannot_be_sent_are_said() -> None:
    with pytest.raises(ChildProcessError, match="item 0 ended with exit code -9"):
        parallel_map(lambda _: os.kill(os.getpid(), signal.SIGKILL), [1])
    with pytest.raises(RuntimeError, match="item 0: its result cannot be sent"):
        parallel_map(lambda item: lambda: item, [1])

    class StrangeError(Exception):
        pass

    def fails(_: int) -> None:
        raise StrangeError("gone")

    with pytest.raises(RuntimeError, match=r"item 0: [\s\S]*StrangeError: gone"):
        parallel_map(fails, [1])


def test_profile_says_how_long_a_block_or_a_function_takes(capsys: pytest.CaptureFixture[str]) -> None:
    stats: dict[str, float] = {}
    for _ in range(2):
        with profile("load", stats):
            time.sleep(0.01)
    # milliseconds
    assert 20 <= stats["load"] < 20_000
    assert capsys.readouterr().out == ""

    @profile("call")
    def call() -> int:
        return 3

    assert call() == call() == 3
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "PROFILE: call starting" and lines[1].startswith("PROFILE: call completed in ")
    assert len(lines) == 4
