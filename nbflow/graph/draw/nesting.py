"""Steps gathered by the foreach they stand in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from nbflow.model.record import StepSummary


@dataclass(slots=True)
class Nest:
    """The steps of one foreach, and the foreach inside it, in flow order. The outermost has no scope."""

    scope: str
    parts: list[StepSummary | Nest] = field(default_factory=list)


def nested(steps: Sequence[StepSummary]) -> Nest:
    """Return `steps` as nests. A scope that is no step of the flow is drawn as if it were not there."""
    names = {step.name for step in steps}
    top = Nest("")
    open_nests: dict[tuple[str, ...], Nest] = {(): top}
    for step in steps:
        nest, path = top, tuple[str, ...]()
        for scope in step.scope:
            if scope not in names:
                continue
            path = (*path, scope)
            if path not in open_nests:
                open_nests[path] = Nest(scope)
                nest.parts.append(open_nests[path])
            nest = open_nests[path]
        nest.parts.append(step)
    return top
