"""The check that stands before whatever concerns the whole flow of a notebook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nbflow.errors import Problem, error, raise_for, sorted_by_place
from nbflow.frontends.magics.saved import edited
from nbflow.model.graph import Graph

if TYPE_CHECKING:
    from nbflow.frontends.magics.face import Face


def checked(face: Face, *, whole: bool) -> tuple[Graph, tuple[Problem, ...]]:
    """Return the graph and its notices. Raises FlowError with every problem, cells edited since they ran (`whole`) included."""
    if not face.session.slots:
        raise_for("R007", face.place())
    built = face.build()
    problems = list(built.problems)
    if whole:
        problems += edited(face, built.graph)
    errors = [each for each in sorted_by_place(problems) if each.severity == "error"]
    if errors:
        raise error(errors)
    return built.graph, tuple(problems)
