"""Cells that ran before the extension was loaded: their definitions count, too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nbflow.cells.plain import plain_cell
from nbflow.errors import NOWHERE, NbflowError

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell


def earlier_cells(shell: InteractiveShell) -> list[str]:
    """Return the texts of earlier cells that seem to have succeeded.

    The history does not say whether a cell raised: it counts when every name it binds is in the namespace.
    """
    history = getattr(shell.history_manager, "input_hist_raw", [])
    return [raw for raw in history[:-1] if raw.strip() and _bound(shell, raw)]


def _bound(shell: InteractiveShell, raw: str) -> bool:
    try:
        cell = plain_cell(raw, NOWHERE, "<earlier cell>")
    except NbflowError:
        return False
    names = [name for statement in cell.statements for name in statement.names]
    names += [*cell.computed, *(cell.assignments or ())]
    return all(name in shell.user_ns for name in names)
