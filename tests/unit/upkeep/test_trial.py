"""Doctor's own task."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

from nbflow.upkeep import trial


def test_a_task_runs_and_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    found = trial.task()
    assert found.level == "fine" and "committed in" in found.said
    assert list(tmp_path.iterdir()) == []


def test_a_task_that_fails_is_told_as_it_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trial, "_CELL", "%%step trial\nanswer = 6 / 0")
    found = trial.task()
    assert found.level == "broken" and "ZeroDivisionError" in found.said


def test_a_result_that_is_another_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trial, "_CELL", "%%step trial\nanswer = 41")
    assert trial.task().level == "broken"


def test_a_task_that_does_not_end_is_told_and_ended(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "pid"
    cell = f"%%step trial\nimport os, time\nopen({str(file)!r}, 'w').write(str(os.getpid()))\ntime.sleep(600)"
    monkeypatch.setattr(trial, "_CELL", cell)
    monkeypatch.setattr(trial, "_PATIENCE", 2.0)
    found = trial.task()
    assert found.level == "broken" and "did not end within 2.0 s" in found.said
    assert not Path(f"/proc/{file.read_text()}").exists()


def test_no_room_for_temporary_files_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", "/nowhere/at/all")
    found = trial.task()
    assert found.level == "broken" and "TMPDIR" in found.fixes[0]


def test_a_slow_task_is_worth_a_word(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trial, "_SLOW", 0.0)
    assert trial.task().level == "warning"


def test_a_worker_that_cannot_start_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # what the interpreter of the zygote cannot get past
    (tmp_path / "sitecustomize.py").write_text("import os; os._exit(3)")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")]))
    found = trial.task()
    assert found.level == "broken" and "could not start" in found.said
