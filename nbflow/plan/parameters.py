"""The parameters of a run: declared types, defaults evaluated once, and what overrides what.

Precedence, low to high: default, `NBFLOW_PARAM_<NAME>`, assignment cells, values given. Everything that is wrong is
reported at once, before anything runs. The environment and the definitions are passed in; nothing is read here.
"""

from __future__ import annotations

import ast
import builtins
import contextlib
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from nbflow.cards.printable import one_line
from nbflow.errors import NOWHERE, Place, Problem, did_you_mean, error, problem
from nbflow.frozen import frozen
from nbflow.model.graph import MISSING, Missing
from nbflow.model.parameter import ParameterDef
from nbflow.model.value import encode
from nbflow.plan.coercion import Became, MisfitError, coerce_text, coerce_value, hint
from nbflow.plan.declarations import check, form_of
from nbflow.plan.typeform import TypeForm, parse_type

Origin = Literal["default", "environment", "cell", "given"]

#: environment variables that set a parameter start so; the rest is its name in capitals
ENVIRONMENT = "NBFLOW_PARAM_"

#: text without quotes, as some schedulers write it into a cell: eu, eu-west-1, data/x.csv
_BARE = re.compile(r"[\w.:/-]+")


class Text(str):
    """A value as a person typed it, in a terminal or behind `%flow run --name`: read by its parameter's type."""

    __slots__ = ()


@frozen
class Assigned:
    """What an assignment cell says: a cell of nothing but assignments to parameters."""

    #: right-hand side
    source: str
    place: Place = NOWHERE
    #: its value, where a kernel has evaluated it
    value: object = MISSING


@frozen
class Resolved:
    """The parameters of one run."""

    values: Mapping[str, object]
    origins: Mapping[str, Origin]
    #: what the run record keeps: name → (type source, JSON value, origin)
    record: Mapping[str, tuple[str, Any, str]]
    notices: tuple[Problem, ...] = ()


def resolve(
    definitions: Sequence[ParameterDef],
    given: Mapping[str, object],
    environment: Mapping[str, str],
    cells: Mapping[str, Assigned],
    *,
    namespace: Mapping[str, object],
) -> Resolved:
    """Return the values of a run's parameters and where each came from.

    Args:
        definitions: the declarations, in their order.
        given: values that beat all others; a `Text` is read by the parameter's type.
        environment: the process's environment variables.
        cells: what assignment cells say, by parameter.
        namespace: the flow's definitions, for types and defaults.

    Raises:
        ParameterError: some are wrong; all of them are named.
    """
    names = {each.name: each for each in definitions}
    problems = list(check(definitions, namespace))
    chosen, unknown = _spelled_as_declared(given, names)
    problems += unknown
    if problems:
        raise error(problems)
    state = _Resolution(namespace, definitions)
    for each in definitions:
        form = parse_type(each.type, namespace)
        if each.name in chosen:
            state.take(each, form, chosen[each.name], "given")
        elif each.name in cells:
            state.take_cell(each, form, cells[each.name], environment.get(_variable(each.name)))
        elif (text := environment.get(_variable(each.name))) is not None:
            state.take(each, form, Text(text), "environment")
        else:
            state.take_default(each, form)
    if state.problems:
        raise error(state.problems)
    return state.resolved()


def coerce(definition: ParameterDef, value: object, *, namespace: Mapping[str, object]) -> object:
    """Return `value` as the parameter's type; a `Text` is read as text.

    Raises:
        ParameterError: it is not of that type, or the type is unknown.
    """
    form = form_of(definition, namespace)
    if isinstance(form, Problem):
        raise error(form)
    state = _Resolution(namespace, (definition,))
    state.take(definition, form, value, "given")
    if state.problems:
        raise error(state.problems)
    return state.values[definition.name]


def _json(value: object) -> Any:
    try:
        return encode(value)
    except TypeError as error:
        raise MisfitError(str(error)) from None


def _variable(name: str) -> str:
    return ENVIRONMENT + name.upper()


def _spelled_as_declared(
    given: Mapping[str, object], names: Collection[str]
) -> tuple[dict[str, object], list[Problem]]:
    """Return `given` under the declared names (`learning-rate` is learning_rate), and a problem for each other name."""
    chosen, problems = {}, []
    for key, value in given.items():
        name = key if key in names else key.replace("-", "_")
        if name in names:
            chosen[name] = value
        else:
            known = ", ".join(names) or "none"
            problems.append(problem("P003", name=one_line(key, 60), hint=did_you_mean(key, names), known=known))
    return chosen, problems


