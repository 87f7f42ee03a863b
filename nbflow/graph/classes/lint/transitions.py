"""Rules about the self.next of each step."""

from __future__ import annotations

from collections.abc import Iterator

from nbflow.errors import Problem, did_you_mean, problem
from nbflow.flowspec.next_calls import why_invalid
from nbflow.graph.classes.lint.registry import rule
from nbflow.graph.classes.lint.wording import next_of, place_of
from nbflow.graph.classes.walked import WalkedFlow


@rule
def every_step_goes_on(flow: WalkedFlow) -> Iterator[Problem]:
    """F015: each step but the last has a self.next."""
    silent = [step for step in flow.steps if not step.draft.transitions and step.name != flow.end]
    if flow.end is None:
        # that it is unclear which step is the last is said already: those that may be meant are not blamed
        marked = [step for step in silent if step.draft.end or step.name == "end"]
        meant = silent if len(silent) == 1 else marked
        silent = [step for step in silent if step not in meant]
    for step in silent:
        yield problem("F015", place_of(step), name=step.name)


@rule
def every_step_goes_on_once(flow: WalkedFlow) -> Iterator[Problem]:
    """F018, F019: a step has one self.next, and it is its last statement."""
    for step in flow.steps:
        said = step.draft.transitions
        if step.name == flow.end or not said:
            continue
        if len(said) > 1:
            lines = ", ".join(str(each.line) for each in said)
            yield problem("F018", next_of(step, said[1]), name=step.name, lines=lines)
        elif not step.draft.ends_with_next:
            yield problem("F019", next_of(step), name=step.name)


@rule
def transitions_are_of_a_known_kind(flow: WalkedFlow) -> Iterator[Problem]:
    """F016: a self.next can be read before anything runs."""
    for step in flow.steps:
        for said in step.draft.transitions if step.name != flow.end else ():
            if said.kind == "invalid":
                body = step.draft.body
                why = why_invalid(body.source, said.line - body.line + 1)
                yield problem("F016", next_of(step, said), name=step.name, wrong=why)


@rule
def transitions_lead_to_steps(flow: WalkedFlow) -> Iterator[Problem]:
    """F017: a self.next names steps of the flow."""
    for step in flow.steps:
        for said in step.draft.transitions if step.name != flow.end else ():
            for target in said.targets if said.kind != "invalid" else ():
                if target not in flow:
                    hint = did_you_mean(target, flow.positions)
                    yield problem("F017", next_of(step, said), name=step.name, target=target, hint=hint)
