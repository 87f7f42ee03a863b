"""The notebook that is converted: its flow, read and resolved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import NoReturn

from nbflow.errors import Place, raise_for
from nbflow.frozen import frozen
from nbflow.graph.resolved import Read, ResolvedFlow, ResolvedStep
from nbflow.model.graph import Graph
from nbflow.model.ids import StepName


@frozen
class Original:
    """A flow of cells without errors."""

    #: file name of the notebook
    notebook: str
    #: the flow's name
    name: str
    graph: Graph
    flow: ResolvedFlow
    #: parameter → what an assignment cell sets it to
    assigned: Mapping[str, str] = field(default_factory=dict)
    #: what the notebook itself is called, in its first heading
    title: str = ""
    #: step → the heading above its cell
    headings: Mapping[StepName, str] = field(default_factory=dict)

    @property
    def parameters(self) -> frozenset[str]:
        """The names of its parameters."""
        return frozenset(each.name for each in self.graph.parameters)

    def required(self, step: ResolvedStep) -> frozenset[str]:
        """Return the names that `step` must leave: others only show what it did on the way."""
        return self.graph[step.name].required


def reads_of(step: ResolvedStep, use: str) -> Iterator[Read]:
    """Yield what one use of `step` reads, each name once, in the order of the text."""
    found = {read.name: read for read in reversed(step.reads) if read.use == use}
    yield from sorted(found.values(), key=lambda read: (read.line or 0, read.name))


def refuse(place: Place, what: str, why: str, fix: str) -> NoReturn:
    """Raise R070: a class cannot say what the notebook says at `place`."""
    raise_for("R070", place, what=what, why=why, fix=fix)
