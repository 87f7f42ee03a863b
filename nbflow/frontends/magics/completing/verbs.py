"""What completion offers behind `%flow`: verbs, their options, steps, tasks, runs, tags, parameters."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from enum import Enum
from typing import TYPE_CHECKING

from nbflow.frontends.magics.completing.names import steps
from nbflow.frontends.magics.completing.offer import Candidate, Offer
from nbflow.frontends.magics.completing.pathspecs import pathspecs
from nbflow.frontends.magics.flowline import OPTIONS
from nbflow.frontends.magics.records import Records
from nbflow.frontends.magics.spot import Spot
from nbflow.frontends.magics.verbs import PARAMETERISED, VERBS
from nbflow.model.parameter import ParameterDef
from nbflow.plan.typeform import TypeForm, UnknownTypeError, parse_type
from nbflow.runtime.capacity import cores

if TYPE_CHECKING:
    from nbflow.frontends.magics.face import Face

#: what the words of a verb are
_STEPS = frozenset({"resume", "why", "debug", "source", "drop", "order"})
_TASKS = frozenset({"why", "debug", "source"})
_RUNS = frozenset({"resume", "restore", "attach", "debug", "source", "compare"})
#: depth of the pathspecs that a verb takes
_DEPTH = {"debug": 4, "source": 4}


def offered(face: Face, place: Spot) -> Offer:
    """Return what may be typed at a place of a `%flow` line."""
    verb = place.name
    if not verb:
        return Offer.of(place.word, (Candidate(name, "verb") for name in (*VERBS, "help")))
    if place.option and (offer := _value(face, verb, place)) is not None:
        return offer
    if place.word.startswith("-"):
        return Offer.of(place.word, _options(face, verb, place))
    words = Offer.of(place.word, _words(face, verb, place), place.words[1:])
    if words.candidates or place.word:
        return words
    return Offer.of("", _options(face, verb, place))


def _options(face: Face, verb: str, place: Spot) -> Iterator[Candidate]:
    """Yield the parameters that may be given, then the verb's own options."""
    own = OPTIONS.get(verb, ())
    for key, parameter in _parameters(face, verb).items():
        if key not in place.given or f"--{key}" == place.word:
            yield Candidate(f"--{key}", _declared(parameter))
    for option in own:
        if option.repeatable or option.key not in place.given or f"--{option.key}" == place.word:
            yield Candidate(f"--{option.key}", option.metavar or "flag")
    if place.word:
        yield Candidate("--help", "flag")


def _parameters(face: Face, verb: str) -> dict[str, ParameterDef]:
    """Return the flow's parameters by their options; a verb's own options win."""
    if verb not in PARAMETERISED:
        return {}
    own = {option.key for option in OPTIONS[verb]}
    declared = {each.name.replace("_", "-"): each for each in face.session.parameters.parameters}
    return {key: each for key, each in declared.items() if key not in own}


def _declared(parameter: ParameterDef) -> str:
    default = f" = {parameter.default}" if parameter.default is not None else ""
    return f"{parameter.type}{default}".strip()


def _value(face: Face, verb: str, place: Spot) -> Offer | None:
    """Return the values of an option; None: it takes none, and what is typed is a word of its own."""
    option = next((each for each in OPTIONS.get(verb, ()) if each.key == place.option), None)
    parameter = _parameters(face, verb).get(place.option)
    if parameter is not None:
        return Offer.of(place.value, _choices(face, parameter))
    if option is None or option.flag:
        return None
    if option.key == "tag":
        return Offer.of(place.value, _tags(face))
    if option.key == "param":
        name, equals, value = place.value.partition("=")
        declared = face.session.parameters.parameters
        if not equals:
            return Offer.of(name, (Candidate(f"{each.name}=", _declared(each)) for each in declared))
        known = next((each for each in declared if each.name == name), None)
        return Offer.of(value, _choices(face, known) if known else ())
    if option.key == "max-workers":
        return Offer.of(place.value, [Candidate(str(cores()), "the cores")])
    return Offer.of(place.value, (Candidate(choice, f"--{option.key}") for choice in option.choices))


def _choices(face: Face, parameter: ParameterDef) -> Iterator[Candidate]:
    """Yield the values a parameter may have, where they are few."""
    try:
        form = parse_type(parameter.type, face.shell.user_ns)
    except UnknownTypeError:
        return
    yield from (Candidate(value, parameter.type) for value in _values(form))
    if parameter.default is not None:
        try:
            default = ast.literal_eval(parameter.default)
        except (ValueError, SyntaxError):
            return
        if isinstance(default, str | int | float):
            yield Candidate(str(default), "default")


def _values(form: TypeForm) -> Iterator[str]:
    if form.kind == "bool":
        yield from ("true", "false")
    elif form.kind == "Literal":
        yield from map(str, form.values)
    elif form.kind == "Enum" and form.enum is not None and issubclass(form.enum, Enum):
        yield from form.enum.__members__
    elif form.kind == "union":
        for each in form.args:
            yield from _values(each)


def _tags(face: Face) -> Iterator[Candidate]:
    records = Records.of(face)
    for run in records.runs(face.flow) if records else ():
        for tag in sorted(run.tags):
            yield Candidate(tag, f"of {run.flow}/{run.id}")


def _words(face: Face, verb: str, place: Spot) -> Iterator[Candidate]:
    """Yield the words that a verb takes."""
    records = Records.of(face)
    if verb == "help":
        yield from (Candidate(name, "verb") for name in VERBS)
    if verb == "name":
        yield Candidate(face.file.name or face.flow, "name of the notebook" if face.file.name else "name of the flow")
    if verb == "config":
        yield from (Candidate(f"run_cells={value}", "setting") for value in ("true", "false"))
    if verb in _TASKS and "[" in place.word:
        yield from _tasks(face, records, place.word.partition("[")[0])
        return
    if verb in _STEPS:
        yield from steps(face)
    if verb == "cancel":
        for run in records.under_way(face.flow) if records else ():
            yield Candidate(run.id, run.status.value)
            yield Candidate(f"{run.flow}/{run.id}", run.status.value)
    if verb in _RUNS and records is not None:
        yield from (Candidate(run.id, run.status.value) for run in records.runs(face.flow, drafts=verb == "restore"))
    if verb in _RUNS and records is not None:
        yield from pathspecs(records, place.word, _DEPTH.get(verb, 2))
    if verb == "history" and records is not None:
        yield from (Candidate(flow, "flow") for flow in records.flows())


def _tasks(face: Face, records: Records | None, step: str) -> Iterator[Candidate]:
    """Yield the tasks of a foreach step, as `train[3]`."""
    known = {key.path: record.status.value for key, record in face.session.results.tasks.items() if key.step == step}
    if not known and records is not None:
        latest = (
            run for run in records.runs(face.flow, limit=5, drafts=True) if any(each.name == step for each in run.steps)
        )
        run = next(latest, None)
        known = {each.path: each.status.value for each in records.tasks(face.flow, run.id, step)} if run else {}
    for path in sorted(known):
        if path:
            yield Candidate(f"{step}[{','.join(map(str, path))}]", known[path])
