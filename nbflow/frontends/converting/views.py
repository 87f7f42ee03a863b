"""What a join of the notebook looks at in its `inputs`, and whether a join of a class would see the same."""

from __future__ import annotations

import ast

from nbflow.cells.syntax import parse_module
from nbflow.frontends.converting.following import Follower
from nbflow.frontends.converting.naming import attribute
from nbflow.frontends.converting.original import Original, refuse
from nbflow.frontends.converting.sketch import Env
from nbflow.graph.resolved import ResolvedStep
from nbflow.graph.view import view_chain
from nbflow.model.ids import StepName


def looked_at(original: Original, join: ResolvedStep) -> set[str]:
    """Return the artifacts that the body of `join` may read from what it joins: those it mentions at all."""
    left = {name for step in original.flow.steps for name in step.leaves}
    mentioned: set[str] = set()
    for node in ast.walk(parse_module(join.draft.body.source)):
        match node:
            case ast.Attribute(attr=name) | ast.keyword(arg=str(name)) | ast.Constant(value=str(name)):
                mentioned.add(name)
    return (mentioned & left) | join.merged


def check_views(original: Original, follower: Follower, join: ResolvedStep, ends: dict[StepName, Env]) -> None:
    """Find out that each joined step, with artifacts as in `ends`, shows the join what the notebook shows it.

    Raises:
        UsageError: R070, it does not.
    """
    names = looked_at(original, join)
    for step, env in ends.items():
        for name in sorted(names):
            expected = _writers(original, step, name)
            if expected and not follower.same(expected, env.get(attribute(name), ())):
                what = f"'{name}' of {step}, as {join.name} sees it"
                why = f"in the class it would be {' or '.join(env.get(attribute(name), ())) or 'nobody'}'s"
                refuse(join.draft.place, what, why, f"give the '{name}' of each step a name of its own")


def _writers(original: Original, step: StepName, name: str) -> tuple[StepName, ...]:
    """Return the steps whose `name` a view of `step` may show, the preferred one first."""
    found: list[StepName] = []
    for each in view_chain(original.graph, step):
        if name in original.flow[each].leaves:
            found.append(each)
            if not original.flow[each].conditional:
                break
    return tuple(found)
