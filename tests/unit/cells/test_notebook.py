from __future__ import annotations

import json
from typing import Any

import pytest

from nbflow.cells.notebook import parse_notebook
from nbflow.errors import UsageError


def text(cells: list[dict[str, Any]], **metadata: Any) -> str:
    return json.dumps({"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5})


def test_cells_are_counted_as_a_person_sees_them() -> None:
    document = parse_notebook(
        text(
            [
                {"cell_type": "markdown", "source": "# Title"},
                {"cell_type": "code", "source": ["%%step a\n", "x = 1"], "id": "c1", "metadata": {"tags": ["t"]}},
                {"cell_type": "raw", "source": "raw"},
                {"cell_type": "code", "source": "y"},
            ],
            kernelspec={"language": "python"},
        )
    )

    assert [cell.kind for cell in document.cells] == ["markdown", "code", "raw", "code"]
    assert [(cell.label, cell.source, cell.id, cell.tags) for cell in document.code] == [
        ("cell 2", "%%step a\nx = 1", "c1", ("t",)),
        ("cell 4", "y", "", ()),
    ]
    assert document.metadata["kernelspec"] == {"language": "python"}


def test_a_notebook_of_format_3_is_read() -> None:
    raw = {"worksheets": [{"cells": [{"cell_type": "code", "input": ["x = 1"]}]}], "nbformat": 3}

    assert [cell.source for cell in parse_notebook(json.dumps(raw)).code] == ["x = 1"]


def test_a_byte_order_mark_does_not_matter() -> None:
    assert parse_notebook("\ufeff" + text([])).cells == ()


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "x = 1",
        "[]",
        "{}",
        '{"cells": 3}',
        '{"cells": [3]}',
        '{"worksheets": 3}',
        "[" * 100_000,
        text([], kernelspec={"language": "R"}),
        text([], language_info={"name": "julia"}),
    ],
)
def test_what_is_no_notebook_of_python_is_refused(raw: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_notebook(raw, "n.ipynb")

    assert caught.value.code == "NBF-R002"
    assert "n.ipynb is not a notebook of Python" in str(caught.value)


@pytest.mark.parametrize(
    "cell",
    [{}, {"cell_type": 3, "source": 3}, {"cell_type": "code", "source": None, "metadata": []}, {"cell_type": []}],
)
def test_a_strange_cell_is_read_as_far_as_it_goes(cell: dict[str, Any]) -> None:
    (found,) = parse_notebook(text([cell])).cells

    assert found.source == ""
