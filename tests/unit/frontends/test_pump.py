"""Following logs from the main thread."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from nbflow.frontends.magics.pump import CellOutput, Follower
from nbflow.model.event import AttemptEnded, Displayed, TaskStarted
from nbflow.model.ids import StepName, TaskKey
from nbflow.model.record import TaskRecord
from nbflow.model.status import TaskStatus

KEY = TaskKey(StepName("a"))


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
    watcher = CellOutput(lambda event: shown.append(capsys.readouterr().out))
    watcher.see(TaskStarted(KEY, 0, str(out), str(err)))
    watcher.see(Displayed(KEY, {"text/plain": "x"}, {}, {}, False, 6, 0))
    assert shown == ["before"]
    watcher.see(AttemptEnded(KEY, 0, TaskRecord(StepName("a"), "0", (), TaskStatus.SUCCEEDED)))
    assert capsys.readouterr().out == " after"
