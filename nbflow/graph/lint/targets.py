"""Rules about the steps that a header names."""

from __future__ import annotations

from collections.abc import Iterator

from nbflow.errors import Place, Problem, did_you_mean, problem
from nbflow.graph.lint.registry import rule
from nbflow.graph.resolved import ResolvedFlow, ResolvedStep
from nbflow.graph.wording import listed, option_of
from nbflow.model.ids import StepName


@rule
def targets_exist(flow: ResolvedFlow) -> Iterator[Problem]:
    """G002: --join, --after, --else-of and --in name steps of the flow."""
    for step, option, name, where in _targets(flow):
        if name not in flow.positions and name not in flow.missing:
            known = [each.name for each in flow.above(step)]
            yield problem("G002", where, option=option, name=name, hint=did_you_mean(name, known))


@rule
def targets_are_above(flow: ResolvedFlow) -> Iterator[Problem]:
    """G003: a step waits for steps above it only."""
    for step, option, name, where in _targets(flow):
        if flow.positions.get(name, -1) > flow.positions[step.name]:
            yield problem("G003", where, option=option, name=name)


@rule
def targets_are_others(flow: ResolvedFlow) -> Iterator[Problem]:
    """G004: a step does not wait for itself."""
    for step, option, name, where in _targets(flow):
        if name == step.name:
            yield problem("G004", where, option=option, name=name)


@rule
def else_of_names_conditional_steps(flow: ResolvedFlow) -> Iterator[Problem]:
    """C008: --else-of names a step with a condition of its own."""
    for step in flow.steps:
        for name in step.else_of:
            other = flow[name].draft.wiring
            if not (other.when or other.else_of):
                yield problem(
                    "C008",
                    option_of(step.draft, "--else-of"),
                    conflict=f"--else-of {name}: step {name} has no condition",
                    fix=f"give {name} a --when, or drop --else-of {name}",
                )


@rule
def taken_names_are_left(flow: ResolvedFlow) -> Iterator[Problem]:
    """G006: `--in m=step.x` names an artifact that the step leaves."""
    for step in flow.steps:
        for take in step.draft.wiring.take:
            if take.step is None or flow.positions.get(take.step, len(flow.steps)) >= flow.positions[step.name]:
                continue
            artifact, giver = take.artifact or take.name, flow[take.step]
            if artifact in giver.leaves:
                continue
            spec = f"{take.step}.{artifact}" if take.name == artifact else f"{take.name}={take.step}.{artifact}"
            near = did_you_mean(artifact, giver.leaves).strip()
            yield problem(
                "G006",
                option_of(step.draft, "--in"),
                spec=spec,
                giver=take.step,
                name=artifact,
                leaves=listed(sorted(giver.leaves)) if giver.leaves else "nothing",
                fix=near or f"assign '{artifact}' in {take.step}, or name what it leaves",
            )


def _targets(flow: ResolvedFlow) -> Iterator[tuple[ResolvedStep, str, StepName, Place]]:
    """Yield each step named in each header: by whom, in which option, and where."""
    for step in flow.steps:
        wiring = step.draft.wiring
        taken = tuple(take.step for take in wiring.take if take.step)
        options = {"--join": wiring.join, "--after": wiring.after, "--else-of": wiring.else_of, "--in": taken}
        for option, names in options.items():
            for name in dict.fromkeys(names):
                yield step, option, name, option_of(step.draft, option)
