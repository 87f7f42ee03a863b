"""`%flow name`: the flow's name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nbflow.errors import raise_for
from nbflow.frontends.magics.flowline import MANY, operands
from nbflow.frontends.magics.show import say
from nbflow.model.ids import FLOW_NAME

if TYPE_CHECKING:
    from nbflow.frontends.magics.face import Face


def line(face: Face, text: str) -> None:
    """Carry out the line."""
    # of several words one name is made, and offered
    words = operands("name", text, MANY, face.place())
    say(name_flow(face, " ".join(words) if words else None))


def name_flow(face: Face, name: str | None) -> str:
    """Give the flow a name, or return the one it has."""
    if name is not None:
        if not FLOW_NAME.match(name):
            raise_for(
                "R004",
                face.place(),
                option=f"%flow name {name}",
                message="letters, digits, _ . and -, starting with a letter",
                fix="%flow name "
                + ("".join(letter if letter.isalnum() else "_" for letter in name).lstrip("_0123456789") or "my_flow"),
            )
        face.rename(name)
    return face.flow
