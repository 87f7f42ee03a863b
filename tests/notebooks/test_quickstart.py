"""The tour: clean in git, and the same values from a terminal and from papermill."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from ports import with_free_ports

from nbflow import Flow, Run
from nbflow.workspace import Workspace

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))
QUICKSTART = next(path for path in NOTEBOOKS if path.stem == "quickstart")
BIN = Path(sys.executable).parent


def command(root: Path, *words: str | Path) -> str:
    """Run a command of this environment with runs kept in `root`, and return what it printed."""
    environment = {**os.environ, "NBFLOW_ROOT": str(root), "PATH": f"{BIN}:{os.environ['PATH']}"}
    done = with_free_ports(
        lambda: subprocess.run(
            words, check=False, capture_output=True, text=True, env=environment, cwd=root, timeout=200
        )
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_in_git_has_no_outputs_and_stable_cell_ids(path: Path) -> None:
    cells = nbformat.read(path, as_version=4).cells
    assert not [cell.id for cell in cells if cell.get("outputs") or cell.get("execution_count")]
    assert len({cell.id for cell in cells}) == len(cells)


def latest(root: Path) -> Run:
    """Return the run that a command left in `root`."""
    run = Flow("quickstart", workspace=Workspace.open(root)).latest_run
    assert run is not None
    return run


def digests(run: Run) -> dict[str, str]:
    """Return the digest of everything the run left, by pathspec below it."""
    return {artifact.pathspec.split("/", 2)[2]: artifact.digest for step in run for task in step for artifact in task}


@pytest.mark.timeout(240)
def test_a_terminal_and_papermill_give_the_quickstart_the_same_values(tmp_path: Path) -> None:
    terminal, papermill = tmp_path / "terminal", tmp_path / "papermill"
    terminal.mkdir()
    papermill.mkdir()
    command(terminal, "nbflow", "run", QUICKSTART, "-p", "alpha=0.2")
    command(papermill, "papermill", "--no-progress-bar", QUICKSTART, "out.ipynb", "-p", "alpha", "0.2")
    one, other = latest(terminal), latest(papermill)
    assert one.parameters["alpha"] == other.parameters["alpha"] == 0.2
    assert one.data.passed == "May 2014"
    assert digests(one) == digests(other)


@pytest.mark.timeout(240)
def test_a_forecast_that_is_not_good_enough_gives_no_answer(tmp_path: Path) -> None:
    command(tmp_path, "nbflow", "run", QUICKSTART, "-p", "degrees=1")
    run = latest(tmp_path)
    assert run.data.rmse > 2
    assert "passed" not in run.data
