"""A log that grows, line by line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from nbflow.frontends.flowspec.terminal.tail import LogTail


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "0-stdout"


TailOf = Callable[..., tuple[LogTail, list[str]]]


@pytest.fixture
def tail_of(log: Path) -> Iterator[TailOf]:
    made: list[LogTail] = []

    def tail_of(limit: int = 10_000_000) -> tuple[LogTail, list[str]]:
        lines: list[str] = []
        made.append(LogTail(str(log), lines.append, limit))
        return made[-1], lines

    yield tail_of
    for each in made:
        each.close()


def append(log: Path, data: bytes) -> None:
    with log.open("ab") as file:
        file.write(data)


def test_a_log_that_is_not_there_yet_is_waited_for(log: Path, tail_of: TailOf) -> None:
    tail, lines = tail_of()
    tail.copy()
    append(log, b"one\n")
    tail.copy()
    assert lines == ["one"]


def test_a_line_is_handed_on_when_it_is_whole(log: Path, tail_of: TailOf) -> None:
    tail, lines = tail_of()
    append(log, b"one\ntw")
    tail.copy()
    assert lines == ["one"]
    append(log, b"o\n")
    tail.copy()
    assert lines == ["one", "two"]


def test_the_last_line_needs_no_end(log: Path, tail_of: TailOf) -> None:
    tail, lines = tail_of()
    append(log, b"one\ntwo")
    tail.close()
    assert lines == ["one", "two"]


def test_a_letter_that_is_cut_in_two_comes_whole(log: Path, tail_of: TailOf) -> None:
    tail, lines = tail_of()
    append(log, "ü".encode()[:1])
    tail.copy()
    append(log, "ü".encode()[1:] + b"\n")
    tail.copy()
    assert lines == ["ü"]


def test_of_a_progress_bar_the_last_drawing_is_shown(log: Path, tail_of: TailOf) -> None:
    tail, lines = tail_of()
    append(log, b"10 %\r50 %\r100 %\nnext\r\n\n")
    tail.copy()
    assert lines == ["100 %", "next", ""]


def test_a_line_without_end_is_shown_in_pieces(log: Path, tail_of: TailOf) -> None:
    tail, lines = tail_of()
    append(log, b"x" * 100_000)
    tail.copy()
    assert lines == ["x" * 100_000]


def test_beyond_its_limit_a_log_says_where_all_of_it_is(log: Path, tail_of: TailOf) -> None:
    tail, lines = tail_of(limit=6)
    append(log, b"one\ntwo\nthree\n")
    tail.copy()
    tail.close()
    assert lines[0] == "one"
    assert "--max-log-size" in lines[1] and str(log) in lines[1]
    assert not any("three" in line for line in lines)


def test_a_tail_that_has_read_all_says_that_there_is_no_more(log: Path, tail_of: TailOf) -> None:
    tail, _ = tail_of()
    append(log, b"y" * (1 << 20) + b"\n")
    assert tail.copy()
    assert not tail.copy()
