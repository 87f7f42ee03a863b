"""The two forms of a step's header, which mean the same: `%%step NAME …` (double) and `%step NAME …` (percent).

So are `%%card NAME …` and `%card NAME …`.

Linters, formatters and type checkers leave a cell under a `%%` magic alone, and look into one under a `%` line.
"""

from __future__ import annotations

from typing import Literal

from nbflow.cells.header import cell_kind, header_lines, misspelt_magic
from nbflow.cells.step import read_step_header
from nbflow.cells.text import CellText
from nbflow.errors import NOWHERE, Place, raise_for
from nbflow.frozen import frozen

Form = Literal["percent", "double"]

#: form → what most of its headers begin with
SPELLING: dict[Form, str] = {"percent": "%step", "double": "%%step"}
_SIGNS: dict[Form, str] = {"percent": "%", "double": "%%"}


@frozen
class StepForm:
    """In which form the header of a step cell is."""

    form: Form
    #: 1-based line of the header
    line: int
    #: the header as it is written, without the end of its line
    header: str
    #: characters of the cell above the header
    offset: int

    def header_in(self, form: Form) -> str:
        """Return the header in `form`; nothing of it but the signs at its beginning is other than before."""
        return _SIGNS[form] + self.header.removeprefix(_SIGNS[self.form])


def step_form(text: str, place: Place = NOWHERE) -> StepForm | None:
    """Return the form of the step cell `text`; None: it is no step cell.

    Its body may be anything but another step.

    Raises:
        CellError: what is wrong with the header: every problem is in it.
    """
    if wrong := misspelt_magic(text):
        raise_for("C015", place, written=wrong[0], meant=wrong[1])
    if cell_kind(text) != "step":
        return None
    cell = CellText(text, place)
    header, _, _ = read_step_header(cell)
    for number in header_lines(text):
        if number >= header.line:
            cell.found("C002", number + 1, 0)
    cell.check()
    above, line = cell.lines[: header.line - 1], cell.lines[header.line - 1]
    form: Form = "percent" if header.percent else "double"
    return StepForm(form, header.line, line.rstrip("\r"), sum(len(each) + 1 for each in above))
