"""The search for the giver of a name: the order in which steps, parameters, definitions and builtins are asked."""

from __future__ import annotations

import builtins
from collections.abc import Mapping
from dataclasses import field

from nbflow.frozen import frozen
from nbflow.graph.givers import (
    Below,
    Builtin,
    FromContext,
    FromDefinition,
    FromKernel,
    FromParameter,
    FromSetup,
    FromSteps,
    Giver,
    Hidden,
    Misdirected,
    Provided,
    Unknown,
)
from nbflow.graph.outline import binds_for_others
from nbflow.graph.upstream import Upstream
from nbflow.model.graph import Source, Use
from nbflow.model.ids import ScopeName, StepName
from nbflow.model.step import Computed, FlowDraft, Statement, StepDraft, TakeFrom

#: what a worker puts into every step's globals beside the builtins
PROVIDED = frozenset({"display"})
#: and into those of a join
OF_JOINS = frozenset({"inputs", "merge_artifacts"})
#: names of the foreach around a step; they never pull a step into it
CONTEXTUAL = frozenset({"index", "item"})
_BUILTIN = frozenset(dir(builtins))


@frozen
class Surroundings:
    """What a flow has beside its steps, and where each step stands."""

    draft: FlowDraft
    parameters: frozenset[str]
    setup: frozenset[str]
    positions: Mapping[StepName, int] = field(default_factory=dict)

    @classmethod
    def of(cls, draft: FlowDraft, steps: tuple[StepDraft, ...]) -> Surroundings:
        """Return the surroundings of `steps`, which are the flow's in order."""
        bound = (
            name
            for cell in draft.setup
            for name, binding in cell.body.names.bindings.items()
            if binding.kind != "header" and name not in cell.body.names.deleted
        )
        return cls(
            draft,
            frozenset(each.name for each in draft.parameters),
            frozenset(bound),
            {step.name: number for number, step in enumerate(steps)},
        )


class Search:
    """Finds what gives a name to one step.

    Responsibilities: the order of givers. It decides nothing about the step itself.
    """

    def __init__(
        self, step: StepDraft, around: Surroundings, upstream: Upstream, filled: frozenset[str] = frozenset()
    ) -> None:
        self._step = step
        #: names that merge_artifacts has filled when the body reads them
        self._filled = filled
        self._around = around
        self._upstream = upstream
        self._takes: dict[str, TakeFrom] = {take.name: take for take in step.wiring.take if take.step is not None}

    def giver(self, name: str, use: Use, base: tuple[ScopeName, ...]) -> Giver:
        """Return what gives `name` to `use` of the step, which stands in `base`."""
        own = self._own(name, use)
        if own is not None:
            return own
        if name in self._takes:
            return self._taken(self._takes[name])
        if name in self._step.wiring.capture:
            return FromKernel()
        return self._context(name, base) or self.visible(name)

    def shown(self, name: str, base: tuple[ScopeName, ...]) -> Giver:
        """Return what the notebook would show as `name` where the step stands, whatever its header chooses."""
        return self._own(name, "body") or self._context(name, base) or self.visible(name)

    def visible(self, name: str) -> Giver:
        """Return what `name` means by position alone, whatever foreach the step is in."""
        definition = self._around.draft.definitions.of(name)
        plain = FromDefinition(definition) if definition else None
        found = self._upstream.last(name, self._upstream.binders(name), plain)
        if found is not None:
            return found
        if name in self._around.parameters:
            return FromParameter()
        if (hidden := self._hidden(name, definition)) is not None:
            return hidden
        if plain is not None:
            return plain
        if name in self._around.setup:
            return FromSetup()
        if name in PROVIDED:
            return Provided()
        if name in _BUILTIN:
            return Builtin()
        below = self._below(name)
        return Below(below) if below else Unknown()

    def _hidden(self, name: str, definition: Statement | None) -> Hidden | None:
        """Return what only the kernel holds, or what plain cells and %%setup both bind."""
        computed = self._around.draft.definitions.computed.get(name)
        if computed is None and name in self._around.setup and definition and definition.kind != "import":
            cell = definition.place.cell or "a plain cell"
            computed = Computed(name, definition.place, f"bound in {cell} and in %%setup: rename one of them")
        return Hidden(computed) if computed else None

    def statements_above(self) -> tuple[Statement, ...]:
        """Return the definitions in the bodies of the steps above, in flow order."""
        return tuple(each for step in self._upstream.steps.values() for each in step.draft.statements)

    def _own(self, name: str, use: Use) -> Giver | None:
        """Return what the step's own header gives: its foreach, its join."""
        wiring = self._step.wiring
        if wiring.join and use == "body" and name in OF_JOINS | self._filled:
            return Provided()
        if wiring.foreach is None or use == "items":
            return None
        scope = ScopeName(self._step.name)
        if name == wiring.item:
            return FromContext(scope, "item")
        return FromContext(scope, "index") if name == "index" else None

    def _taken(self, take: TakeFrom) -> Giver:
        """Return what --in chooses."""
        giver = self._upstream.steps.get(take.step) if take.step else None
        artifact = take.artifact or take.name
        if giver is None or artifact not in giver.leaves:
            return Misdirected()
        return FromSteps((Source(giver.name, artifact),))

    def _context(self, name: str, base: tuple[ScopeName, ...]) -> Giver | None:
        """Return what the foreach around the step gives: an artifact left inside it, else its index or item."""
        scope = self._scope_of(name, base)
        if scope is None:
            return None
        context = FromContext(scope, "index" if name == "index" else "item")
        inside = [
            binder
            for binder in self._upstream.binders(name)
            if scope in (around := self._upstream.steps[binder.step].scope) and base[: len(around)] == around
        ]
        return self._upstream.last(name, inside, context) or context

    def _scope_of(self, name: str, base: tuple[ScopeName, ...]) -> ScopeName | None:
        """Return the innermost foreach of `base` that gives `name`; one with --as gives no `item`."""
        if name not in CONTEXTUAL:
            return None
        for scope in reversed(base):
            if name == "index" or not self._upstream.steps[StepName(scope)].draft.wiring.item_named:
                return scope
        return None

    def _below(self, name: str) -> StepName | None:
        here = self._around.positions[self._step.name]
        for step in self._around.draft.steps:
            if self._around.positions.get(step.name, -1) > here and binds_for_others(step, name):
                return step.name
        return None
