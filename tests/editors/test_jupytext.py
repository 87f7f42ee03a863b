"""Notebooks with steps as jupytext's files of Python, and back."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jupytext
import nbformat
import pytest
from jupytext.cli import jupytext as jupytext_command
from three_ways import write

from nbflow.cells.notebook import parse_notebook
from nbflow.frontends.cli.main import main

Left = Callable[..., dict[str, dict[str, str]]]


def sources(name: str) -> list[str]:
    return [cell.source for cell in parse_notebook(Path(name).read_text()).code]


@pytest.mark.parametrize("comments", [None, True, False])
@pytest.mark.parametrize("form", ["percent", "double"])
def test_a_notebook_comes_back_as_the_flow_it_was(folder: Path, form: str, comments: bool | None, capsys: Any) -> None:
    assert main(["fmt", "sales.ipynb", "--cells", form]) == 0
    made = nbformat.read("sales.ipynb", as_version=4)
    if comments is not None:
        made.metadata["jupytext"] = {"comment_magics": comments}
    text = jupytext.writes(made, fmt="py:percent")
    sign = "%" if form == "percent" else "%%"
    assert f"\n{'# ' if comments is not False else ''}{sign}step best --join train\n" in text

    nbformat.write(jupytext.reads(text, fmt="py:percent"), "back.ipynb")
    assert sources("back.ipynb") == sources("sales.ipynb")
    assert main(["check", "back.ipynb"]) == 0


@pytest.mark.parametrize("fmt", ["py:light", "md"])
def test_other_formats_with_marks_between_cells_keep_the_flow(folder: Path, fmt: str) -> None:
    made = nbformat.read("sales.ipynb", as_version=4)
    nbformat.write(jupytext.reads(jupytext.writes(made, fmt=fmt), fmt=fmt), "back.ipynb")
    assert sources("back.ipynb") == sources("sales.ipynb")


def test_a_paired_notebook_that_was_edited_in_its_file_of_python_runs(folder: Path, left: Left) -> None:
    before = left()
    jupytext_command(["--quiet", "--set-formats", "ipynb,py:percent", "sales.ipynb"])
    # the same code in another layout: every result is the same
    file = folder / "sales.py"
    file.write_text(file.read_text().replace("best=max(scores)", "best = max(\n    scores\n)"))
    later = time.time() + 5
    os.utime(file, (later, later))
    jupytext_command(["--quiet", "--sync", "sales.py"])

    assert "best = max(\n    scores\n)" in "\n".join(sources("sales.ipynb"))
    assert left() == before


def test_sorting_the_imports_of_the_file_of_python_carries_them_from_cell_to_cell(folder: Path, tool: Any) -> None:
    write(
        folder / "paired.ipynb", ["import math\nimport numpy as np", "%step a\nimport os\nx = np.pi, math.pi, os.sep"]
    )
    jupytext_command(["--quiet", "--to", "py:percent", "paired.ipynb"])
    tool("ruff check --isolated --no-cache --select I --fix paired.py")
    plain, step = jupytext.read("paired.py").cells
    assert "numpy" not in plain.source and "import numpy" in step.source

    # the notebook itself keeps its cells
    tool("ruff check --isolated --no-cache --select I --fix paired.ipynb")
    plain, step = sources("paired.ipynb")
    assert "numpy" in plain and "numpy" not in step
