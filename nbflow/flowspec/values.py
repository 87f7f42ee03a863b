"""The values of a run's parameters: what overrides what, and what is wrong, all at once and before anything runs.

Precedence, low to high: default, `NBFLOW_RUN_<NAME>` (METAFLOW_RUN_<NAME> is read as well), what is given.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from nbflow.errors import NbflowError, Problem, error, problem
from nbflow.flowspec.config_value import ConfigValue, plain
from nbflow.flowspec.context import ParameterContext, computed
from nbflow.flowspec.delayed import Values
from nbflow.flowspec.naming import among, clashes, hint_of_parameter
from nbflow.flowspec.parameter import Parameter
from nbflow.flowspec.prepared import PreparedFlow
from nbflow.flowspec.quoting import listed, one_line, shown
from nbflow.flowspec.typed import KINDS, Kind, MisfitError, kind_of, name_of
from nbflow.frozen import frozen
from nbflow.model.value import encode

Origin = Literal["default", "environment", "given"]

#: starts of the environment variables that set a parameter, the stronger first
_PREFIXES = ("NBFLOW_RUN_", "METAFLOW_RUN_")
#: characters of JSON above which a record says only what a value is
_MOST = 10_000


class FromText(str):
    """A value as a person typed it in a terminal. A str from a program is read alike, where a parameter is no str."""

    __slots__ = ()


@frozen
class Value:
    """A parameter's value in one run."""

    #: as a person types it
    name: str
    value: Any
    #: str, int, float, bool, JSONType, list[str] or IncludeFile
    type_name: str
    origin: Origin
    #: what the run's record shows
    json: Any


def declared(prepared: PreparedFlow) -> dict[str, Parameter]:
    """Return the flow's parameters by attribute, with what they take from configs.

    Raises:
        ParameterError: some of them make no sense, alone or together.
    """
    parameters: Mapping[str, Parameter] = prepared.parameters
    problems = clashes({attribute: (each.label, each.name) for attribute, each in parameters.items()})
    made = {}
    for attribute, each in parameters.items():
        try:
            made[attribute] = each.settled(prepared.config_values)
        except NbflowError as failed:
            problems += failed.problems
    if problems:
        raise error(problems)
    return made


def resolve_parameters(
    prepared: PreparedFlow,
    given: Mapping[str, object],
    environ: Mapping[str, str],
    context: ParameterContext,
) -> dict[str, Value]:
    """Return the value of each parameter, by attribute of the class.

    Args:
        prepared: the flow.
        given: values that beat all others, by name or attribute, whose case and `-` or `_` do not matter. None says
            nothing.
        environ: the process's environment variables.
        context: what defaults that are functions are told; names and configs are filled in here.

    Raises:
        ParameterError: some values are wrong or missing; all of them are named.
    """
    parameters = declared(prepared)
    values = prepared.config_values
    configs = ConfigValue(values.scope if isinstance(values, Values) else values)
    context = context._replace(configs=configs, flow_name=context.flow_name or prepared.name)
    state = _Resolution(prepared.name, context)
    chosen = _by_attribute(given, {attribute: each.name for attribute, each in parameters.items()}, state.problems)
    for attribute, each in parameters.items():
        if attribute in chosen:
            state.take(attribute, each, chosen[attribute], "given", "")
        elif found := _of_environment(each.name, environ):
            variable, text = found
            state.take(attribute, each, FromText(text), "environment", f"it comes from the variable {variable}")
        else:
            state.take_default(attribute, each)
    if state.problems:
        raise error(state.problems)
    return state.values


def json_of(value: object) -> Any:
    """Return what is recorded of a value: its JSON, or a short text when it has none, or a long one."""
    if isinstance(value, str | bytes | list | tuple | dict | set | frozenset) and len(value) > _MOST:
        return _described(value)
    try:
        made = encode(plain(value))
    except (TypeError, RecursionError):
        return shown(value, 200)
    return made if len(json.dumps(made)) <= _MOST else _described(value)


def _described(value: Any) -> str:
    unit = "characters" if isinstance(value, str) else "bytes" if isinstance(value, bytes) else "items"
    return f"<{type(value).__name__} of {len(value):,} {unit}>"


