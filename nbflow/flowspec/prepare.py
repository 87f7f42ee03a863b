"""A flow class is made ready: its steps gathered, configs put in, mutators applied, decorators of --with added.

Nothing of the class itself changes: it can be made ready again with other configs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import FunctionType
from typing import Any

from nbflow.errors import NbflowError, Problem, error, problem
from nbflow.flowspec import uses
from nbflow.flowspec.config import configs_of, resolve
from nbflow.flowspec.decorators import NOTED, Decorator, Kind, noted
from nbflow.flowspec.finding import AnyKind, kind_named
from nbflow.flowspec.mutable import MutableFlow, MutableStep, Session
from nbflow.flowspec.parameter import Parameter
from nbflow.flowspec.personal import ready
from nbflow.flowspec.prepared import PreparedFlow, PreparedStep
from nbflow.flowspec.spec_text import SpecText, read_spec
from nbflow.flowspec.step import mark_of
from nbflow.flowspec.written import place_of


def prepare(
    flow_class: type, *, config_values: Mapping[str, Any] | None = None, with_specs: Sequence[str] = ()
) -> PreparedFlow:
    """Return a flow class made ready.

    Args:
        flow_class: The class. Its steps, parameters and decorators are its own and those of its base classes, whose
            steps come first; a class may write a step of its base classes anew.
        config_values: Attribute → value of each config, as `config.read` gives them. None: they have their defaults.
        with_specs: Decorators for all steps that have none of the name, as in `retry:times=2`.

    Raises:
        FlowError: Its decorators or configs make no sense; all that can be told at once is in it.
        Exception: A mutator raised it.
    """
    configs = configs_of(flow_class)
    flow = PreparedFlow(flow_class.__name__, flow_class, configs=dict(configs))
    flow.config_values = resolve(configs, config_values)
    problems = [*_read_steps(flow), *_read_flow(flow)]
    if problems:
        raise error([*problems, *_check(flow)])
    early: set[int] = set()
    _mutate(flow, early, early=True)
    problems = _add(flow, with_specs)
    _mutate(flow, early, early=True)
    _mutate(flow, set(), early=False)
    if problems := [*problems, *_check(flow)]:
        raise error(dict.fromkeys(problems))
    return flow


# ---- what stands in the code


def _read_steps(flow: PreparedFlow) -> Iterator[Problem]:
    functions: dict[str, FunctionType] = {}
    for base in reversed(flow.flow_class.__mro__):
        for name, value in vars(base).items():
            if mark_of(value):
                functions[name] = value
            elif functions.pop(name, None) and isinstance(value, FunctionType):
                yield problem("D038", place_of(value), step=name, flow=base.__name__)
    for name, function in functions.items():
        mark = mark_of(function)
        assert mark is not None, "only steps were gathered"
        step = PreparedStep(name, function, start=mark.start, end=mark.end, node_info=mark.node_info)
        yield from _take(function, step, flow.config_values)
        flow.steps[name] = step


def _read_flow(flow: PreparedFlow) -> Iterator[Problem]:
    for base in reversed(flow.flow_class.__mro__):
        for name, value in vars(base).items():
            if isinstance(value, Parameter):
                flow.parameters[name] = value
            else:
                flow.parameters.pop(name, None)
        yield from _take(base, flow, flow.config_values)


def _take(target: Any, holder: PreparedStep | PreparedFlow, values: Mapping[str, Any]) -> Iterator[Problem]:
    """Give `holder` the decorators noted at `target`, with the values of configs in them."""
    for use in noted(target, NOTED):
        known = None
        try:
            known = use.with_values(values)
        except NbflowError as failed:
            yield from failed.problems
        if not use.kind.repeatable and any(use.name == each.name for each in holder.decorators):
            code, owner = ("D008", "step") if isinstance(holder, PreparedStep) else ("D009", "flow")
            yield problem(code, use.place, name=use.name, **{owner: holder.name})
        elif known:
            holder.decorators.append(known)
    yield from _take_personal(target, holder, values)


def _take_personal(target: Any, holder: PreparedStep | PreparedFlow, values: Mapping[str, Any]) -> Iterator[Problem]:
    fresh: dict[int, Any] = {}
    for listed in ("wrappers", "mutators"):
        kept = []
        for use in noted(target, f"__nbflow_{listed}__"):
            # one that is of two kinds is noted twice, and is one object
            if id(use) not in fresh:
                try:
                    fresh[id(use)] = ready(use, values)
                except NbflowError as failed:
                    yield from failed.problems
                    continue
            kept.append(fresh[id(use)])
        # mutators act as Python applies decorators: the one that stands closest is first
        getattr(holder, listed, []).extend(kept if listed == "wrappers" else reversed(kept))


# ---- mutators, and --with


def _mutate(flow: PreparedFlow, done: set[int], *, early: bool) -> None:
    """Let each mutator act that is not in `done`: those of the flow first, and then those that they added."""
    while waiting := next(((each, held) for each, held in _mutators(flow) if id(each) not in done), None):
        mutator, holder = waiting
        done.add(id(mutator))
        session = Session(flow, early=early, static=uses.is_static(mutator))
        seen = MutableStep(session, holder) if isinstance(holder, PreparedStep) else MutableFlow(session, holder)
        (mutator.pre_mutate if early else mutator.mutate)(seen)


def _mutators(flow: PreparedFlow) -> Iterator[tuple[Any, PreparedStep | PreparedFlow]]:
    for mutator in flow.mutators:
        yield mutator, flow
    for step in flow.steps.values():
        for mutator in step.mutators:
            yield mutator, step


def _add(flow: PreparedFlow, texts: Sequence[str]) -> list[Problem]:
    """Add what --with says to all steps that have no such decorator, and return what is wrong with it."""
    problems: list[Problem] = []
    chosen: list[tuple[AnyKind, SpecText]] = []
    for text in texts:
        try:
            spec = read_spec(text, f"--with {text}")
            kind = kind_named(spec.name, flow.flow_class, "step", spec.place)
        except NbflowError as failed:
            problems += failed.problems
            continue
        if not (isinstance(kind, Kind) and kind.repeatable):
            # said again, it is meant otherwise
            chosen = [each for each in chosen if each[0] is not kind]
        chosen.append((kind, spec))
    for kind, spec in chosen:
        try:
            for step in flow.steps.values():
                _add_one(flow, step, kind, spec)
        except NbflowError as failed:
            problems += failed.problems
    return problems


def _add_one(flow: PreparedFlow, step: PreparedStep, kind: AnyKind, spec: SpecText) -> None:
    use = uses.use_of(kind, (), spec.attributes, flow, static=False, typed=spec.typed)
    if isinstance(use, Decorator):
        use, problems = use.checked("all steps")
        if problems:
            raise error(problems)
    uses.put(use, step, uses.IGNORE)


# ---- what came of it


def _check(flow: PreparedFlow) -> list[Problem]:
    """Give every built-in decorator its values as they are kept, and return what is wrong with them."""
    problems: list[Problem] = []
    holders: list[tuple[PreparedFlow | PreparedStep, str]] = [(flow, "the flow")]
    holders += ((step, f"step '{step.name}'") for step in flow.steps.values())
    for holder, on in holders:
        checked = [each.checked(on) for each in holder.decorators]
        holder.decorators[:] = [each for each, _ in checked]
        problems += [each for _, found in checked for each in found]
    return problems
