"""What the saved notebook says otherwise than the kernel stops a run: it would not be the notebook's."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

STEP = "%%step a\nx = f(1)"


def write(path: Path, *cells: str, first: int = 0) -> None:
    """Save the cells, with the ids c0, c1, … from `first` on."""
    # times of the file system and of the kernel are told apart
    time.sleep(0.02)
    made = [
        {"cell_type": "code", "id": f"c{number}", "metadata": {}, "source": text, "outputs": []}
        for number, text in enumerate(cells, first)
    ]
    path.write_text(json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))


@pytest.fixture
def notebook(tmp_path: Path, start_kernel: Callable[..., Any]) -> Callable[..., tuple[Path, Any]]:
    """Save cells, run them all in a kernel that knows the file, and return both."""

    def make(*cells: str) -> tuple[Path, Any]:
        path = tmp_path / "nb.ipynb"
        write(path, *cells)
        kernel = start_kernel(JPY_SESSION_NAME=str(path))
        kernel.ok("%load_ext nbflow")
        for cell in cells:
            kernel.ok(cell)
        return path, kernel

    return make


@pytest.mark.parametrize(
    ("ran", "saved", "what"),
    [
        ("def f(v): return v", "def f(v): return v + 1", "f in the saved notebook"),
        ("def f(v): return v", "print('f is gone')", "f in the saved notebook"),
        ("K = 1\ndef f(v): return v + K", "K = 2\ndef f(v): return v + K", "K in the saved notebook"),
        ("%%setup\nimport os\nf = abs", "%%setup\nimport os\nf = len", "a %%setup cell"),
    ],
)
def test_a_definition_that_was_edited_and_not_run(
    notebook: Callable[..., Any], ran: str, saved: str, what: str
) -> None:
    step = "%%step a\nx = abs(1)" if ran.startswith("%%setup") else STEP
    path, kernel = notebook(ran, step)
    kernel.ok("%flow check")
    write(path, saved, step)
    reply = kernel.run("%flow run")
    assert "NBF-C055" in reply.traceback and what in reply.traceback


def test_a_definition_that_no_step_uses_does_not_matter(notebook: Callable[..., Any]) -> None:
    path, kernel = notebook("def f(v): return v\ndef other(): return 1", STEP)
    write(path, "def f(v): return v", "def other(): return 2", STEP)
    kernel.ok("%flow run")


def test_run_again_or_saved_again_it_runs(notebook: Callable[..., Any]) -> None:
    path, kernel = notebook("def f(v): return v", STEP)
    write(path, "def f(v): return v + 1", STEP)
    assert "NBF-C055" in kernel.run("%flow run").traceback
    kernel.ok("def f(v): return v + 1")
    kernel.ok("run = %flow run")
    assert kernel.value("run.data.x") == "2"
    # not saved yet: the kernel is ahead of the file
    kernel.ok("def f(v): return v + 2")
    kernel.ok("run = %flow run")
    assert kernel.value("run.data.x") == "3"


def test_cells_run_in_another_order_than_they_stand(notebook: Callable[..., Any]) -> None:
    _, kernel = notebook("def f(v): return v", "def f(v): return v + 1", STEP)
    kernel.ok("def f(v): return v")
    reply = kernel.run("%flow run")
    assert "NBF-C055" in reply.traceback and "cell 2" in reply.traceback


@pytest.mark.parametrize(
    ("ran", "saved", "what"),
    [
        (("%%parameters\nn: int = 1", "1 + 1"), ("%%parameters\nn: int = 2", "1 + 1"), "the %%parameters cell"),
        (("%%parameters\nn: int = 1", "n = 2"), ("%%parameters\nn: int = 1", "n = 3"), "the cell that assigns n"),
        (("%%parameters\nn: int = 1", "n = 2"), ("%%parameters\nn: int = 1", "1 + 1"), "the cell that assigns n"),
    ],
)
def test_a_parameter_that_was_edited_and_not_run(
    notebook: Callable[..., Any], ran: tuple[str, ...], saved: tuple[str, ...], what: str
) -> None:
    step = "%%step a\nx = n"
    path, kernel = notebook(*ran, step)
    write(path, *saved, step)
    reply = kernel.run("%flow run")
    assert "NBF-C055" in reply.traceback and what in reply.traceback


def test_a_header_in_the_other_form_is_no_edit(notebook: Callable[..., Any]) -> None:
    path, kernel = notebook("def f(v): return v", STEP)
    write(path, "def f(v): return v", f"{STEP[1:]}\n")
    kernel.ok("%flow run")
    write(path, "def f(v): return v", "%step a\nx = f(2)")
    assert "NBF-C051" in kernel.run("%flow run").traceback


def test_a_step_that_lost_its_header_leaves_the_flow(kernel: Any) -> None:
    kernel.ok("%%step a\nx = 1", cell="1")
    kernel.ok("%%step b\ny = 1", cell="2")
    assert "b leaves the flow: its cell is no step any more" in kernel.ok("y = 2", cell="2").text
    assert "1 step, no errors" in kernel.ok("%flow check").text
    kernel.ok("%%step b\ny = 3", cell="2")
    assert "2 steps, no errors" in kernel.ok("%flow check").text
    assert "b leaves the flow" in kernel.ok("%%setup\nz = 1", cell="2").text


def test_a_refused_cell_that_is_another_step_now_keeps_no_run_back(kernel: Any) -> None:
    kernel.ok("%%step load\nx = 1", cell="1")
    assert "NBF-C014" in kernel.run("%%step load data\ny = x", cell="2").traceback
    said = kernel.run("%flow run").traceback
    assert "NBF-C051" in said and "its cell was refused since" in said and "fix    correct its cell and run it" in said
    kernel.ok("%%step data\ny = x", cell="2")
    kernel.ok("%flow run")


TWO = ("%%parameters\nalpha: float = 0.1\nbeta: int = 1", "%%parameters\nalpha: float = 0.2")


def test_a_second_parameters_cell_says_what_it_replaces(kernel: Any) -> None:
    kernel.ok(TWO[0], cell="1")
    assert kernel.ok(TWO[0].replace("beta: int = 1", ""), cell="1").text.strip() == ""
    kernel.ok(TWO[0], cell="1")
    said = kernel.ok(TWO[1], cell="2").text
    assert "this %%parameters cell replaces that of In [4]: beta is no parameter now" in said
    kernel.ok(TWO[0], person=False)
    assert "beta is no parameter now" in kernel.ok(TWO[1], person=False).text


def test_two_parameters_cells_of_the_saved_notebook_are_an_error(
    start_kernel: Callable[..., Any], tmp_path: Path
) -> None:
    path = tmp_path / "nb.ipynb"
    write(path, *TWO, "%%step a\nx = alpha")
    kernel = start_kernel(JPY_SESSION_NAME=str(path))
    kernel.ok("%load_ext nbflow")
    kernel.ok(TWO[0], cell="c0")
    assert "NBF-P005" in kernel.run(TWO[1], cell="c1").traceback
    assert kernel.value("(alpha, beta)") == "(0.1, 1)"
    kernel.ok("%%step a\nx = alpha")
    assert "NBF-P005" in kernel.run("%flow run").traceback
    write(path, TWO[1], "%%step a\nx = alpha", first=1)
    assert "replaces that of In [2]" in kernel.ok(TWO[1], cell="c1").text


def test_an_order_that_the_saved_notebook_contradicts_is_told_to_do_nothing(notebook: Callable[..., Any]) -> None:
    _, kernel = notebook("%%step a\nx = 1", "%%step b\ny = 1")
    said = kernel.ok("%flow order b a").stdout
    assert "the saved notebook has its own order" in said and said.splitlines()[-1] == "a b"
    assert kernel.ok("%flow order a b").stdout == kernel.ok("%flow order").stdout == "a b\n"
