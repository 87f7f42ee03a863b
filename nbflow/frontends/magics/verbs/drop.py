"""`%flow drop`: leave steps out."""

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
    names = operands("drop", text, MANY, face.place())
    drop_steps(face, names)
    say(
        f"left out, with {'its' if len(names) == 1 else 'their'} results: {', '.join(names)}. Running a step's cell brings it back"
    )


def drop_steps(face: Face, names: Sequence[str]) -> None:
    """Leave steps out of the flow, with their results."""
    known = list(face.session.slots)
    if not names:
        raise_for(
            "R004",
            face.place(),
            option="%flow drop",
            message="name at least one step",
            fix=f"%flow drop {known[-1] if known else 'NAME'}",
        )
    for name in names:
        if name not in face.session.slots:
            raise_for("R005", face.place(), name=name, hint=did_you_mean(name, known), known=", ".join(known) or "none")
        face.session.drop(name)
        face.session.dropped.add(StepName(name))
