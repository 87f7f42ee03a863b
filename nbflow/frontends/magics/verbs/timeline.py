"""`%flow timeline [RUN]`: when each task of a run ran."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
    """Return the timeline of a run; without one that of the latest run of this notebook's flow."""
    return shown_timeline(thing_at(face, run))
