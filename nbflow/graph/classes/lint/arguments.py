"""Rules about the arguments of steps."""

from __future__ import annotations

from collections.abc import Iterator

from nbflow.errors import Problem, problem
from nbflow.graph.classes.lint.registry import rule
from nbflow.graph.classes.lint.wording import place_of
from nbflow.graph.classes.walked import WalkedFlow

#: kind of a transition → how it would be called in an error
_SPLITS = {
    "split": "to multiple steps",
    "foreach": "to a foreach",
    "parallel": "to parallel tasks",
    "switch": "by a condition",
}


@rule
def steps_take_self_and_joins_inputs(flow: WalkedFlow) -> Iterator[Problem]:
    """F012, F014: a step has the argument `self`, a join `inputs`, too."""
    for step in flow.steps:
        arguments = step.draft.arguments
        if len(arguments) > 2:
            yield problem("F012", place_of(step), name=step.name, arguments=", ".join(arguments))
        elif not arguments or arguments[0] == "inputs":
            yield problem("F014", place_of(step), name=step.name, arguments=", ".join(("self", *arguments)))


@rule
def a_join_does_not_split(flow: WalkedFlow) -> Iterator[Problem]:
    """F013: a step joins or splits, never both."""
    for step in flow.steps:
        how = _SPLITS.get(step.goes_on.kind) if step.goes_on else None
        if step.draft.joins and how:
            yield problem("F013", place_of(step), name=step.name, how=how)
