"""A flow written as a class, before its steps meet: the form that `flowspec` reads out of it and `graph` builds from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any, Literal

from nbflow.errors import NOWHERE, Place
from nbflow.frozen import frozen
from nbflow.model.ids import StepName
from nbflow.model.options import Options
from nbflow.model.step import Body

#: `invalid`: a self.next that no rule fits
TransitionKind = Literal["linear", "split", "foreach", "parallel", "switch", "invalid"]


@frozen
class Transition:
    """One `self.next(...)`, read from the text of a step."""

    kind: TransitionKind
    #: in the order written; of a switch each once, in the order of its cases
    targets: tuple[StepName, ...]
    #: of a foreach the variable with the list, of a switch the one that decides
    variable: str | None = None
    #: of a switch: value → step, in the order written
    cases: tuple[tuple[str | int | float | bool | None, StepName], ...] = ()
    #: 1-based line of the text in which the step's body stands (see Body.line)
    line: int = 0

    def to_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "targets": list(self.targets),
            "variable": self.variable,
            "cases": [list(case) for case in self.cases],
            "line": self.line,
        }

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Transition:
        cases = tuple((value, StepName(step)) for value, step in raw["cases"])
        return cls(raw["kind"], tuple(map(StepName, raw["targets"])), raw["variable"], cases, raw["line"])


@frozen
class DecoratorSpec:
    """A decorator as it is shown and recorded: its name and attributes; values that JSON has not are their text."""

    name: str
    attributes: Mapping[str, Any] = field(default_factory=dict)


@frozen
class MethodDraft:
    """One `@step` of a class."""

    name: StepName
    place: Place
    #: `source` is the text of the method, decorators included, as in the file
    body: Body
    #: every self.next in it that is a statement of its own, in the order written; one is right
    transitions: tuple[Transition, ...]
    #: the last statement of the body is a self.next
    ends_with_next: bool
    #: positional arguments, `self` included
    arguments: tuple[str, ...]
    options: Options = field(default_factory=Options)
    decorators: tuple[DecoratorSpec, ...] = ()
    #: @step(start=True), @step(end=True)
    start: bool = False
    end: bool = False
    doc: str = ""

    @property
    def joins(self) -> bool:
        """It takes `inputs`."""
        return len(self.arguments) == 2


@frozen
class ClassDraft:
    """A class as a flow: its steps in the order of their definition, those of base classes first."""

    name: str
    steps: tuple[MethodDraft, ...]
    #: the class, as the definitions module names it
    flow_class: str
    place: Place = NOWHERE
    #: parameters, IncludeFiles and configs, by the name of the class attribute
    constants: frozenset[str] = frozenset()
    #: decorators of the class
    decorators: tuple[DecoratorSpec, ...] = ()
    doc: str = ""
