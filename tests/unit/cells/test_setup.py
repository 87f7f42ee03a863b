from __future__ import annotations

import pytest

from nbflow.cells.setup import setup_cell
from nbflow.errors import CellError, Place

PLACE = Place(cell="cell 1")


def test_a_setup_cell_is_a_body() -> None:
    cell = setup_cell("%%setup\nimport warnings\n!true\nwarnings.simplefilter('ignore')", PLACE, "<cell 1>")

    assert cell.body.source.split("\n")[1] == "__nbflow_shell__('true')"
    assert (cell.body.line, cell.body.modules, cell.place) == (2, ("warnings",), PLACE)


def test_a_setup_cell_takes_no_options() -> None:
    with pytest.raises(CellError) as caught:
        setup_cell("%%setup now --fast\n%sql", PLACE, "<cell 1>")

    assert [each.code for each in caught.value.problems] == ["C014", "C005", "C021"]
