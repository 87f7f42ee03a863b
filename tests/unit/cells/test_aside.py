"""Cells that look into a task and are no part of the flow."""

from __future__ import annotations

import pytest

from nbflow.cells.aside import aside, is_aside
from nbflow.cells.flow import flow_text
from nbflow.cells.header import cell_kind
from nbflow.cells.notebook import Document, NotebookCell
from nbflow.cells.plain import PlainCell, plain_cell
from nbflow.errors import NOWHERE


def test_a_cell_aside_is_known_by_its_first_line() -> None:
    made = aside("sales/12/train/3", "its body", "model = fit(df)\n")
    assert made.splitlines() == [
        "# %flow debug sales/12/train/3 · its body; this cell is no part of the flow",
        "model = fit(df)",
    ]
    assert is_aside(made)
    assert is_aside(f"\n\n{made}")


@pytest.mark.parametrize("text", ["%flow debug train", "x = 1\n# %flow debug train", "# %flow debug", "# flow debug x"])
def test_other_cells_are_not(text: str) -> None:
    assert not is_aside(text)


def test_an_indented_body_stands_at_the_margin() -> None:
    assert aside("f/1/a/0", "its body", "\n    x = 1\n    if x:\n        y = 2\n").splitlines()[1:] == [
        "x = 1",
        "if x:",
        "    y = 2",
    ]


def test_what_only_ipython_understands_stays_and_a_timer_does_not_hide_the_lines_of_a_traceback() -> None:
    assert aside("f/1/a/0", "its body", "%%time\n!ls {x}\n%time y = 1").splitlines()[1:] == [
        "# %%time",
        "!ls {x}",
        "%time y = 1",
    ]


def test_it_defines_nothing_and_computes_nothing_for_steps() -> None:
    assert plain_cell(aside("f/1/a/0", "its body", "import os\ndef clean(): pass\nK = 1"), NOWHERE, "") == PlainCell(())


def test_a_saved_notebook_reads_the_same_with_one() -> None:
    cells = ["K = 2", "%%step a\nx = K", "%%step b\ny = x"]
    looked = [*cells, aside("f/1/b/0", "its body", "K = 3\nx = 1\ny = x\nclass A: pass")]
    drafts = [
        flow_text(Document(tuple(NotebookCell(number, "code", text) for number, text in enumerate(each))), "n.ipynb")
        for each in (cells, looked)
    ]
    assert drafts[0] == drafts[1]
    assert cell_kind(looked[-1]) is None
