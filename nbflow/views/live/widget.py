"""The live run panel as a widget: the Python half. `run.js` beside it draws, and asks nothing of any other machine."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from nbflow.cards.palette import signs_of_statuses
from nbflow.views.live.state import SIGNS

_HERE = Path(__file__).parent


class RunWidget(anywidget.AnyWidget):
    """One run, kept up to date by whoever made it.

    The front end says `{"type": "hello"}` when it has missed something, `{"type": "look", "task": "train[3]"}` to see a
    task's log, and `{"type": "cancel"}`.
    """

    _esm = _HERE / "run.js"
    _css = _HERE / "run.css"
    #: the whole state: `number`, `at` (seconds since the epoch), `state`
    snapshot = traitlets.Dict().tag(sync=True)
    #: colours and marks by status, letters by status
    look = traitlets.Dict().tag(sync=True)
    #: id by which the server knows this kernel; empty: not known
    kernel = traitlets.Unicode("").tag(sync=True)

    def __init__(self, **traits: Any) -> None:
        super().__init__(look={"signs": SIGNS, **signs_of_statuses()}, kernel=_kernel_id(), **traits)


def _kernel_id() -> str:
    from ipykernel.connect import get_connection_file

    try:
        name = Path(get_connection_file()).name
    except RuntimeError:
        return ""
    found = re.fullmatch(r"kernel-([0-9a-f-]{36})\.json", name)
    return found[1] if found else ""
