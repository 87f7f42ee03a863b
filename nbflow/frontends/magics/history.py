"""Cells that ran before the extension was loaded, and the one that loads it: their definitions count, too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nbflow.cells.plain import plain_cell
from nbflow.errors import NOWHERE, NbflowError
from nbflow.frontends.magics.midcell import line_reached

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell


def earlier_cells(shell: InteractiveShell) -> list[tuple[int, str]]:
    """Return the numbers and texts of earlier cells that seem to have succeeded.

    The history does not say whether a cell raised: it counts when every name it binds is in the namespace.
    """
    cells = list(enumerate(getattr(shell.history_manager, "input_hist_raw", [])))
    if running_cell(shell):
        cells.pop()
    return [(number, raw) for number, raw in cells if raw.strip() and _bound(shell, raw)]


def running_cell(shell: InteractiveShell) -> str:
    """Return the cell that is running, as it was typed; empty: none is, or it is kept out of the history."""
    history = getattr(shell.history_manager, "input_hist_raw", [])
    if not history or not history[-1].strip():
        return ""
    raw = str(history[-1])
    return raw if line_reached(shell.user_ns, shell.transform_cell(raw)) is not None else ""


def _bound(shell: InteractiveShell, raw: str) -> bool:
    try:
        cell = plain_cell(raw, NOWHERE, "<earlier cell>")
    except NbflowError:
        return False
    names = [name for statement in cell.statements for name in statement.names]
    names += [*cell.computed, *(cell.assignments or ())]
    return all(name in shell.user_ns for name in names)
