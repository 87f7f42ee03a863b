"""The graph of a flow: one form for notebook cells and for classes.

Nodes stand in flow order. A node waits for its needs; edges, scopes and ancestors are derived from them. Nothing
downstream of this module knows which face a flow was written with.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Literal, Self

from nbflow.errors import NOWHERE, Place
from nbflow.frozen import frozen
from nbflow.model.flowclass import DecoratorSpec, Transition
from nbflow.model.ids import ScopeName, StepName
from nbflow.model.options import Options
from nbflow.model.parameter import ParameterDef
from nbflow.model.step import Body, SetupCell, Statement


class Missing:
    """Type of MISSING: no value given, where None is a value."""

    _one: Self | None = None

    def __new__(cls) -> Self:
        cls._one = cls._one or super().__new__(cls)
        return cls._one

    def __repr__(self) -> str:
        return "MISSING"

    def __bool__(self) -> bool:
        return False


MISSING = Missing()


@frozen
class Source:
    """One possible giver."""

    step: StepName
    #: the artifact; None: the whole manifest (classes) or nothing (order)
    name: str | None = None
    #: counts only if `step` chose the consumer (switch of the class face)
    case: bool = False


#: what of the step asks: its body, its --foreach expression, its --when condition
Use = Literal["body", "items", "when"]


@frozen
class Need:
    """One thing a step waits for."""

    kind: Literal["value", "manifest", "inputs", "order"]
    #: local name; None for inputs, manifest and order
    binds: str | None
    #: outer: one per branch or view; inner: candidates, preferred first
    branches: tuple[tuple[Source, ...], ...]
    rule: Literal["all", "any"] = "all"
    #: "inputs" over a foreach: one view per item of this scope
    closes: ScopeName | None = None
    #: source text of the literal that stands in when every giver was skipped
    default: str | Missing = MISSING
    uses: tuple[Use, ...] = ("body",)
    #: the step can do without: it goes ahead, the name unbound, when every giver was skipped
    soft: bool = False


@frozen
class Scope:
    """A foreach (or gang), opened by the step of the same name."""

    kind: Literal["foreach", "gang"]
    parent: tuple[ScopeName, ...]
    #: cells: the --foreach expression; classes: the name of the variable of the step that fired
    items: str
    item: str = "item"
    #: the item is left as an artifact under `item`
    named: bool = False
    limit: int = 10_000
    empty: Literal["run", "error"] = "run"
    #: classes: the step whose body lists the items as it ends; None: a task of its own evaluates `items`
    lister: StepName | None = None


@frozen
class Condition:
    """When the step runs at all. Reads scalars only."""

    expression: str | None
    else_of: tuple[StepName, ...] = ()


@frozen
class Switch:
    """A choice of the next step by the value of `variable` (classes). Its own name among the cases: a self-loop."""

    variable: str
    #: value → step, in the order written
    cases: tuple[tuple[str | int | float | bool | None, StepName], ...]

    @property
    def steps(self) -> tuple[StepName, ...]:
        """The steps it may choose, each once."""
        return tuple(dict.fromkeys(step for _, step in self.cases))


@frozen
class Everything:
    """`leaves` of a class step: whatever its body set."""


@frozen
class CodeRef:
    """What a worker runs for a node, and what of it is part of its fingerprint."""

    body: Body
    #: definitions the code reads directly, resolved to statements
    roots: tuple[str, ...] = ()
    #: the statements it needs, in the order they must be executed
    slice: tuple[Statement, ...] = ()


#: how a step of a class goes on, as Metaflow names it; the first and the last step have kinds of their own
StepKind = Literal["start", "linear", "split", "foreach", "split-switch", "join", "end"]


@frozen
class Method:
    """What makes a node a step of a class."""

    #: the class, as the definitions module names it
    flow_class: str
    kind: StepKind
    #: what its `self.next` says; None for the last step
    goes_on: Transition | None = None
    #: its decorators, for those who look
    decorators: tuple[DecoratorSpec, ...] = ()
    doc: str = ""


@frozen
class Node:
    """A step with its place in the graph."""

    name: StepName
    #: the foreach it stands in, outermost first; its own last when it opens one
    scope: tuple[ScopeName, ...]
    needs: tuple[Need, ...]
    code: CodeRef
    options: Options
    opens: Scope | None = None
    when: Condition | None = None
    switch: Switch | None = None
    leaves: frozenset[str] | Everything = frozenset()
    #: its manifest starts from the input's (linear steps of classes)
    passes: bool = False
    #: names that stay unbound on some way through the body: the older value is handed on where it was read
    perhaps: frozenset[str] = frozenset()
    #: names left that a step below reads or --out names: they must be stored
    required: frozenset[str] = frozenset()
    #: names merge_artifacts fills
    merged: frozenset[str] = frozenset()
    #: parameters its code reads
    parameters: frozenset[str] = frozenset()
    #: names given by the foreach around it: `index` and items without --as → the scope they belong to
    context: Mapping[str, ScopeName] = field(default_factory=dict)
    #: names whose value comes from the kernel (--capture)
    captured: tuple[str, ...] = ()
    #: may be skipped (static)
    conditional: bool = False
    #: classes: the method that is its body
    method: Method | None = None
    place: Place = NOWHERE

    @property
    def loops(self) -> bool:
        """It may choose itself as the next step."""
        return self.switch is not None and self.name in self.switch.steps

    @property
    def base(self) -> tuple[ScopeName, ...]:
        """The scope in which the step's items are listed: `scope` without the foreach it opens."""
        return self.scope[:-1] if self.opens else self.scope

    @property
    def closes(self) -> ScopeName | None:
        """The foreach this step joins, if it does."""
        return next((need.closes for need in self.needs if need.closes), None)

    @property
    def givers(self) -> tuple[StepName, ...]:
        """The steps it waits for, each once, in the order of its needs."""
        found = (source.step for need in self.needs for branch in need.branches for source in branch)
        return tuple(dict.fromkeys(found))


@frozen
class Graph:
    """A flow, static, without data."""

    nodes: tuple[Node, ...]
    parameters: tuple[ParameterDef, ...] = ()
    setup: tuple[SetupCell, ...] = ()
    #: every definition of the flow, latest first found by name: what unpickling may ask for
    statements: tuple[Statement, ...] = ()
    #: what the flow's author says of it: the docstring of a class
    doc: str = ""

    def __getitem__(self, name: str) -> Node:
        for node in self.nodes:
            if node.name == name:
                return node
        raise KeyError(name)

    def __contains__(self, name: object) -> bool:
        return any(node.name == name for node in self.nodes)

    def ancestors(self, name: str) -> frozenset[StepName]:
        """Return every step that `name` waits for, directly or not."""
        found: set[StepName] = set()
        todo = list(self[name].givers)
        while todo:
            giver = todo.pop()
            if giver not in found:
                found.add(giver)
                todo.extend(self[giver].givers)
        return frozenset(found)

    def below(self, name: str) -> frozenset[StepName]:
        """Return every step that waits for `name`, directly or not."""
        found = {StepName(name)}
        # nodes stand in flow order: givers first
        for node in self.nodes:
            if found & set(node.givers):
                found.add(node.name)
        return frozenset(found - {name})
