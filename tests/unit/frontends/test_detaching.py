"""A run in a process of its own, as the terminal starts, watches and ends it."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from terminal import Terminal

from nbflow.errors import RunError
from nbflow.frontends import detaching
from nbflow.frontends.detaching import detach
from nbflow.model.graph import Graph
from nbflow.model.ids import FlowName
from nbflow.runtime.request import RunRequest
from nbflow.workspace import Workspace

HELD = "import os, pathlib, time\npathlib.Path('pid').write_text(str(os.getpid()))\nwhile not pathlib.Path('go').exists():\n    time.sleep(0.02)\ny = x"


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    made = Terminal(tmp_path)
    made.write(
        "%%parameters\nalpha: int = 1", "%%step load\nx = alpha", f"%%step work\n{HELD}", "%%step last\nz = y + 1"
    )
    return made


def wait_until(true: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + 30
    while not true():
        assert time.monotonic() < deadline, f"not in time: {what}"
        time.sleep(0.02)


def started(terminal: Terminal, *words: str) -> tuple[int, int]:
    """Start a detached run and return the processes of its host and of the step that waits."""
    done = terminal.run("run", "nb.ipynb", "--detach", *words)
    assert done.returncode == 0, done.stderr
    assert "nbflow attach nb/1" in done.stderr and "nbflow cancel nb/1" in done.stderr
    file = terminal.folder / "pid"
    wait_until(lambda: file.exists() and file.read_text() != "", "the step runs")
    run = Workspace.open(terminal.folder / ".nbflow").metadata.run("nb", "1")
    assert run is not None
    return int(run.owner.rpartition(":")[2]), int(file.read_text())


def gone(pid: int) -> bool:
    return not Path(f"/proc/{pid}").exists()


def test_outlives_the_command_and_can_be_watched_from_another(terminal: Terminal) -> None:
    host, worker = started(terminal, "-p", "alpha=5", "--tag", "weekly", "--run-id-file", "id")
    assert (terminal.folder / "id").read_text() == "1"
    (terminal.folder / "go").touch()
    watched = terminal.run("attach", "nb.ipynb")
    assert watched.returncode == 0, watched.stderr
    assert "✓ work" in watched.stderr and "✓ last" in watched.stderr and "nb/1 succeeded in" in watched.stderr
    wait_until(lambda: gone(host) and gone(worker), "no process is left")
    assert (terminal.folder / ".nbflow/logs/nb/1/host.log").read_text().startswith("nb/1 succeeded after")
    assert not list((terminal.folder / ".nbflow/detached").iterdir())
    assert "weekly" in terminal.run("history").stdout


@pytest.mark.parametrize("how", ["nbflow cancel", "SIGTERM"])
def test_cancelled_leaves_no_process(terminal: Terminal, how: str) -> None:
    host, worker = started(terminal)
    if how == "SIGTERM":
        os.kill(host, signal.SIGTERM)
    else:
        done = terminal.run("cancel", "nb")
        assert done.returncode == 0 and "nb/1 cancelled in" in done.stderr, done.stderr
        assert gone(worker)
    wait_until(lambda: gone(host) and gone(worker), "no process is left")
    assert "cancelled" in terminal.run("show", "nb/1").stdout
    assert terminal.run("attach", "nb").returncode == 1
    assert "no run of nb is under way" in terminal.run("cancel", "nb").stderr


def test_killed_it_is_lost_and_cancel_says_so_for_good(terminal: Terminal) -> None:
    host, worker = started(terminal)
    os.kill(host, signal.SIGKILL)
    wait_until(lambda: gone(host) and gone(worker), "no process is left")
    watched = terminal.run("attach", "nb")
    assert watched.returncode == 1 and "nbflow resume nb/1" in watched.stderr
    done = terminal.run("cancel", "nb")
    assert done.returncode == 0 and "nb/1 is lost" in done.stderr
    workspace = Workspace.open(terminal.folder / ".nbflow")
    run = workspace.metadata.run("nb", "1")
    assert run is not None and run.status.value == "lost" and run.finished_at


def test_a_process_that_ends_before_the_run_exists_is_told_with_its_own_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(detaching, "_START", "import sys; sys.exit('out of luck')")
    with pytest.raises(RunError, match=r"NBF-R016.*out of luck"):
        detach(Workspace.open(tmp_path), RunRequest(FlowName("f"), Graph(())))
    assert not list((tmp_path / "detached").glob("*.json"))


def test_an_error_of_ours_comes_back_as_it_is(tmp_path: Path) -> None:
    workspace = Workspace.open(tmp_path)
    (tmp_path / "format").write_text("nbflow store 99\n")
    with pytest.raises(RunError, match="NBF-S003"):
        detach(workspace, RunRequest(FlowName("f"), Graph(())))
