"""The tour: clean in git, and the same values from a terminal and from papermill."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))
QUICKSTART = next(path for path in NOTEBOOKS if path.stem == "quickstart")
BIN = Path(sys.executable).parent


def command(root: Path, *words: str | Path) -> str:
    """Run a command of this environment with runs kept in `root`, and return what it printed."""
    environment = {**os.environ, "NBFLOW_ROOT": str(root), "PATH": f"{BIN}:{os.environ['PATH']}"}
    done = subprocess.run(words, capture_output=True, text=True, env=environment, cwd=root, timeout=100)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_in_git_has_no_outputs_and_stable_cell_ids(path: Path) -> None:
    cells = nbformat.read(path, as_version=4).cells
    assert not [cell.id for cell in cells if cell.get("outputs") or cell.get("execution_count")]
    assert len({cell.id for cell in cells}) == len(cells)
