"""What gives a name that a step reads: one frozen class per kind of answer.

Resolution always ends in one of these and never raises. The kinds from `Blocked` on are answers too: they say why
nothing can be given, and lint turns them into problems.
"""

from __future__ import annotations

from typing import Literal

from nbflow.frozen import frozen
from nbflow.graph.fates import Withheld
from nbflow.model.graph import Source
from nbflow.model.ids import ScopeName, StepName
from nbflow.model.step import Computed, Statement


@frozen
class FromSteps:
    """An artifact: of the first of `sources` that ran."""

    sources: tuple[Source, ...]


@frozen
class FromParameter:
    """A parameter of the flow."""


@frozen
class FromDefinition:
    """A definition of a plain cell or of a step above."""

    statement: Statement


@frozen
class FromContext:
    """The index or the item of the foreach `scope`."""

    scope: ScopeName
    what: Literal["index", "item"]


@frozen
class FromKernel:
    """A value captured from the kernel (--capture)."""


@frozen
class FromSetup:
    """A name that a %%setup cell binds."""


@frozen
class Provided:
    """A name that every task, or every join, is given: `display`, `inputs`."""


@frozen
class Builtin:
    """A name of Python's own."""


@frozen
class Blocked:
    """The last step above that binds the name does not leave it."""

    step: StepName
    how: Withheld
    #: the nearest step above that left the name, if one did
    older: StepName | None = None


@frozen
class Mixed:
    """A value of `sources` if one of them runs, else `other`, which is no value of a step."""

    sources: tuple[Source, ...]
    other: FromDefinition | FromContext


@frozen
class Undecided:
    """Several writers, and neither depends on the other."""

    #: candidates as the order of the cells would have it
    sources: tuple[Source, ...]
    #: the other writers, in flow order
    others: tuple[StepName, ...]


@frozen
class Hidden:
    """A value that only the kernel holds."""

    computed: Computed


@frozen
class Below:
    """Only a step below binds it."""

    step: StepName


@frozen
class Misdirected:
    """--in sends it to a step that is not above or does not leave it."""


@frozen
class Unknown:
    """Nothing gives it."""


Given = FromSteps | FromParameter | FromDefinition | FromContext | FromKernel | FromSetup | Provided | Builtin
Refused = Blocked | Mixed | Undecided | Hidden | Below | Misdirected | Unknown
Giver = Given | Refused


def sources_of(giver: Giver) -> tuple[Source, ...]:
    """Return the artifacts `giver` may stand for, preferred first; of a refused one, what it most likely means."""
    return giver.sources if isinstance(giver, FromSteps | Undecided | Mixed) else ()
