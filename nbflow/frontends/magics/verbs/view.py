"""`%flow view [PLACE]`: the page of a task, a step or a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nbflow.frontends.choosing_task import joined_brackets
from nbflow.frontends.magics.flowline import operands
from nbflow.frontends.magics.place_of import thing_at
from nbflow.frontends.seeing.view import shown_view

if TYPE_CHECKING:
    from nbflow.frontends.magics.face import Face
    from nbflow.frontends.seeing.shown import Shown


def line(face: Face, text: str) -> Shown:
    """Carry out the line."""
    # `train 12` is a step and its run
    words = operands("view", joined_brackets(text), 2, face.place())
    return view_at(face, " ".join(words) or None)


def view_at(face: Face, place: str | None) -> Shown:
    """Return the page of a place; without one that of the latest run of this notebook's flow."""
    return shown_view(thing_at(face, place))
