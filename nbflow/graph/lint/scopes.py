"""Rules about foreach: what closes it, and what stands in which."""

from __future__ import annotations

from collections.abc import Iterator

from nbflow.errors import Place, Problem, problem
from nbflow.graph.lint.registry import rule
from nbflow.graph.resolved import Pull, ResolvedFlow, ResolvedStep
from nbflow.graph.scopes import fits
from nbflow.graph.wording import how_often, listed, option_of, read_of


@rule
def joins_close_something(flow: ResolvedFlow) -> Iterator[Problem]:
    """G020: --join of one step closes the foreach around it."""
    for step in flow.steps:
        if len(step.draft.wiring.join) == 1 and step.join:
            joined = flow[step.join[0]]
            if joined.placed and not joined.scope:
                yield problem("G020", option_of(step.draft, "--join"), name=joined.name)


@rule
def branches_run_equally_often(flow: ResolvedFlow) -> Iterator[Problem]:
    """G022: the steps of a --join of several stand in one foreach."""
    for step in flow.steps:
        joined = [flow[name] for name in step.join]
        if len(joined) < 2 or not all(each.placed for each in joined) or len({each.scope for each in joined}) == 1:
            continue
        deepest = max(joined, key=lambda each: len(each.scope))
        others = [each.name for each in joined if each is not deepest]
        yield problem(
            "G022",
            option_of(step.draft, "--join"),
            names=",".join(step.join),
            detail=", ".join(f"{each.name} runs {how_often(each.scope)}" for each in joined),
            fix=f"join {deepest.name} in a step of its own first, and that step with {listed(others)} here",
        )


@rule
def closed_names_come_from_inputs(flow: ResolvedFlow) -> Iterator[Problem]:
    """G023: a join reads what it closes through `inputs`."""
    for step in flow.steps:
        for pull in step.pulls:
            if step.closes and step.closes in pull.scope and flow[pull.step].placed:
                yield problem("G023", _where(step, pull), name=pull.what, scope=step.closes)


@rule
def scopes_agree(flow: ResolvedFlow) -> Iterator[Problem]:
    """G024: all that a step reads stands in one chain of foreach."""
    for step in flow.steps:
        odd = [pull for pull in step.pulls if step.closes not in pull.scope and not fits(pull, step.base, step.closes)]
        if not odd or not all(flow[pull.step].placed for pull in step.pulls):
            continue
        first = next((pull for pull in step.pulls if pull.scope == step.base), None)
        yield problem(
            "G024",
            _where(step, odd[0]),
            step=step.name,
            first=first.what if first else "inputs",
            first_scope=step.base[-1],
            second=odd[0].what,
            second_scope=odd[0].scope[-1],
        )


def _where(step: ResolvedStep, pull: Pull) -> Place:
    """Return where the step reads what pulls it."""
    read = next((read for read in step.reads if read.name == pull.what), None)
    return read_of(step.draft, read) if read else option_of(step.draft, "--else-of")
