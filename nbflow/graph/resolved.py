"""The resolved flow: every name of every step with its giver, every step with its foreach. What lint and build read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field

from nbflow.errors import Problem
from nbflow.frozen import frozen
from nbflow.graph.fates import Fate
from nbflow.graph.givers import Giver
from nbflow.model.graph import Use
from nbflow.model.ids import ScopeName, StepName
from nbflow.model.step import FlowDraft, Statement, StepDraft


@frozen
class Read:
    """One name that a step reads, for one of its uses."""

    name: str
    use: Use
    giver: Giver
    #: line of the cell on which it is read; None: the header says so
    line: int | None = None
    #: the step can do without: it goes ahead when every giver was skipped
    soft: bool = False


@frozen
class Pull:
    """Something of another step that decides in which foreach this one stands."""

    #: as a person would say it: a name, or `--else-of s`
    what: str
    step: StepName
    scope: tuple[ScopeName, ...]


@frozen
class ResolvedStep:
    """A step that has met the steps above it."""

    draft: StepDraft
    reads: tuple[Read, ...]
    #: targets of its options that are steps above, in the order written
    join: tuple[StepName, ...]
    after: tuple[StepName, ...]
    else_of: tuple[StepName, ...]
    pulls: tuple[Pull, ...]
    base: tuple[ScopeName, ...]
    closes: ScopeName | None
    #: False: an error in its wiring makes `base` a guess, so nothing is concluded from it
    placed: bool
    leaves: frozenset[str]
    perhaps: frozenset[str]
    merged: frozenset[str]
    #: every name it binds, and what became of it
    fates: Mapping[str, Fate]
    #: a task of it may be skipped
    conditional: bool
    #: all its tasks may be skipped at once, before the items of its foreach are listed
    conditional_whole: bool
    #: every step it waits for, directly or not
    ancestors: frozenset[StepName]
    #: definitions its code reads directly
    roots: tuple[str, ...] = ()
    slice: tuple[Statement, ...] = ()
    #: what is wrong with those definitions
    slice_problems: tuple[Problem, ...] = ()

    @property
    def name(self) -> StepName:
        return self.draft.name

    @property
    def scope(self) -> tuple[ScopeName, ...]:
        """The foreach it stands in, its own included."""
        return (*self.base, ScopeName(self.name)) if self.draft.wiring.foreach else self.base

    def giver(self, name: str, use: Use = "body") -> Giver | None:
        """Return what gives `name` to one use of the step, or None when that does not read it."""
        return next((read.giver for read in self.reads if read.name == name and read.use == use), None)


@frozen
class ResolvedFlow:
    """All steps of a flow, resolved, in flow order."""

    draft: FlowDraft
    steps: tuple[ResolvedStep, ...]
    #: steps whose cell could not be read or stands there twice: names that only they bind look unknown
    missing: frozenset[StepName] = frozenset()
    #: something of the flow could not be read, so a name nobody gives may be its
    incomplete: bool = False
    positions: Mapping[StepName, int] = field(default_factory=dict)

    def __getitem__(self, name: StepName) -> ResolvedStep:
        return self.steps[self.positions[name]]

    def above(self, step: ResolvedStep) -> tuple[ResolvedStep, ...]:
        """Return the steps above `step`."""
        return self.steps[: self.positions[step.name]]

    def reads(self) -> Iterator[tuple[ResolvedStep, Read]]:
        """Yield each read of each step."""
        for step in self.steps:
            for read in step.reads:
                yield step, read
