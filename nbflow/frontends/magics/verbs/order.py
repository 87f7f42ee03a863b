"""`%flow order`: the order of steps where the notebook does not tell it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from nbflow.errors import did_you_mean, raise_for
from nbflow.frontends.magics.flowline import MANY, operands
from nbflow.frontends.magics.show import say
from nbflow.model.ids import StepName

if TYPE_CHECKING:
    from nbflow.frontends.magics.face import Face


def line(face: Face, text: str) -> None:
    """Carry out the line."""
    say(" ".join(order_steps(face, operands("order", text, MANY, face.place()))))


def order_steps(face: Face, names: Sequence[str]) -> tuple[str, ...]:
    """Set the order of steps where the notebook does not tell it, or return the one they have.

    Where the saved notebook tells another one, that counts, and a note says so.
    """
    known = list(face.session.slots)
    for name in names:
        if name not in face.session.slots:
            raise_for("R005", face.place(), name=name, hint=did_you_mean(name, known), known=", ".join(known) or "none")
    if names:
        face.session.order = tuple(StepName(name) for name in names)
    order = tuple(draft.name for draft in face.draft().steps)
    if face.file.steps() and [name for name in order if name in names] != list(names):
        say("note: the saved notebook has its own order, and that counts. Move the cells, and save it")
    return order
