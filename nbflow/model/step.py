"""A step as its cell states it, before it meets the other steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Literal

from nbflow.errors import NOWHERE, Place, Problem
from nbflow.frozen import frozen
from nbflow.model.ids import StepName
from nbflow.model.options import Options
from nbflow.model.parameter import ParameterDef

#: assign: leaves an artifact · definition: import, def, class, lambda · header: for, with, except, case targets
#: · mixed: bound both as a value and as a definition
BindingKind = Literal["assign", "definition", "header", "mixed"]


@frozen
class Binding:
    """How a body binds one name."""

    kind: BindingKind
    #: bound on every way to the end of the body
    certain: bool
    #: 1-based line of the cell that binds it first
    line: int
    #: text of the construct it stands under when not certain, as in `if flag`
    under: str = ""


@frozen
class Merge:
    """A `merge_artifacts(inputs, …)` statement."""

    include: tuple[str, ...] | None
    exclude: tuple[str, ...]
    line: int


@frozen
class DiscardedCall:
    """A call on a name whose value nobody takes, as in `model.fit(X)`: it may change the name's value."""

    name: str
    text: str
    line: int


@frozen
class Names:
    """What a piece of code does to names. Lines are lines of the cell, 1-based."""

    #: names that may be read before the code binds them → first line
    reads: Mapping[str, int] = field(default_factory=dict)
    #: those of `reads` that the code itself may have bound wherever it reads them: it can do without a giver
    tried: frozenset[str] = frozenset()
    #: names a function body reads that are bound only later or perhaps: a read if something above gives them
    soft: frozenset[str] = frozenset()
    bindings: Mapping[str, Binding] = field(default_factory=dict)
    #: names deleted and not certainly bound again → line
    deleted: Mapping[str, int] = field(default_factory=dict)
    #: names whose value is changed in place (`df["c"] = …`) while it is not the body's own → first line
    changed: Mapping[str, int] = field(default_factory=dict)
    #: names in annotations: never a read
    annotations: frozenset[str] = frozenset()
    #: names read only inside functions and lambdas defined here (a subset of reads and soft)
    later: frozenset[str] = frozenset()
    merge: Merge | None = None
    calls: tuple[DiscardedCall, ...] = ()


@frozen
class Expression:
    """A Python expression given as an option."""

    source: str
    names: Names
    #: column of the header line at which it starts, for carets
    column: int = 0


@frozen
class TakeFrom:
    """One item of `--in`: local `name` is `artifact` of `step`; without a step it only declares a read."""

    name: str
    step: StepName | None = None
    artifact: str | None = None


@frozen
class Wiring:
    """How a step hangs in the graph, as its header says it."""

    foreach: Expression | None = None
    #: the item's name; `item` unless --as
    item: str = "item"
    #: --as was given, so the step leaves the item under that name
    item_named: bool = False
    join: tuple[StepName, ...] = ()
    any: bool = False
    after: tuple[StepName, ...] = ()
    when: Expression | None = None
    else_of: tuple[StepName, ...] = ()
    take: tuple[TakeFrom, ...] = ()
    #: None: everything assigned
    out: tuple[str, ...] | None = None
    #: name → source text of the literal
    default: tuple[tuple[str, str], ...] = ()
    capture: tuple[str, ...] = ()


@frozen
class Body:
    """The code of a step, ready for a worker."""

    #: Python, with shell lines and magics rewritten; same line count as the cell's body
    source: str
    #: 1-based line of the cell on which `source` begins
    line: int
    #: the whole cell as the person wrote it
    cell: str
    #: file name under which tracebacks show the cell, as in `<analysis.ipynb · cell 7>`
    file: str
    #: digest of the syntax tree: comments, blank lines and formatting do not count
    digest: str
    names: Names = field(default_factory=Names)
    #: distributions' modules that the body imports
    modules: tuple[str, ...] = ()
    #: (path beside the flow's file, text) of what the code package takes along: the notebook that is the body
    files: tuple[tuple[str, str], ...] = ()


@frozen
class StepDraft:
    """One `%%step` cell."""

    name: StepName
    place: Place
    wiring: Wiring
    options: Options
    body: Body
    #: definitions that stand in the body: functions, classes, imports
    statements: tuple[Statement, ...] = ()
    #: notices: recorded options whose engine is not there yet
    notices: tuple[Problem, ...] = ()


#: file: a whole file of Python, of which a flow is made
StatementKind = Literal["import", "function", "class", "constant", "compound", "attached", "file"]


@frozen
class Statement:
    """A top-level statement that defines names, kept as text."""

    names: tuple[str, ...]
    kind: StatementKind
    source: str
    #: the whole cell it stands in, for tracebacks and inspect.getsource
    cell: str
    file: str
    line: int
    #: digest of its syntax tree
    key: str
    #: names read when it is executed
    now: frozenset[str]
    #: names read when what it defines is used
    later: frozenset[str]
    annotations: frozenset[str] = frozenset()
    #: modules it imports
    modules: tuple[str, ...] = ()
    place: Place = NOWHERE
    #: step whose body it stands in; None: a plain cell
    step: StepName | None = None
    #: for "attached": the definition it belongs to
    owner: str | None = None


@frozen
class Computed:
    """A name that a plain cell computes: its value exists in the kernel only."""

    name: str
    place: Place
    #: how, as a person would say it: `computed in cell 7`
    how: str


@frozen
class Unreplayed:
    """Something a plain cell does to its process (`pd.set_option(…)`, `%env`): a step's process does not see it."""

    #: name it is done through, as `pd`; empty: the process as such
    name: str
    #: as written, without arguments
    call: str
    place: Place


@frozen
class SetupCell:
    """A `%%setup` cell: run first in every task."""

    body: Body
    place: Place


@frozen
class Definitions:
    """What plain cells define. `statements` are the latest ones, in execution order."""

    statements: tuple[Statement, ...] = ()
    computed: Mapping[str, Computed] = field(default_factory=dict)
    unreplayed: tuple[Unreplayed, ...] = ()

    def of(self, name: str) -> Statement | None:
        """Return the statement that binds `name`, if one does."""
        for statement in reversed(self.statements):
            if name in statement.names and statement.kind != "attached":
                return statement
        return None


@frozen
class FlowDraft:
    """A notebook as a flow: all that the graph is built from, in flow order."""

    steps: tuple[StepDraft, ...] = ()
    parameters: tuple[ParameterDef, ...] = ()
    definitions: Definitions = field(default_factory=Definitions)
    setup: tuple[SetupCell, ...] = ()
    #: statements of the %%parameters cell (its imports) are among the definitions
    problems: tuple[Problem, ...] = ()
