"""`%flow show`: the graph, drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nbflow.cards.html import picture
from nbflow.errors import raise_for, sorted_by_place
from nbflow.frontends.magics.flowline import operands
from nbflow.frontends.magics.show import line as one_line
from nbflow.frontends.magics.show import say
from nbflow.graph.draw import svg, text
from nbflow.graph.summary import summaries
from nbflow.model.record import StepSummary

if TYPE_CHECKING:
    from nbflow.frontends.magics.face import Face


@dataclass(frozen=True, slots=True)
class Drawing:
    """A graph that shows itself: a picture in a notebook, lines in a terminal."""

    steps: tuple[StepSummary, ...]

    def _repr_html_(self) -> str:
        return picture(svg(self.steps), "the flow's graph")

    def __repr__(self) -> str:
        return text(self.steps)


def line(face: Face, words: str) -> Drawing:
    """Carry out the line."""
    operands("show", words, 0, face.place())
    return show_flow(face)


def show_flow(face: Face) -> Drawing:
    """Return the graph as a picture, also when it has problems, which are printed."""
    if not face.session.slots:
        raise_for("R007", face.place())
    built = face.build()
    for each in sorted_by_place(built.problems):
        say(str(each) if each.severity == "error" else one_line(each))
    return Drawing(summaries(built.graph))
