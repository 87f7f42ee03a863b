"""Rules about foreach and parallel steps."""

from __future__ import annotations

from collections.abc import Iterator

from nbflow.errors import Problem, problem
from nbflow.graph.classes.lint.decorators import has
from nbflow.graph.classes.lint.registry import optional_rule, rule
from nbflow.graph.classes.lint.wording import next_of, place_of
from nbflow.graph.classes.walked import WalkedFlow, WalkedStep
from nbflow.model.ids import StepName


@rule
def a_foreach_has_children(flow: WalkedFlow) -> Iterator[Problem]:
    """F031: something runs for each item before it is joined."""
    for step in flow.steps:
        if step.fault == "childless":
            split = _opener(step)
            yield problem("F031", next_of(flow[split]), name=split, join=step.name)


@rule
def a_foreach_has_its_step_to_itself(flow: WalkedFlow) -> Iterator[Problem]:
    """F032: only one way leads to the step that runs once per item."""
    for step in flow.steps:
        if step.fault == "shared":
            split = _opener(step)
            others = ", ".join(arrival.giver for arrival in step.arrivals if arrival.giver != split)
            yield problem("F032", next_of(flow[split]), name=step.name, split=split, others=others)


def _opener(step: WalkedStep) -> StepName:
    """Return the first step whose foreach leads to `step` directly."""
    tops = [arrival.frames[-1] for arrival in step.arrivals if arrival.frames]
    return next(top.split for top in tops if top.branch == step.name and top.kind != "split")


@optional_rule
def foreaches_are_not_nested(flow: WalkedFlow) -> Iterator[Problem]:
    """F033: no foreach stands in another one, for what cannot run that."""
    for step in flow.steps:
        splits = [frame.split for frame in step.frames if frame.kind == "foreach"]
        if step.opened and step.opened.kind == "foreach" and len(splits) > 1:
            yield problem("F033", next_of(flow[splits[-1]]), inner=splits[-1], outer=splits[-2])


@rule
def parallel_steps_are_declared(flow: WalkedFlow) -> Iterator[Problem]:
    """F034: what num_parallel calls has @parallel."""
    for step in flow.steps:
        said = step.goes_on
        if said is None or said.kind != "parallel" or said.targets[0] not in flow:
            continue
        target = flow[said.targets[0]]
        if not has(target, "parallel") and not target.draft.joins:
            yield problem("F034", place_of(target), name=target.name, giver=step.name)


@rule
def parallel_steps_are_joined(flow: WalkedFlow) -> Iterator[Problem]:
    """F035: after a @parallel step comes its join."""
    for step in flow.steps:
        if not has(step, "parallel") or step.goes_on is None:
            continue
        others = [target for target in step.goes_on.targets if target in flow and not flow[target].draft.joins]
        if others and step.goes_on.kind != "switch":
            yield problem("F035", next_of(step), name=step.name, target=others[0])


@rule
def parallel_steps_are_called_so(flow: WalkedFlow) -> Iterator[Problem]:
    """F036: what has @parallel is called by num_parallel."""
    for step in flow.steps:
        if not has(step, "parallel"):
            continue
        for giver in flow.steps:
            said = giver.goes_on
            if said and said.kind != "parallel" and step.name in said.targets and giver is not step:
                yield problem("F036", next_of(giver), name=step.name, giver=giver.name)
