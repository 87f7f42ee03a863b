"""The methods of the class to be, before their text: whose body each has, how it goes on, what passes through it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from nbflow.graph.resolved import ResolvedStep
from nbflow.model.ids import StepName

#: artifact → the steps that may have written it last, the one that would have done so last of all first
Env = Mapping[str, tuple[StepName, ...]]


@dataclass(slots=True)
class Onward:
    """A `self.next`."""

    kind: Literal["linear", "split", "foreach", "switch"] = "linear"
    targets: list[str] = field(default_factory=list)
    #: of a foreach the list, of a switch the text that decides
    variable: str = ""
    #: of a switch: method → when it is chosen; "": when none before it is
    conditions: dict[str, str] = field(default_factory=dict)

    @property
    def otherwise(self) -> str | None:
        """Of a switch: the method that is chosen when no condition holds; None: one always does."""
        return next((each for each in self.targets if each not in self.conditions), None)


@dataclass(slots=True)
class Sketch:
    """One method."""

    name: str
    #: whose body it has; None: it only leads on
    step: ResolvedStep | None = None
    #: why it is there, if it only leads on
    doc: str = ""
    joins: bool = False
    onward: Onward | None = None
    #: name that the body reads → artifact
    reads: dict[str, str] = field(default_factory=dict)
    #: artifact that is set just before `self.next` → expression
    sets: dict[str, str] = field(default_factory=dict)
    #: artifacts that `sets` and `onward` read
    uses: set[str] = field(default_factory=set)
    #: of a join: artifact → the joined method that has it; "": all have the same
    offers: dict[str, str] = field(default_factory=dict)
    #: of a join: what of this it takes, since it or a method below reads it → whether it is certainly there
    takes: dict[str, bool] = field(default_factory=dict)
    #: of a join: artifacts as they are offered
    env: Env = field(default_factory=dict)

    @property
    def is_free(self) -> bool:
        """It may still go on in any way."""
        caught = self.step is not None and self.step.draft.options.catch is not None
        return self.onward is None and not self.joins and not caught
