"""Rules about decorators that do not go with how a step goes on."""

from __future__ import annotations

from collections.abc import Iterator

from nbflow.errors import Problem, problem
from nbflow.graph.classes.lint.registry import rule
from nbflow.graph.classes.lint.wording import place_of
from nbflow.graph.classes.walked import WalkedFlow, WalkedStep
from nbflow.model.secret import left_behind


def has(step: WalkedStep, decorator: str) -> bool:
    """Say whether a step has `@decorator`."""
    return any(each.name == decorator for each in step.draft.decorators)


@rule
def caught_steps_do_not_decide(flow: WalkedFlow) -> Iterator[Problem]:
    """F038, F039: no @catch where, after an error, nobody knows how to go on."""
    for step in flow.steps:
        kind = step.goes_on.kind if step.goes_on and has(step, "catch") else None
        if kind in ("foreach", "parallel"):
            yield problem("F038", place_of(step), name=step.name)
        elif kind == "switch":
            yield problem("F039", place_of(step), name=step.name)


@rule
def parallel_steps_do_not_decide(flow: WalkedFlow) -> Iterator[Problem]:
    """F040: of tasks side by side, none chooses the next step for all."""
    for step in flow.steps:
        if step.goes_on and step.goes_on.kind == "switch" and has(step, "parallel"):
            yield problem("F040", place_of(step), name=step.name)


@rule
def secrets_of_this_machine_stay_here(flow: WalkedFlow) -> Iterator[Problem]:
    """F044: a step that runs elsewhere has no secret that is only here."""
    for step in flow.steps:
        options = step.draft.options
        for secret in left_behind(options.secrets, options.backend):
            yield problem("F044", place_of(step), step=step.name, secret=secret.text, name=secret.variable or secret.id)
