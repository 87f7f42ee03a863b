"""`%flow cards [PLACE]`: the cards of a run, a step or a task."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nbflow.frontends.choosing_task import joined_brackets
from nbflow.frontends.magics.flowline import operands
from nbflow.frontends.magics.place_of import thing_at
from nbflow.frontends.seeing.cards import shown_cards

if TYPE_CHECKING:
    from nbflow.frontends.magics.face import Face
    from nbflow.frontends.seeing.shown import Shown


def line(face: Face, text: str) -> Shown:
    """Carry out the line."""
    return cards_at(face, " ".join(operands("cards", joined_brackets(text), 2, face.place())))


def cards_at(face: Face, place: str | None = None) -> Shown:
    """Return the cards of a place; without one, those of the latest run of this notebook's flow.

    Raises:
        MetadataError: M001 to M006, there is no such place.
        UsageError: R004, R005, it names nothing.
        CardError: K031, an artifact has no cards.
    """
    return shown_cards(thing_at(face, place))
