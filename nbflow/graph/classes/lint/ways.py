"""Rules about the ways through a flow: none goes round, and one leads to each step."""

from __future__ import annotations

from collections.abc import Iterator

from nbflow.errors import Problem, problem
from nbflow.graph.classes.lint.registry import rule
from nbflow.graph.classes.lint.wording import next_of, place_of
from nbflow.graph.classes.walked import WalkedFlow, meant
from nbflow.model.ids import StepName


@rule
def no_way_goes_round(flow: WalkedFlow) -> Iterator[Problem]:
    """F020: no step comes after itself, unless it says so itself by a condition."""
    for loop in _loops(flow):
        last = flow[loop[-1]]
        said = next(each for each in last.draft.transitions if loop[0] in each.targets)
        yield problem("F020", next_of(last, said), loop="->".join((*loop, loop[0])), last=last.name, first=loop[0])


def _loops(flow: WalkedFlow) -> Iterator[tuple[StepName, ...]]:
    """Yield loops that have no step in common, each from its first step on."""
    leads = {
        step.name: [each for each in meant(step.draft) if not (each == step.name and step.loops)]
        for step in flow.steps
        # that nothing may lead to the first step, or away from the last, is said by rules of their own
        if step.name in flow.tangled and step.name not in (flow.start, flow.end)
    }
    while leads:
        if idle := [name for name, targets in leads.items() if not any(target in leads for target in targets)]:
            for name in idle:
                leads.pop(name)
            continue
        way = [next(iter(leads))]
        while (target := next(each for each in leads[way[-1]] if each in leads)) not in way:
            way.append(target)
        yield tuple(loop := way[way.index(target) :])
        for name in loop:
            leads.pop(name)


@rule
def a_way_leads_to_every_step(flow: WalkedFlow) -> Iterator[Problem]:
    """F021: each step can be reached from the first one."""
    # where it is not known how a step goes on, it may lead there
    if not flow.is_whole:
        return
    for step in flow.steps:
        if step.name not in flow.reached:
            yield problem("F021", place_of(step), name=step.name, start=flow.start)
