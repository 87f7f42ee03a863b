"""`%flow config`: settings of this kernel."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from nbflow.errors import did_you_mean, raise_for
from nbflow.frontends.magics.flowline import MANY, operands
from nbflow.frontends.magics.show import say

if TYPE_CHECKING:
    from nbflow.frontends.magics.face import Face


def line(face: Face, text: str) -> None:
    """Carry out the line."""
    configure(face, operands("config", text, MANY, face.place()))


def configure(face: Face, words: Sequence[str]) -> None:
    """Take `run_cells=true|false`."""
    for word in words:
        name, _, value = word.partition("=")
        if name.replace("-", "_") != "run_cells" or value.lower() not in {"true", "false"}:
            hint = did_you_mean(word, ["run_cells=true", "run_cells=false"])
            raise_for(
                "R004",
                face.place(),
                option=f"%flow config {word}",
                message=f"there is run_cells=true|false.{hint}",
                fix="%flow config run_cells=false",
            )
        face.run_cells = value.lower() == "true"
    say(f"run_cells={str(face.run_cells).lower()}")
