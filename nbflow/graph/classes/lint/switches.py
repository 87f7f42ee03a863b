"""Rules about choices of the next step."""

from __future__ import annotations

from collections.abc import Iterator

from nbflow.errors import Problem, problem
from nbflow.graph.classes.lint.registry import rule
from nbflow.graph.classes.lint.wording import next_of
from nbflow.graph.classes.walked import WalkedFlow, WalkedStep
from nbflow.model.flowclass import Transition


def _switches(flow: WalkedFlow) -> Iterator[tuple[WalkedStep, Transition]]:
    for step in flow.steps:
        if step.goes_on is not None and step.goes_on.kind == "switch":
            yield step, step.goes_on


@rule
def a_switch_has_several_cases(flow: WalkedFlow) -> Iterator[Problem]:
    """F027, F029: there is something to choose from."""
    for step, said in _switches(flow):
        if not said.cases:
            yield problem("F029", next_of(step), name=step.name)
        elif len(said.cases) < 2:
            yield problem("F027", next_of(step), name=step.name, count=len(said.cases), target=said.targets[0])


@rule
def a_switch_has_a_condition(flow: WalkedFlow) -> Iterator[Problem]:
    """F028: an artifact decides."""
    for step, said in _switches(flow):
        if said.variable is None:
            yield problem("F028", next_of(step), name=step.name)


@rule
def a_self_loop_has_a_way_out(flow: WalkedFlow) -> Iterator[Problem]:
    """F030: a step that may choose itself may choose another, too."""
    for step, said in _switches(flow):
        if len(said.cases) > 1 and set(said.targets) == {step.name}:
            yield problem("F030", next_of(step), name=step.name)
