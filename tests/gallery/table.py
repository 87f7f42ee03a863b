"""All examples, in the order in which they are typed: each folder, store and kernel is as the ones before left it."""

from __future__ import annotations

from gallery import (
    asked,
    calls,
    carded,
    cells,
    classes,
    commands,
    configured,
    declared,
    decorators,
    deployments,
    flowruns,
    looks,
    messages,
    notebooks,
    noticed,
    packed,
    schedules,
    shapes,
    stored,
    whole,
)
from gallery.example import Example

EXAMPLES: tuple[Example, ...] = (
    *notebooks.EXAMPLES,
    *commands.EXAMPLES,
    *schedules.EXAMPLES,
    *whole.EXAMPLES,
    *calls.EXAMPLES,
    *stored.EXAMPLES,
    *packed.EXAMPLES,
    *carded.EXAMPLES,
    *configured.EXAMPLES,
    *deployments.EXAMPLES,
    *looks.EXAMPLES,
    *asked.EXAMPLES,
    *noticed.EXAMPLES,
    *shapes.EXAMPLES,
    *decorators.EXAMPLES,
    *declared.EXAMPLES,
    *classes.EXAMPLES,
    *flowruns.EXAMPLES,
    *messages.EXAMPLES,
    *cells.EXAMPLES,
)