@dataclass(slots=True)
class _Resolution:
    """The values found so far, from the top of the cell down."""

    namespace: Mapping[str, object]
    definitions: Sequence[ParameterDef]
    values: dict[str, object] = field(default_factory=dict)
    origins: dict[str, Origin] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    record: dict[str, tuple[str, Any, str]] = field(default_factory=dict)
    notices: list[Problem] = field(default_factory=list)

    def take(
        self,
        definition: ParameterDef,
        form: TypeForm,
        value: object,
        origin: Origin,
        source: str | None = None,
        place: Place = NOWHERE,
    ) -> None:
        became: Became = []
        try:
            made = self._made(form, value, became, source)
            self.record[definition.name] = (definition.type, _json(made), origin)
        except MisfitError as misfit:
            self.problems.append(_misfit(definition, form, value, origin, misfit, place))
            return
        self.values[definition.name] = made
        self.origins[definition.name] = origin
        for number, text in became:
            self.notices.append(
                problem("N012", definition.place, name=definition.name, value=_shown(number), text=one_line(text, 60))
            )

    @staticmethod
    def _made(form: TypeForm, value: object, became: Became, source: str | None) -> object:
        if isinstance(value, Text):
            return coerce_text(form, str(value))
        try:
            return coerce_value(form, value, became)
        except MisfitError:
            # 2024-12-31 without quotes is a subtraction in Python, and a date to whoever wrote it
            if source is None or not _BARE.fullmatch(source) or _is_literal(source):
                raise
            with contextlib.suppress(MisfitError):
                return coerce_text(form, source)
            raise

    def take_cell(self, definition: ParameterDef, form: TypeForm, assigned: Assigned, beaten: str | None) -> None:
        """Take what an assignment cell says; `beaten` is what the environment says."""
        source = assigned.source.strip()
        value = assigned.value
        if isinstance(value, Missing):
            try:
                value = self._evaluated(source, definition)
            except _GiverFailedError:
                return
            except Exception as failed:  # noqa: BLE001  the person's expression may raise anything
                if not (isinstance(failed, NameError) and _BARE.fullmatch(source)):
                    misfit = MisfitError(f"{type(failed).__name__}: {failed}")
                    self.problems.append(_misfit(definition, form, Text(source), "cell", misfit, assigned.place))
                    return
                value = Text(source)
        self.take(definition, form, value, "cell", source, assigned.place)
        if definition.name in self.values:
            # whoever fills a notebook in says a value twice: in a variable and in the cell
            is_beaten = beaten is not None and not self._says(form, beaten, self.values[definition.name])
            old = beaten if is_beaten else (definition.default or "no default")
            value = _shown(self.values[definition.name])
            found = problem("N010", assigned.place, name=definition.name, value=value, old=one_line(old, 60))
            self.notices.append(found)

    @staticmethod
    def _says(form: TypeForm, text: str, value: object) -> bool:
        """Whether a text of the environment is this value."""
        try:
            return bool(coerce_text(form, text) == value)
        except (MisfitError, ValueError):
            # neither a value, nor, as of arrays, one answer
            return False

    def take_default(self, definition: ParameterDef, form: TypeForm) -> None:
        """Evaluate and take the default, or say that a value is needed."""
        name = definition.name
        if definition.default is None:
            self.problems.append(problem("P001", definition.place, name=name, flag=name.replace("_", "-")))
            return
        try:
            value = self._evaluated(definition.default, definition)
        except _GiverFailedError:
            return
        except Exception as failed:  # noqa: BLE001  the person's expression may raise anything
            message = str(failed) if isinstance(failed, NameError) else f"{type(failed).__name__}: {failed}"
            self.problems.append(problem("P008", definition.place, name=name, message=one_line(message, 200)))
            return
        self.take(definition, form, value, "default")

    def _evaluated(self, source: str, definition: ParameterDef) -> object:
        # a default over several lines stood in brackets that are not part of it
        tree = ast.parse(f"({source.strip()}\n)", mode="eval")
        names = [each.name for each in self.definitions]
        above = names[: names.index(definition.name)]
        # as globals, so that comprehensions and lambdas see them too; builtins come last, as in Python
        known: dict[str, object] = {"__builtins__": builtins}
        for name in {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}:
            if name in self.values:
                known[name] = self.values[name]
            elif name in above:
                raise _GiverFailedError
            elif name in names:
                raise NameError(f"'{name}' is not declared above it")
            elif name in self.namespace:
                known[name] = self.namespace[name]
        return eval(compile(tree, f"<parameter {definition.name}>", "eval"), known)  # noqa: S307  their own text

    def resolved(self) -> Resolved:
        """Return all that was found."""
        return Resolved(self.values, self.origins, self.record, tuple(self.notices))


class _GiverFailedError(Exception):
    """A default reads a parameter that has a problem of its own: one message is enough."""


def _is_literal(source: str) -> bool:
    try:
        ast.literal_eval(source)
    except (ValueError, SyntaxError):
        return False
    return True


def _misfit(
    definition: ParameterDef, form: TypeForm, value: object, origin: Origin, misfit: MisfitError, place: Place
) -> Problem:
    whence = {
        "default": "it is the default",
        "environment": f"it comes from the environment variable {_variable(definition.name)}",
        "cell": "it comes from an assignment cell",
        "given": "",
    }[origin]
    why = "; ".join(part for part in (str(misfit), whence) if part)
    written = misfit.fix or hint(form)
    fix = f"write {written}" if written else ""
    if value is None and origin == "default":
        fix = f"declare it as {definition.type} | None"
    return problem(
        "P002",
        definition.place if place == NOWHERE else place,
        name=definition.name,
        value=_shown(str(value) if isinstance(value, Text) else value),
        type=form.phrase,
        why=one_line(why, 200),
        fix=fix,
    )


def _shown(value: object) -> str:
    return one_line(repr(value), 60)
