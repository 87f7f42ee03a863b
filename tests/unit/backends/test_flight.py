"""The pipe on which a worker speaks: messages come out whole, and whatever else is in it is no message."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from nbflow.backends.flight import Flight
from nbflow.task.report import Report

LOGS = (Path("out"), Path("err"))


class Line:
    """A flight and the worker's end of its pipe."""

    def __init__(self) -> None:
        reader, self.writer = os.pipe()
        os.set_blocking(reader, False)
        self.flight = Flight(b"", LOGS, reader)
        self.report = Report(self.writer)

    def write(self, data: bytes) -> None:
        os.write(self.writer, data)

    def heard(self) -> list[dict[str, Any]]:
        return self.flight.messages()[0]


@pytest.fixture
def line() -> Iterator[Line]:
    made = Line()
    yield made
    os.close(made.flight.pipe)
    os.close(made.writer)


def test_messages_come_out_in_order_and_only_once(line: Line) -> None:
    line.report.say(a="1\n\x1e")
    line.report.say(b=[2])
    assert line.heard() == [{"a": "1\n\x1e"}, {"b": [2]}]
    assert line.flight.messages() == ([], False)
    assert not line.flight.garbled


def test_a_message_that_comes_in_pieces_is_one(line: Line) -> None:
    line.write(b'\x1e{"a": ')
    assert line.heard() == []
    line.write(b'"x"')
    assert line.heard() == []
    line.write(b'}\n\x1e{"b"')
    assert line.heard() == [{"a": "x"}]
    line.write(b": 2}\n")
    assert line.heard() == [{"b": 2}]
    assert not line.flight.garbled


def test_one_larger_than_is_read_in_a_row_is_whole_at_the_end(line: Line) -> None:
    text = "x" * 20_000_000
    found: list[dict[str, Any]] = []
    thread = threading.Thread(target=lambda: line.report.say(text=text))
    thread.start()
    while not found:
        found += line.flight.messages(most=None)[0]
    thread.join()
    assert found == [{"text": text}]


@pytest.mark.parametrize(
    "strange",
    [
        b"words\n",
        b"words",
        b"\n",
        b'{"done": {}}\n',
        b"\x1ewords\n",
        b"\x1e[1]\n",
        b"\x1e7\n",
        b"\xff\x00\n",
        b"\x1e\xff\n",
    ],
)
def test_what_a_body_writes_there_is_no_message_and_hides_none(line: Line, strange: bytes) -> None:
    line.report.say(a=1)
    line.write(strange)
    line.report.say(b=2)
    assert line.heard() == [{"a": 1}, {"b": 2}]
    assert line.flight.garbled


def test_what_never_ends_is_not_kept(line: Line) -> None:
    for _ in range(100):
        line.write(b"x" * 60_000)
        assert line.heard() == []
        assert sum(map(len, line.flight._begun)) == 0
    line.report.say(a=1)
    assert line.heard() == [{"a": 1}]


def test_a_worker_that_never_stops_writing_does_not_keep_the_reader(line: Line) -> None:
    stop = threading.Event()

    def write() -> None:
        while not stop.is_set():
            line.write(b"x" * 4096)

    thread = threading.Thread(target=write)
    thread.start()
    for _ in range(5):
        line.flight.messages()
    stop.set()
    while thread.is_alive():
        line.flight.messages()
    thread.join()


def test_the_end_of_the_pipe_is_told_with_what_came_before(line: Line) -> None:
    line.report.say(a=1)
    os.close(line.writer)
    assert line.flight.messages() == ([{"a": 1}], True)
    line.writer = os.open("/dev/null", os.O_RDONLY)
