"""All examples, in the order in which they are typed: each folder, store and kernel is as the ones before left it."""

from __future__ import annotations

from gallery import calls, cells, commands, declared, decorators, flowruns, notebooks, shapes
from gallery.example import Example

EXAMPLES: tuple[Example, ...] = (
    *notebooks.EXAMPLES,
    *commands.EXAMPLES,
    *calls.EXAMPLES,
    *shapes.EXAMPLES,
    *decorators.EXAMPLES,
    *declared.EXAMPLES,
    *flowruns.EXAMPLES,
    *cells.EXAMPLES,
)
