"""Rules about headers that need the other steps, or the body, to be known."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nbflow.errors import Problem, problem
from nbflow.graph.givers import FromDefinition, FromParameter, FromSteps, Giver
from nbflow.graph.lint.registry import rule
from nbflow.graph.resolved import ResolvedFlow
from nbflow.graph.wording import line_of, option_of
from nbflow.model.secret import left_behind


@rule
def names_are_unique(flow: ResolvedFlow) -> Iterator[Problem]:
    """C011: a name stands for one step."""
    said = {dict(each.facts)["name"] for each in flow.draft.problems if each.code == "C011"}
    for step in flow.draft.steps:
        first = flow[step.name].draft
        if first is not step and step.name not in said:
            said.add(step.name)
            cells = (first.place.cell or "one cell", step.place.cell or "another")
            yield problem("C011", step.place, name=step.name, first=cells[0], second=cells[1])


@rule
def defaults_are_read(flow: ResolvedFlow) -> Iterator[Problem]:
    """C008: --default stands in for an artifact that the step reads, or hands on."""
    for step in flow.steps:
        for name, _ in step.draft.wiring.default:
            givers = [read.giver for read in step.reads if read.name == name]
            conflict = None if givers else f"--default {name}: the step does not read {name}"
            for giver in givers:
                conflict = conflict or _never_skipped(name, giver)
            if conflict:
                yield problem("C008", option_of(step.draft, "--default"), conflict=conflict, fix="drop it")


def _never_skipped(name: str, giver: Giver) -> str | None:
    if isinstance(giver, FromParameter):
        return f"--default {name}: {name} is a parameter, which always has a value"
    if isinstance(giver, FromDefinition):
        return f"--default {name}: {name} is a definition, which is always there"
    return None


@rule
def captured_names_are_nobody_s(flow: ResolvedFlow) -> Iterator[Problem]:
    """C008: --capture takes a name that no step above and no parameter gives."""
    parameters = {each.name for each in flow.draft.parameters}
    for step in flow.steps:
        for name in step.draft.wiring.capture:
            writers = [above.name for above in flow.above(step) if name in above.leaves]
            owner = "it is a parameter" if name in parameters else f"step {writers[-1]} leaves it" if writers else ""
            if owner:
                yield problem(
                    "C008",
                    option_of(step.draft, "--capture"),
                    conflict=f"--capture {name}: {owner}",
                    fix=f"drop --capture {name}, or capture another name",
                )


#: calls that change what they are made on: `df.head()` is looking, not changing
_CHANGING = re.compile(
    r"\.(append|extend|insert|remove|pop|popitem|clear|update|setdefault|add|discard|sort|reverse|fill|put|resize"
    r"|fit|fit_transform|partial_fit|load_state_dict|set_params|seed|shuffle)\(|inplace=True"
)


@rule
def discarded_calls_are_meant(flow: ResolvedFlow) -> Iterator[Problem]:
    """N005: a call may change an artifact that a step below reads as it was."""
    readers = [
        (step.name, source)
        for step, read in flow.reads()
        if isinstance(read.giver, FromSteps)
        for source in read.giver.sources
    ]
    for step in flow.steps:
        calls = [call for call in step.draft.body.names.calls if _CHANGING.search(call.text)]
        first = {call.name: call for call in reversed(calls)}
        for name, call in first.items():
            giver = step.giver(name)
            if not isinstance(giver, FromSteps) or name in step.leaves:
                continue
            here = flow.positions[step.name]
            if any(source in giver.sources and flow.positions[reader] > here for reader, source in readers):
                yield problem("N005", line_of(step.draft, call.line), call=call.text, name=name)


@rule
def secrets_of_this_machine_stay_here(flow: ResolvedFlow) -> Iterator[Problem]:
    """G025: a step that runs elsewhere has no secret that is only here."""
    for step in flow.steps:
        for secret in left_behind(step.draft.options.secrets, step.draft.options.backend):
            place = option_of(step.draft, "--secret")
            yield problem("G025", place, step=step.name, secret=secret.text, name=secret.variable or secret.id)
