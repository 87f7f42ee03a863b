"""What came of building a graph, of cells or of a class."""

from __future__ import annotations

from nbflow.errors import Problem
from nbflow.frozen import frozen
from nbflow.model.graph import Graph


@frozen
class Built:
    """A graph and its problems. It may run if none of them is an error."""

    graph: Graph
    problems: tuple[Problem, ...] = ()

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that keep the flow from running."""
        return tuple(each for each in self.problems if each.severity == "error")
