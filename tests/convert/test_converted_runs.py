"""A converted notebook, run by the engine: it passes the check, it is formatted, it leaves the same artifacts."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from flow_terminal import FlowTerminal
from terminal import Terminal

from nbflow.workspace import Workspace
from tests.convert.notebooks import BRANCHES, EVERYTHING

QUICKSTART = Path(__file__).parents[2] / "notebooks" / "quickstart.ipynb"


def write(folder: Path, cells: list[str], name: str) -> None:
    Terminal(folder).write(*cells, name=f"{name}.ipynb")
    file = folder / f"{name}.ipynb"
    notebook = json.loads(file.read_text())
    for cell in notebook["cells"]:
        if cell["source"].startswith("MD\n"):
            cell |= {"cell_type": "markdown", "source": cell["source"][3:]}
    file.write_text(json.dumps(notebook))


def digests(workspace: Workspace, flow: str) -> dict[tuple[Any, ...], str]:
    """Return the artifacts of a flow's run: step, path and name → digest."""
    (run,) = workspace.metadata.runs(flow)
    assert run.status == "succeeded", run.reason
    return {
        (task.step, task.path, name): ref.digest
        for task in workspace.metadata.tasks(flow, run.id)
        if task.manifest
        for name, ref in task.manifest.artifacts.items()
    }


def check_same(folder: Path, name: str, class_name: str, *, otherwise: set[str] = frozenset()) -> list[str]:  # type: ignore[assignment]
    """Run notebook `name` and its class; return the steps that only the class has."""
    terminal, flow = Terminal(folder), FlowTerminal(folder, folder / f"{name}.py")
    made = terminal.run("convert", f"{name}.ipynb")
    assert made.returncode == 0, made.stderr
    command = [sys.executable, "-m", "ruff", "format", "--isolated", "--line-length", "100", "--check", f"{name}.py"]
    assert subprocess.run(command, cwd=folder, check=False, capture_output=True).returncode == 0, "it is not formatted"
    assert "The graph looks good!" in flow.ok("check").stderr
    ran = terminal.run("run", f"{name}.ipynb")
    assert ran.returncode == 0, ran.stderr
    flow.ok("run")
    workspace = Workspace.open(folder / ".nbflow")
    ours, theirs = digests(workspace, name), digests(workspace, class_name)
    assert len(ours) > 5
    assert {key: digest for key, digest in ours.items() if key[2] not in otherwise and theirs.get(key) != digest} == {}
    return sorted({key[0] for key in theirs} - {key[0] for key in ours})


def test_a_notebook_that_says_all_that_can_be_said(tmp_path: Path) -> None:
    (tmp_path / "helpers.py").write_text("def twice(x):\n    return 2 * x\n")
    write(tmp_path, EVERYTHING, "rich")
    # a class keeps the exception itself
    added = check_same(tmp_path, "rich", "Rich", otherwise={"problem"})
    assert set(added) <= {"before_told", "choose_good", "end", "join_load_typed", "join_told_slow", "start"}


def test_branches_and_a_foreach(tmp_path: Path) -> None:
    write(tmp_path, BRANCHES, "branches")
    check_same(tmp_path, "branches", "Branches")


@pytest.mark.timeout(180)
def test_the_quickstart(tmp_path: Path) -> None:
    shutil.copy(QUICKSTART, tmp_path)
    # `picture` leaves nothing in the notebook
    assert check_same(tmp_path, "quickstart", "Quickstart") == ["end", "picture"]
