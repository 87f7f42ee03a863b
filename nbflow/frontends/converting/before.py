"""Which step must come before which, as far as the notebook says it."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from itertools import pairwise

from nbflow.graph.givers import sources_of
from nbflow.graph.resolved import ResolvedFlow, ResolvedStep
from nbflow.model.ids import StepName

#: step → all that come before it
Before = Mapping[StepName, AbstractSet[StepName]]


def before_each(flow: ResolvedFlow) -> Before:
    """Return the steps that must come before each step of `flow`."""
    direct: dict[StepName, set[StepName]] = {step.name: _waits_for(step) for step in flow.steps}
    for step in flow.steps:
        for read in step.reads:
            candidates = [source.step for source in sources_of(read.giver)]
            # in a class the last writer counts, so the preferred one must write last
            for preferred, other in pairwise(candidates):
                direct[preferred].add(other)
    found: dict[StepName, AbstractSet[StepName]] = {}
    # what a step waits for stands above it
    for step in flow.steps:
        found[step.name] = direct[step.name].union(*(found[other] for other in direct[step.name]))
    return found


def _waits_for(step: ResolvedStep) -> set[StepName]:
    givers = {source.step for read in step.reads for source in sources_of(read.giver)}
    return {*givers, *step.join, *step.after, *step.else_of}
