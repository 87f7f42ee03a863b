"""`%flow history`: the runs of this flow, of another one, or of all where the notebook has none."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from nbflow.cells.options import Table, parse_line
from nbflow.errors import did_you_mean, raise_for
from nbflow.frontends.magics.flowline import HISTORY
from nbflow.frontends.seeing.history import History
from nbflow.metadata.query import RunQuery
from nbflow.views.history.asked import asked_for

if TYPE_CHECKING:
    from nbflow.frontends.magics.face import Face

__all__ = ["History", "history", "line"]

#: runs that are listed unless told otherwise
COUNT = 10


def line(face: Face, text: str) -> History:
    """Carry out the line."""
    parsed = parse_line(text, Table("%flow history", HISTORY, operands=2), face.place())
    words = [each.text for each in parsed.operands]
    # a flow may be called 3 only where the number of runs is said, too
    word = words.pop() if words and (len(words) == 2 or words[-1].isdecimal()) else str(COUNT)
    if not word.isdecimal() or int(word) < 1:
        fix = f"%flow history {COUNT}"
        raise_for("R004", face.place(), option=f"%flow history {word}", message="say how many runs", fix=fix)
    return history(face, int(word), flow=words[0] if words else None, **parsed.values)


def history(face: Face, count: int = COUNT, *, flow: str | None = None, **filters: Any) -> History:
    """Return the runs of a flow, `count` of them on a page; None: the notebook's own, or all where it has none.

    Args:
        face: the notebook's.
        count: how many are in the list.
        flow: another flow.
        filters: as `nbflow.history` takes them.

    Raises:
        UsageError: R004, no flow of that name has run.
        ViewError: a filter names what no run has.
    """
    metadata = face.workspace.metadata
    known = metadata.flows()
    if flow is not None and flow not in known:
        message = f"'{flow}' is neither a flow that has run nor a number of runs.{did_you_mean(flow, known)}"
        fix = "or ".join(f"%flow history {each} " for each in (COUNT, *known[:1])).strip()
        raise_for("R004", face.place(), option=f"%flow history {flow}", message=message, fix=fix)
    flows: tuple[str, ...] = (flow or face.flow,)
    kinds = ("run", "draft") if filters.get("drafts") else ("run",)
    if flow is None and not face.session.slots and not metadata.count(RunQuery(flows=flows, kinds=kinds)):
        flows = ()
    asked = asked_for(metadata, flows, **filters, now=time.time())
    return History(face.workspace, asked, limit=count)
