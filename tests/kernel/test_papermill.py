"""papermill gives parameters to a notebook, with or without the tag that says where they belong."""

from __future__ import annotations

import os
from pathlib import Path

import nbformat
import pytest
import warm
from ports import with_free_ports

from nbflow import Flow
from nbflow.workspace import Workspace

CELLS = ("%load_ext nbflow\n%flow name given", "%%parameters\nalpha: float = 0.1", "%%step double\ntwice = alpha * 2")


def executed(folder: Path, monkeypatch: pytest.MonkeyPatch, *words: str, tag: str = "") -> Flow:
    """Run the cells and `%flow run` by papermill in `folder`, and return the flow."""
    cells = [nbformat.v4.new_code_cell(text) for text in (*CELLS, "%flow run")]
    if tag:
        cells[1].metadata.tags = [tag]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), folder / "in.ipynb")
    monkeypatch.setenv("NBFLOW_ROOT", str(folder / "runs"))
    words = ("--no-progress-bar", "-k", "python3", "-l", "python", "in.ipynb", "out.ipynb", *words)
    env = dict(os.environ)
    done = with_free_ports(
        lambda: warm.run(words, cwd=folder, env=env, timeout=100, module="papermill", modules=warm.PAPERMILL)
    )
    assert done.returncode == 0, done.stderr
    return Flow("given", workspace=Workspace.open(folder / "runs"))


@pytest.mark.parametrize("tag", ["", "parameters"])
def test_a_value_reaches_the_steps_wherever_papermill_puts_its_cell(tmp_path, monkeypatch, tag: str) -> None:
    run = executed(tmp_path, monkeypatch, "-p", "alpha", "0.2", tag=tag).latest_run
    assert run is not None
    assert (run.parameters["alpha"], run.data.twice) == (0.2, 0.4)
