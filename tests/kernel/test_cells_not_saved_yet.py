"""Cells that became steps, or were put in, since the notebook was saved: where they stand, and what is said of it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

RAW, LOAD = "raw = sorted([3, 1])", "%%step load\nraw = sorted([3, 1])"
CLEAN = "%%step clean\ndf = raw[:1]\ndf"


def save(path: Path, **cells: str) -> None:
    """Save cells by their ids."""
    # times of the file system and of the kernel are told apart
    time.sleep(0.02)
    made = [
        {"cell_type": "code", "id": name, "metadata": {}, "source": text, "outputs": []} for name, text in cells.items()
    ]
    path.write_text(json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    time.sleep(0.02)


@pytest.fixture
def notebook(tmp_path: Path, start_kernel: Callable[..., Any]) -> Callable[..., tuple[Path, Any]]:
    """Save cells and start a kernel that knows the file."""

    def make(**cells: str) -> tuple[Path, Any]:
        path = tmp_path / "nb.ipynb"
        save(path, **cells)
        kernel = start_kernel(JPY_SESSION_NAME=str(path))
        kernel.ok("%load_ext nbflow", cell="top")
        return path, kernel

    return make


@pytest.mark.parametrize(
    "saved",
    [{}, {"a": RAW}, {"a": RAW, "b": CLEAN}, {"b": CLEAN}, {"x": "%%step other\no = 1", "a": RAW}],
    ids=["neither", "the plain cell", "both", "the step", "the plain cell and another step"],
)
def test_a_cell_that_was_made_a_step_is_no_hidden_state_any_more(
    notebook: Callable[..., tuple[Path, Any]], saved: dict[str, str]
) -> None:
    _, kernel = notebook(top="%load_ext nbflow", **saved)
    if "x" in saved:
        kernel.ok(saved["x"], cell="x")
    kernel.ok(RAW, cell="a")
    refused = kernel.run(CLEAN, cell="b").traceback
    assert "NBF-G015" in refused and "make In [" in refused

    kernel.ok(LOAD, cell="a")

    again = kernel.run(CLEAN, cell="b")
    if ("b" in saved and "a" not in saved) or "x" in saved:
        # the file has one of the two only, and what ran when does not tell either
        assert "save the notebook, so that nbflow knows the order of its cells" in again.traceback
    else:
        assert "[1]" in again.text, again.traceback


def test_a_definition_of_a_plain_cell_that_is_a_step_now_is_the_step_s(notebook: Callable[..., Any]) -> None:
    _, kernel = notebook()
    kernel.ok("import math\nroot = math.sqrt(4)", cell="a")
    kernel.ok("%%step load\nimport math\nroot = math.sqrt(4)", cell="a")

    kernel.ok("%%step use\nprint(math.floor(root))", cell="b")

    assert "2" in kernel.ok("%flow source use", cell="c").text


def test_a_text_that_another_plain_cell_ran_too_stays(notebook: Callable[..., Any]) -> None:
    _, kernel = notebook()
    kernel.ok("def f(): return 1", cell="a")
    kernel.ok("def f(): return 1", cell="b")
    kernel.ok("%%step a\nx = f()", cell="a")

    assert "1" in kernel.ok("x", cell="c").text


@pytest.mark.parametrize("kept", ["the order is not known", "saved"])
def test_a_step_that_was_put_in_above_its_reader_is_found_once_the_notebook_is_saved(
    notebook: Callable[..., Any], kept: str
) -> None:
    reader, late = "%%step late_reader\nhh + 1", "%%step late\nhh = 3"
    path, kernel = notebook(r=reader)
    assert "NBF-G001" in kernel.run(reader, cell="r").traceback
    kernel.ok(late, cell="new")
    if kept == "saved":
        save(path, new=late, r=reader)
        assert "4" in kernel.ok(reader, cell="r").text
        return

    refused = kernel.run(reader, cell="r").traceback

    assert "NBF-G005" in refused
    assert "save the notebook, so that nbflow knows the order of its cells; else move this cell below late" in refused


def test_where_the_order_is_known_saving_is_not_the_fix(notebook: Callable[..., Any]) -> None:
    reader, late = "%%step late_reader\nhh + 1", "%%step late\nhh = 3"
    _, kernel = notebook(r=reader, new=late)
    kernel.run(reader, cell="r")
    kernel.ok(late, cell="new")

    refused = kernel.run(reader, cell="r").traceback

    assert "move this cell below late" in refused
    assert "save the notebook" not in refused


def test_a_loop_that_was_a_plain_cell_leaves_what_it_binds_once_it_is_a_step(notebook: Callable[..., Any]) -> None:
    _, kernel = notebook()
    loop = "for d in [1, 2]:\n    m = d\nprint(m)"
    kernel.ok(loop, cell="a")
    kernel.ok(f"%%step loop\n{loop}", cell="a")

    assert "3" in kernel.ok("%%step use\nprint(m + 1)", cell="b").stdout