def variable_of(name: str) -> str:
    """Return the environment variable that sets the parameter `name`."""
    return _PREFIXES[0] + name.upper().replace("-", "_")


def _of_environment(name: str, environ: Mapping[str, str]) -> tuple[str, str] | None:
    for prefix in _PREFIXES:
        variable = prefix + name.upper().replace("-", "_")
        # an empty variable is how shells unset one for a single command
        if text := environ.get(variable):
            return variable, text
    return None


def _by_attribute(given: Mapping[str, object], names: Mapping[str, str], problems: list[Problem]) -> dict[str, object]:
    chosen: dict[str, object] = {}
    for name, value in given.items():
        attribute = among(name, names)
        if attribute is None:
            known, new = listed(names.values()), name.lower().replace("-", "_")
            facts = {
                "name": one_line(name, 60),
                "hint": hint_of_parameter(name, names),
                "known": known,
                "attribute": new,
            }
            problems.append(problem("P012", **facts))
        elif value is not None:
            chosen[attribute] = value
    return chosen


@dataclass(slots=True)
class _Resolution:
    """The values found so far."""

    flow: str
    context: ParameterContext
    values: dict[str, Value] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def take(self, attribute: str, parameter: Parameter, given: object, origin: Origin, whence: str) -> None:
        """Take `given` as the parameter's value, or say why it is none."""
        try:
            kind = parameter.kind or self._returned_kind(parameter, self._computed(parameter))
            try:
                self._keep(attribute, parameter, kind, given, origin)
            except MisfitError as misfit:
                what, how = parameter.expected(kind)
                why = "; ".join(part for part in (str(misfit), whence) if part)
                facts = {"name": parameter.name, "value": shown(given), "type": what, "why": why, "fix": f"write {how}"}
                self.problems.append(problem("P011", **facts))
        except NbflowError as failed:
            self.problems += failed.problems

    def take_default(self, attribute: str, parameter: Parameter) -> None:
        """Take the default, or say that a value is needed."""
        if not parameter.computes_default:
            if parameter.default is None:
                self._take_nothing(attribute, parameter)
            else:
                self.take(attribute, parameter, parameter.default, "default", "it is the default")
            return
        try:
            self._take_computed(attribute, parameter)
        except NbflowError as failed:
            self.problems += failed.problems

    def _take_computed(self, attribute: str, parameter: Parameter) -> None:
        value = self._computed(parameter)
        if value is None:
            self._take_nothing(attribute, parameter)
            return
        kind = parameter.kind or self._returned_kind(parameter, value)
        try:
            self._keep(attribute, parameter, kind, value, "default")
        except MisfitError as misfit:
            raise error(_wrong(parameter, value, _with(parameter.expected(kind)[0], str(misfit)))) from None

    def _take_nothing(self, attribute: str, parameter: Parameter) -> None:
        name = parameter.name
        if parameter.required:
            facts = {"name": name, "attribute": attribute, "flow": self.flow, "variable": variable_of(name)}
            self.problems.append(problem("P010", **facts))
        else:
            self.values[attribute] = Value(name, None, parameter.type_name or name_of(str), "default", None)

    def _computed(self, parameter: Parameter) -> Any:
        return computed(parameter.default, self.context, parameter.name)

    @staticmethod
    def _returned_kind(parameter: Parameter, value: object) -> Kind:
        kind = str if value is None else kind_of(value)
        if kind is None:
            raise error(_wrong(parameter, value, f"one of {listed(map(name_of, KINDS))}"))
        return kind

    def _keep(self, attribute: str, parameter: Parameter, kind: Kind, given: object, origin: Origin) -> None:
        value = parameter.taken(given, kind)
        record = json_of(parameter.recorded(value, given))
        self.values[attribute] = Value(parameter.name, value, parameter.type_name or name_of(kind), origin, record)


def _wrong(parameter: Parameter, value: object, expected: str) -> Problem:
    return problem("P028", name=parameter.name, value=shown(value), expected=expected)


def _with(expected: str, why: str) -> str:
    return f"{expected} ({why})" if why else expected
