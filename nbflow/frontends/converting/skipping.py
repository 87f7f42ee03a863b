"""Which steps may really be skipped: of two steps that exclude each other one runs, and so does what reads of either."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from nbflow.graph.givers import sources_of
from nbflow.graph.resolved import ResolvedFlow, ResolvedStep
from nbflow.model.graph import Source
from nbflow.model.ids import StepName


def settled(flow: ResolvedFlow) -> ResolvedFlow:
    """Return `flow` with no step called conditional that always runs."""
    steps = list(flow.steps)
    for number, step in enumerate(steps):
        found = replace(flow, steps=tuple(steps))
        if step.conditional and not step.join and all(_one_ran(found, sources) for sources in lacking(found, step)):
            guarded = bool(step.draft.wiring.when or step.else_of)
            steps[number] = replace(step, conditional=guarded, conditional_whole=False)
    return replace(flow, steps=tuple(steps))


def lacking(flow: ResolvedFlow, step: ResolvedStep) -> Iterator[tuple[Source, ...]]:
    """Yield the givers of each name without which `step` is skipped, as far as all of them may be skipped themselves."""
    defaults = {name for name, _ in step.draft.wiring.default}
    for read in step.reads:
        sources = sources_of(read.giver)
        if (
            sources
            and not read.soft
            and read.name not in defaults
            and all(flow[each.step].conditional for each in sources)
        ):
            yield sources


def excluded(flow: ResolvedFlow, step: ResolvedStep) -> set[StepName]:
    """Return the steps that did not run when `step` does: those of its --else-of, and of theirs."""
    return set(step.else_of).union(*(excluded(flow, flow[name]) for name in step.else_of))


def _one_ran(flow: ResolvedFlow, sources: tuple[Source, ...]) -> bool:
    """Say whether one of `sources`, all of which may be skipped, certainly runs: one is what is left when others do not."""
    names = {each.step for each in sources}
    for each in map(flow.__getitem__, names):
        others = excluded(flow, each)
        judged = not any(list(lacking(flow, flow[name])) for name in {each.name, *others})
        if others and others <= names and judged and not each.draft.wiring.when:
            return True
    return False
