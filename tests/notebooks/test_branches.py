"""The tour's branches: what is published depends on the data, and is the same in a terminal and under papermill."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from ports import with_free_ports

from nbflow import Run
from nbflow.workspace import Workspace

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "branches.ipynb"
BIN = Path(sys.executable).parent

# what papermill left serves both tests
pytestmark = pytest.mark.xdist_group("tour-branches")


def command(root: Path, program: str, *words: str | Path) -> None:
    """Run a command of this environment in `root`, with runs kept there."""
    environment = {**os.environ, "NBFLOW_ROOT": str(root)}
    done = with_free_ports(
        lambda: subprocess.run(
            [BIN / program, *words], check=False, capture_output=True, text=True, env=environment, cwd=root, timeout=280
        )
    )
    assert done.returncode == 0, done.stdout + done.stderr


def run_of(root: Path, number: int) -> Run:
    return Run(f"branches/{number}", workspace=Workspace.open(root))


def digests(run: Run) -> dict[str, str]:
    """Return the digest of everything the run left, by pathspec below it."""
    return {artifact.pathspec.split("/", 2)[2]: artifact.digest for step in run for task in step for artifact in task}


def skipped(run: Run) -> set[str]:
    return {step.id for step in run if step.task is None or step.task.status == "skipped"}


@pytest.fixture(scope="module")
def papermill(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which papermill ran the notebook, with its three runs and its output."""
    root = tmp_path_factory.mktemp("papermill")
    command(root, "papermill", "--no-progress-bar", NOTEBOOK, "out.ipynb")
    return root


@pytest.mark.timeout(400)
def test_each_run_publishes_what_its_data_allows(papermill: Path) -> None:
    three, one, silent = (run_of(papermill, number) for number in (1, 2, 3))

    assert (three.data.chosen, one.data.chosen) == ("learned", "baseline")
    assert three.data.gain > 0.05 > one.data.gain
    assert (skipped(three), skipped(one)) == ({"keep"}, {"publish"})
    assert list(three.data.outlook.index) == ["January 2011", "February 2011", "March 2011"]

    assert (three.data.trouble, len(three.data.events)) == (None, 4)
    assert (silent.data.trouble.type, len(silent.data.events)) == ("ConnectionError", 0)
    assert len(silent["archive"].task.attempts) == 3
    report = "".join(output.data.get("text/html", "") for output in silent["report"].task.outputs)
    assert "The learned forecast is published" in report
    assert "not shaded: the archive does not answer" in report

    outputs = [output for cell in nbformat.read(papermill / "out.ipynb", 4).cells for output in cell.get("outputs", ())]
    assert not [output for output in outputs if output.get("name") == "stderr"]
    assert not [output for output in outputs if "stale" in str(output.get("data"))]


@pytest.mark.timeout(400)
def test_another_parameter_takes_the_other_branch_and_a_terminal_gives_what_papermill_gives(
    papermill: Path, tmp_path: Path
) -> None:
    command(tmp_path, "nbflow", "run", NOTEBOOK, "-p", "ahead=1")
    kept = run_of(tmp_path, 1)
    assert (kept.data.chosen, skipped(kept)) == ("baseline", {"publish"})
    assert [tried.status for tried in kept["archive"].task.attempts] == ["failed", "succeeded"]
    assert digests(kept) == digests(run_of(papermill, 2))
