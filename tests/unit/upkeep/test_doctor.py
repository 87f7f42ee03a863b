"""All checks together."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from nbflow.upkeep import doctor, strays
from nbflow.upkeep.strays import Stray

MACHINE = ["python", "system", "packages", "jupyter", "machine", "task", "processes"]
STORE = ["settings", "host", "store", "disk", "metadata", "runs", "clock", "leftovers"]


def test_every_check_is_told_once_in_order(kept_runs: Any) -> None:
    kept_runs.run()
    found = list(doctor.examine(str(kept_runs.root)))
    assert [each.about for each in found] == [*MACHINE, *STORE]
    assert [each.about for each in found if each.level == "broken"] == []


def test_without_a_store_nothing_is_said_of_what_it_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NBFLOW_ROOT", str(tmp_path / "nowhere"))
    assert [each.about for each in doctor.examine()] == [*MACHINE, "settings", "host", "store", "disk"]
    assert list(tmp_path.iterdir()) == []


def test_with_metadata_that_is_damaged_the_rest_is_looked_at(kept_runs: Any) -> None:
    (kept_runs.root / "metadata.db").write_text("scribble")
    found = list(doctor.examine(str(kept_runs.root)))
    assert [each.about for each in found] == [*MACHINE, "settings", "host", "store", "disk", "metadata", "leftovers"]


def test_metadata_of_which_a_page_is_damaged_is_told_rescued_and_whole_again(
    kept_runs: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(strays, "strays", tuple)
    for _ in range(200):
        kept_runs.run("succeeded", source="x" * 300)
    kept_runs.metadata.close()
    file = kept_runs.root / "metadata.db"
    with file.open("r+b") as opened:
        # a page of runs: the tables themselves are listed on the first
        opened.seek(-3 * 4096, os.SEEK_END)
        opened.write(b"\xff" * 4096)
    found = {each.about: each for each in doctor.examine(str(kept_runs.root))}
    assert found["metadata"].level == "broken" and "runs" not in found
    assert doctor.mend(str(kept_runs.root)) == []
    if not shutil.which("sqlite3"):
        pytest.skip("no sqlite3 to rescue it with")
    for fix in found["metadata"].fixes:
        subprocess.run(["sh", "-c", fix.rpartition("  ")[0]], check=True, cwd=kept_runs.root)
    assert 150 < len(kept_runs.metadata.runs("quick")) < 200
    assert {each.level for each in doctor.examine(str(kept_runs.root)) if each.about in STORE} == {"fine"}


def test_a_package_that_is_missing_is_told_before_it_is_imported(tmp_path: Path) -> None:
    # a blake3 that cannot be imported stands for one that is not there
    (tmp_path / "blake3.py").write_text("raise ImportError('gone')\n")
    info = tmp_path / "nbflow-1.0.dist-info"
    info.mkdir()
    lines = ["Metadata-Version: 2.1", "Name: nbflow", "Version: 1.0", "Requires-Dist: blake3-that-is-not-there>=1"]
    (info / "METADATA").write_text("\n".join(lines) + "\n")
    command = [sys.executable, "-m", "nbflow.frontends.cli.main", "doctor"]
    path = os.pathsep.join([str(tmp_path), str(Path(doctor.__file__).parents[2])])
    environment = {**os.environ, "PYTHONPATH": path}
    done = subprocess.run(command, check=False, env=environment, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 1, done.stderr
    assert "✗ packages" in done.stdout and "no blake3-that-is-not-there" in done.stdout
    assert done.stderr == ""


def test_strays_are_listed_by_number_and_name(monkeypatch: pytest.MonkeyPatch) -> None:
    now = int(time.clock_gettime(time.CLOCK_BOOTTIME) * os.sysconf("SC_CLK_TCK"))
    found = tuple(Stray(4000 + number, "sleep 600", now, "w") for number in range(7))
    monkeypatch.setattr(strays, "strays", lambda: found)
    said = doctor.processes()
    assert said.level == "warning" and said.said == "7 processes of nbflow without an owner"
    assert said.listed[0].startswith("4000  sleep 600, for ") and said.listed[5] == "and 2 more"


def test_mending_touches_nothing_where_nothing_is_wrong(kept_runs: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(strays, "strays", tuple)
    kept_runs.run()
    assert doctor.mend(str(kept_runs.root)) == []


def test_mending_marks_ends_and_deletes_and_says_so(kept_runs: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    process = subprocess.Popen(["sleep", "600"])
    started = strays._started(process.pid)
    assert started is not None
    # only the one that is ours: there may be others on this machine
    monkeypatch.setattr(strays, "strays", lambda: (Stray(process.pid, "sleep", started, "w"),))
    run = kept_runs.run(gone=True)
    half = kept_runs.root / ".part-1-2-3"
    half.write_bytes(b"x")
    os.utime(half, (0, 0))
    assert doctor.mend(str(kept_runs.root)) == [
        "ended 1 process",
        f"marked quick/{run} as lost",
        "deleted 1 half-written file",
    ]
    assert process.wait(timeout=10) == -9
    assert not half.exists()
    assert kept_runs.metadata.run("quick", run).finished_at is not None
