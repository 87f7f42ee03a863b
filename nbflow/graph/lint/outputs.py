"""Rules about the names that steps leave."""

from __future__ import annotations

from collections.abc import Iterator

from nbflow.errors import Place, Problem, did_you_mean, problem
from nbflow.graph.givers import FromDefinition, FromParameter, Refused
from nbflow.graph.lint.registry import rule
from nbflow.graph.outline import assigned, out_only
from nbflow.graph.resolved import ResolvedFlow, ResolvedStep
from nbflow.graph.wording import line_of, listed, option_of


@rule
def parameters_stay(flow: ResolvedFlow) -> Iterator[Problem]:
    """G012: a step binds no parameter and changes none in place."""
    parameters = {each.name for each in flow.draft.parameters}
    for step in flow.steps:
        for name, where in _written(step).items():
            if name in parameters:
                yield problem("G012", where, name=name)


def _written(step: ResolvedStep) -> dict[str, Place]:
    """Return the names a step binds beyond its own body, or changes, and where."""
    draft, names = step.draft, step.draft.body.names
    options = {"--as": [draft.wiring.item] if draft.wiring.foreach and draft.wiring.item_named else []}
    options["--catch"] = [draft.options.catch.name] if draft.options.catch and draft.options.catch.name else []
    options["--in"] = [take.name for take in draft.wiring.take if take.step]
    options["--out"] = list(out_only(draft))
    found = {name: option_of(draft, option) for option, given in options.items() for name in given}
    bound = {name for name, each in names.bindings.items() if each.kind in {"definition", "mixed"}} | assigned(draft)
    found |= {name: line_of(draft, names.bindings[name].line) for name in sorted(bound)}
    return found | {name: line_of(draft, line) for name, line in names.changed.items()}


@rule
def out_names_are_left(flow: ResolvedFlow) -> Iterator[Problem]:
    """C030, C032: --out names values that the step leaves. What its cell alone can tell is said with the cell."""
    for step in flow.steps:
        bindings = step.draft.body.names.bindings
        for name in step.draft.wiring.out or ():
            giver = step.giver(name)
            if name in step.leaves or isinstance(giver, FromParameter | FromDefinition | Refused):
                continue
            where = option_of(step.draft, "--out")
            if name in bindings:
                yield problem("C032", where, name=name)
            else:
                yield problem("C030", where, name=name, hint=did_you_mean(name, step.leaves))


@rule
def definitions_stay(flow: ResolvedFlow) -> Iterator[Problem]:
    """G014: a step changes no constant, function or class; attributes of modules are local to its task."""
    for step in flow.steps:
        draft = step.draft
        places = {name: option_of(draft, "--out") for name in out_only(draft)}
        places |= {name: line_of(draft, line) for name, line in draft.body.names.changed.items()}
        for name, where in places.items():
            giver = step.giver(name)
            if isinstance(giver, FromDefinition) and not giver.statement.modules:
                yield problem("G014", where, name=name)


@rule
def merged_names_are_given(flow: ResolvedFlow) -> Iterator[Problem]:
    """G001: merge_artifacts includes names that the joined steps, or those above them, leave."""
    for step in flow.steps:
        merge = step.draft.body.names.merge
        if merge is None or not step.placed or flow.incomplete:
            continue
        seen = {*step.join}.union(*(flow[name].ancestors for name in step.join))
        known = {name for each in seen for name in flow[each].leaves}
        for name in merge.include or ():
            if name not in known:
                where = line_of(step.draft, merge.line)
                fix = f"include what {listed(step.join)} left"
                yield problem("G001", where, name=name, hint=did_you_mean(name, known), extra="", fix=fix)
