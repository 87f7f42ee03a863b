"""A `%%setup` cell: what every task runs first."""

from __future__ import annotations

from nbflow.cells.body import read_body
from nbflow.cells.header import read_header
from nbflow.cells.options import Table, parse_words
from nbflow.cells.text import CellText
from nbflow.errors import Place
from nbflow.model.step import SetupCell

_SETUP = Table("%%setup", ())


def setup_cell(text: str, place: Place, file: str) -> SetupCell:
    """Return the %%setup cell `text`. Raises CellError with all that is wrong with it."""
    cell = CellText(text, place, file)
    header = read_header(cell)
    parse_words(header.words, _SETUP, cell)
    body, _ = read_body(cell, header.body, header.body_line)
    cell.check()
    return SetupCell(body, place)
