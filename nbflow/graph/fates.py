"""What became of a name that a step binds, as seen from the steps below it."""

from __future__ import annotations

from typing import Literal

from nbflow.frozen import frozen
from nbflow.model.ids import StepName
from nbflow.model.step import Statement, StepDraft

#: why a name bound by a step cannot be read below it
Reason = Literal[
    "header",  # a loop, with, except or case target
    "private",
    "deleted",
    "excluded",  # --out names others
    "conditional",  # a definition that is not made on every way
    "both",  # a value and a definition
    "older",  # perhaps bound, and what it was before cannot be handed on
]


@frozen
class Left:
    """It is an artifact."""


@frozen
class Defined:
    """It is a definition: steps below get the statement."""

    statement: Statement


@frozen
class Withheld:
    """It is bound and not left: reading it below would show another value than the notebook does."""

    reason: Reason
    #: the condition of a definition, or what an older value was
    detail: str = ""


Fate = Left | Defined | Withheld


@frozen
class Binder:
    """A step that binds a name, and what became of it."""

    step: StepName
    fate: Fate


def statement_of(step: StepDraft, name: str) -> Statement | None:
    """Return the last statement of the body that defines `name`, if one does."""
    for statement in reversed(step.statements):
        if name in statement.names and statement.kind != "attached":
            return statement
    return None
