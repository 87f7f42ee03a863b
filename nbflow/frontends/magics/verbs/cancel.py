"""`%flow cancel`: end a run, whatever process runs it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nbflow.frontends.cancelling import cancel
from nbflow.frontends.choosing import named_run, only_one_under_way
from nbflow.frontends.magics.flowline import operands
from nbflow.frontends.magics.named import flow_of
from nbflow.frontends.magics.show import say

if TYPE_CHECKING:
    from nbflow.frontends.magics.face import Face


def line(face: Face, text: str) -> None:
    """Carry out the line."""
    words = operands("cancel", text, 1, face.place())
    cancel_run(face, words[0] if words else None)


def cancel_run(face: Face, run: str | None) -> None:
    """Cancel a run, or the one under way, and return when no process of it is left. Raises C053, M001, M002, R017."""
    flow = flow_of(face, run)
    if run is None:
        found = only_one_under_way(face.workspace, flow, "%flow cancel")
        if found is None:
            say(f"no run of {flow} is under way")
            return
    else:
        found = named_run(face.workspace, flow, run)
    cancel(face.workspace, found, say, resume=f"%flow resume {found.id}")
