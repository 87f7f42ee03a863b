"""What joins take over: a join of a class begins with nothing, so what is read below must pass through it."""

from __future__ import annotations

from collections.abc import Sequence

from nbflow.frontends.converting.certainty import is_left
from nbflow.frontends.converting.naming import Names, attribute
from nbflow.frontends.converting.original import Original
from nbflow.frontends.converting.sketch import Sketch
from nbflow.frontends.converting.views import looked_at


def carry(original: Original, names: Names, sketches: Sequence[Sketch]) -> None:
    """Let each join of `sketches` take what it, or a method below, reads."""
    read_at: dict[str, set[str]] = {}
    for sketch in reversed(sketches):
        below = {name for target in _targets(sketch) for name in read_at[target]}
        here = set(sketch.reads.values())
        needed = here | ((sketch.uses | below) - _certainly_set(names, sketch))
        if sketch.joins:
            sketch.takes = {
                name: _is_there(original, names, sketch, name) for name in sorted(needed & sketch.offers.keys())
            }
            needed = {*sketch.takes, *(map(attribute, looked_at(original, sketch.step)) if sketch.step else ())}
        read_at[sketch.name] = needed


def _is_there(original: Original, names: Names, join: Sketch, name: str) -> bool:
    """Say whether one of those who may have written `name` before `join` certainly did."""
    artifact = {attribute(each): each for step in original.flow.steps for each in step.leaves}
    artifact |= {kept: each for (_, each), kept in names.kept.items()}
    writers = [original.flow[step] for step in join.env[name]]
    certain = all(is_left(original.flow, step, artifact[name]) for step in writers)
    return not writers or (certain and not writers[-1].conditional)


def _targets(sketch: Sketch) -> list[str]:
    return sketch.onward.targets if sketch.onward else []


def _certainly_set(names: Names, sketch: Sketch) -> set[str]:
    step = sketch.step
    if step is None:
        return set(sketch.sets)
    kept = {name for artifact, name in names.kept_by(step.name).items() if artifact not in step.perhaps}
    return {*map(attribute, step.leaves - step.perhaps), *kept, *sketch.sets}
