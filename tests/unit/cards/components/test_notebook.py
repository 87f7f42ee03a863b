"""A whole notebook in a card: code, text, outputs, and whatever else a file may hold."""

from __future__ import annotations

from html import unescape

import pytest

from nbflow.cards.components.notebook import Notebook
from nbflow.cards.kept import restored

CELLS = [
    {"cell_type": "markdown", "source": ["# Report\n", "of *sales*"]},
    {
        "cell_type": "code",
        "execution_count": 3,
        "source": "x = 1\nx",
        "metadata": {"tags": ["injected-parameters"]},
        "outputs": [
            {"output_type": "stream", "name": "stdout", "text": ["a\n", "b\n"]},
            {"output_type": "execute_result", "data": {"text/plain": "1", "text/html": "<table><tr><td>1</table>"}},
        ],
    },
    {"cell_type": "markdown", "source": "boo", "metadata": {"tags": ["papermill-error-cell-tag"]}},
    {
        "cell_type": "code",
        "source": "1 / 0",
        "outputs": [{"output_type": "error", "ename": "E", "evalue": "v", "traceback": ["\x1b[31mE\x1b[0m: v"]}],
    },
    {"cell_type": "code", "source": "  ", "outputs": []},
]


def test_cells_stand_one_below_the_other_with_what_they_showed() -> None:
    drawn = Notebook({"cells": CELLS}).html()
    assert [drawn.count(each) for each in ("<h1", "In [3]", "parameters given to this run", "<table", "E: v", "boo")] == [
        1, 1, 1, 1, 1, 0,
    ]  # fmt: skip
    # a card keeps no other HTML than that of components
    assert unescape(restored(str(drawn))) == unescape(drawn)


def test_as_text_it_reads_like_a_notebook() -> None:
    assert Notebook({"cells": CELLS}).text() == (
        "# Report\nof *sales*\n\nIn [3]\nx = 1\nx\na\nb\n1\n\nIn [ ]\n1 / 0\nE: v"
    )


@pytest.mark.parametrize(
    "raw",
    [
        {},
        {"cells": 1},
        {"cells": [1, {}, {"cell_type": "code", "source": 1, "outputs": 2, "metadata": 3}]},
        {"cells": [{"cell_type": "code", "source": "x", "outputs": [1, {}, {"data": 1}, {"output_type": "stream"}]}]},
        {"cells": [], "metadata": 1},
    ],
)
def test_what_no_notebook_should_hold_is_left_out(raw: dict[str, object]) -> None:
    made = Notebook(raw)
    assert isinstance(made.text(), str) and isinstance(str(made.html()), str) and made.height() > 0
