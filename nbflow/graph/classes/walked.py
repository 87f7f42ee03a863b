"""What a walk through a class finds: its steps in flow order, the ways that lead to each, the splits around it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import TYPE_CHECKING, Literal

from nbflow.frozen import frozen
from nbflow.model.flowclass import ClassDraft, MethodDraft, Transition
from nbflow.model.ids import StepName

if TYPE_CHECKING:
    from fractions import Fraction


@frozen
class Frame:
    """A split that is not joined yet, and which of its branches."""

    kind: Literal["split", "foreach", "parallel"]
    #: the step that split
    split: StepName
    #: the step it split to
    branch: StepName


@frozen
class Arrival:
    """One way that leads to a step."""

    giver: StepName
    #: the splits in which the way stands, outermost first
    frames: tuple[Frame, ...]
    #: a switch must choose it
    case: bool
    #: False: the giver has no place, so the frames are a guess
    sound: bool
    #: how often, of all runs, the way is taken: a switch divides it by the number of its ways
    share: Fraction | int


#: why a step that is reached has no place
Fault = Literal[
    "open",  # the last step, inside a split
    "unjoined",  # branches meet and nothing joins them
    "shared",  # a foreach and another way lead to it
    "unsplit",  # it joins and nothing was split
    "unrelated",  # it joins ways of several splits
    "incomplete",  # it joins some branches of a split
    "childless",  # it joins a foreach that leads directly to it
    "chosen",  # it joins, and a switch leads directly to it
]


@frozen
class WalkedStep:
    """A step that has met the steps before it."""

    draft: MethodDraft
    #: its self.next, if it has one that can be followed; None for the last step
    goes_on: Transition | None
    arrivals: tuple[Arrival, ...] = ()
    #: the splits around its body, outermost first
    frames: tuple[Frame, ...] = ()
    closes: Frame | None = None
    placed: bool = True
    fault: Fault | None = None
    #: 1: each run that comes to its split comes to it
    share: Fraction | int = 1

    @property
    def name(self) -> StepName:
        return self.draft.name

    @property
    def opened(self) -> Frame | None:
        """The foreach or gang that leads to it."""
        own = self.frames[-1] if self.frames and not self.draft.joins else None
        return own if own and own.kind != "split" and own.branch == self.name else None

    @property
    def loops(self) -> bool:
        """It may choose itself."""
        return self.goes_on is not None and self.goes_on.kind == "switch" and self.name in self.goes_on.targets


@frozen
class WalkedFlow:
    """All steps of a class in flow order, those that no way leads to last."""

    draft: ClassDraft
    steps: tuple[WalkedStep, ...]
    start: StepName | None
    end: StepName | None
    #: steps that a way from the first step leads to, the first included
    reached: frozenset[StepName]
    #: those of them in a loop or behind one, which have no order
    tangled: frozenset[StepName]
    positions: Mapping[StepName, int] = field(default_factory=dict)

    def __getitem__(self, name: StepName) -> WalkedStep:
        return self.steps[self.positions[name]]

    def __contains__(self, name: object) -> bool:
        return name in self.positions

    @property
    def is_whole(self) -> bool:
        """Of every step that is reached it is known where it leads, and that is onward: no way is missing."""
        return bool(self.reached) and not self.tangled and all(map(self._is_clear, self.reached))

    def _is_clear(self, name: StepName) -> bool:
        if name == self.end:
            return True
        step = self[name]
        targets = step.goes_on.targets if step.goes_on else ()
        back = self.start in targets and not (name == self.start and step.loops)
        return bool({*targets} - {name}) and all(target in self for target in targets) and not back


def meant(method: MethodDraft) -> tuple[StepName, ...]:
    """Return every step that some self.next of a step names."""
    return tuple(dict.fromkeys(target for each in method.transitions for target in each.targets))


def takes_what_steps_take(method: MethodDraft) -> bool:
    """Say whether the arguments of a step tell if it joins. One without any is a step without `self`."""
    return len(method.arguments) <= 2 and method.arguments[:1] != ("inputs",)
