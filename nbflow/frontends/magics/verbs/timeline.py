"""`%flow timeline [RUN]`: when each task of a run ran."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nbflow.errors import UsageError, near_or_all, raise_for
from nbflow.frontends.magics.flowline import operands
from nbflow.frontends.magics.place_of import thing_at
from nbflow.frontends.seeing.timeline import shown_timeline

if TYPE_CHECKING:
    from nbflow.frontends.magics.face import Face
    from nbflow.frontends.seeing.shown import Shown


def line(face: Face, text: str) -> Shown:
    """Carry out the line."""
    words = operands("timeline", text, 1, face.place())
    return timeline_of(face, words[0] if words else None)


def timeline_of(face: Face, run: str | None) -> Shown:
    """Return the timeline of a run; without one that of the latest run of this notebook's flow. Raises M001, M002, C053."""
    try:
        return shown_timeline(thing_at(face, run))
    except UsageError as error:
        if error.code != "NBF-R005" or run is None:
            raise
    # it is a run that was meant
    known = [each.id for each in face.workspace.metadata.runs(face.flow, limit=1000)]
    return raise_for("M002", flow=face.flow, run=run, hint=near_or_all(run, known, "Its runs are"))
