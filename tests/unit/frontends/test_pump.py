"""Following logs from the main thread."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from nbflow.frontends.magics.pump import CellOutput, Follower
from nbflow.model.event import AttemptEnded, Displayed, Marked, TaskStarted
from nbflow.model.ids import StepName, TaskKey
from nbflow.model.record import TaskRecord
from nbflow.model.status import TaskStatus

KEY = TaskKey(StepName("a"))
ENDED = AttemptEnded(KEY, 0, TaskRecord(StepName("a"), "0", (), TaskStatus.SUCCEEDED))


def test_a_character_cut_in_two_by_a_write_is_shown_whole(tmp_path: Path) -> None:
    log, stream = tmp_path / "log", io.StringIO()
    follower = Follower(str(log), lambda: stream)
    follower.copy()
    log.write_bytes("é".encode()[:1])
    follower.copy()
    assert stream.getvalue() == ""
    log.write_bytes("é!".encode())
    follower.copy()
    follower.close()
    assert stream.getvalue() == "é!"


def test_bytes_that_are_no_text_are_replaced_and_not_lost(tmp_path: Path) -> None:
    log, stream = tmp_path / "log", io.StringIO()
    log.write_bytes(b"ok \xff\xfe end\xc3")
    follower = Follower(str(log), lambda: stream)
    follower.close()
    assert stream.getvalue().startswith("ok ") and " end" in stream.getvalue() and stream.getvalue().endswith("\ufffd")


def test_text_before_a_display_is_shown_before_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out, err = tmp_path / "out", tmp_path / "err"
    out.write_text("before after")
    err.write_text("")
    shown: list[str] = []
    watcher = CellOutput(lambda event: shown.append(capsys.readouterr().out), lambda: True)
    watcher.see(TaskStarted(KEY, 0, str(out), str(err)))
    watcher.see(Displayed(KEY, {"text/plain": "x"}, {}, {}, False, 6, 0))
    assert shown == ["before"]
    watcher.see(ENDED)
    assert capsys.readouterr().out == " after"


def test_text_after_a_display_waits_for_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out, err = tmp_path / "out", tmp_path / "err"
    out.write_text("before")
    err.write_text("")
    watcher = CellOutput(lambda event: print("[display]", end=""), lambda: True)
    watcher.see(TaskStarted(KEY, 0, str(out), str(err)))
    watcher.tick()
    out.write_text("before after")
    watcher.tick()
    assert capsys.readouterr().out == ""
    watcher.see(Marked())
    assert capsys.readouterr().out == "before"
    watcher.tick()
    watcher.see(Displayed(KEY, {"text/plain": "x"}, {}, {}, False, 6, 0))
    watcher.see(Marked())
    assert capsys.readouterr().out == "[display] after"
    watcher.see(ENDED)


def test_text_does_not_wait_for_who_says_no_more(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out, err = tmp_path / "out", tmp_path / "err"
    out.write_text("text")
    watcher = CellOutput(lambda event: None, lambda: False)
    watcher.see(TaskStarted(KEY, 0, str(out), str(err)))
    watcher.tick()
    assert capsys.readouterr().out == "text"
    watcher.see(ENDED)


class TestALongLog:
    def shown(self, log: Path, *parts: bytes) -> str:
        stream = io.StringIO()
        follower = Follower(str(log), lambda: stream)
        with log.open("ab") as file:
            for part in parts:
                file.write(part)
                file.flush()
                follower.copy()
        follower.close()
        return stream.getvalue()

    def test_is_shown_by_its_beginning_and_its_end(self, tmp_path: Path) -> None:
        log = tmp_path / "a log"
        lines = [f"line {number}\n".encode() for number in range(1_000_000)]
        text = self.shown(log, *(b"".join(lines[at : at + 100_000]) for at in range(0, len(lines), 100_000)))
        assert len(text) < 400_000
        head, _, rest = text.partition("\n… there is more than a cell shows")
        middle, _, tail = rest.rpartition(" …\n")
        assert log.read_text().startswith(head) and len(head) == 300_000
        assert log.read_text().endswith(f"\n{tail}") and tail.startswith("line ")
        size = log.stat().st_size
        assert f"… {(size - len(head) - len(tail)) / 1e6:.0f} MB are left out; to see all: less '{log}'" in middle

    def test_of_one_line_is_cut_too(self, tmp_path: Path) -> None:
        text = self.shown(tmp_path / "log", "é".encode() * 1_000_000)
        assert 340_000 / 2 < len(text) < 400_000 / 2 and "are left out" in text

    def test_that_is_little_longer_than_what_is_shown_is_shown_whole(self, tmp_path: Path) -> None:
        text = self.shown(tmp_path / "log", b"a" * 299_999, b"b" * 10_000)
        assert text.count("a") >= 299_999 and text.count("b") >= 10_000 and "left out" not in text

    def test_shows_its_displays_all_the_same(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        out, err = tmp_path / "out", tmp_path / "err"
        out.write_bytes(b"x" * 1_000_000)
        err.write_text("")
        shown: list[Displayed] = []
        watcher = CellOutput(shown.append, lambda: True)
        watcher.see(TaskStarted(KEY, 0, str(out), str(err)))
        for at in (5, 900_000, 1_000_000):
            watcher.see(Displayed(KEY, {"text/plain": "x"}, {}, {}, False, at, 0))
        watcher.see(ENDED)
        assert len(shown) == 3
        assert len(capsys.readouterr().out) < 360_000
