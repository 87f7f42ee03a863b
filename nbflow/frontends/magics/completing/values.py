"""What completion offers as the value of an option of a `%flow` line."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from enum import Enum
from typing import TYPE_CHECKING, Literal
from zoneinfo import available_timezones

from nbflow.cells.options import Option
from nbflow.client.comparing.runs import WORDS
from nbflow.frontends.magics.completing.offer import Candidate, Offer, in_expression, listed
from nbflow.frontends.magics.completing.pathspecs import pathspecs
from nbflow.frontends.magics.records import Records
from nbflow.metadata.query import SORTS
from nbflow.model.parameter import ParameterDef
from nbflow.plan.typeform import TypeForm, UnknownTypeError, parse_type
from nbflow.runtime.capacity import cores

if TYPE_CHECKING:
    from nbflow.frontends.magics.face import Face


def value_of(face: Face, option: Option, value: str) -> Offer:
    """Return what may stand for `value`, which is being typed."""
    records = Records.of(face)
    match option.key:
        case "param":
            offer = _assignment(face, value)
        case "max-workers":
            offer = Offer.of(value, [Candidate(str(cores()), "the cores"), *_listed_choices(option)])
        case "tag":
            offer = Offer.of(value, _tags(face, records))
        case "user" | "chart":
            offer = Offer.of(value, _known(face, records, "user" if option.key == "user" else "metric"))
        case "baseline":
            offer = Offer.of(value, _baselines(face, records, value))
        case "fail-if" | "regression":
            offer = _condition(face, records, value)
        case "where":
            # a new condition begins behind a comma
            offer = Offer.of(value.rpartition(",")[2].lstrip(), _parameters(face, records))
        case "sort":
            offer = _order(face, records, value)
        case "after":
            offer = Offer.of(value, (Candidate(flow, "flow") for flow in (records.flows() if records else ())))
        case "timezone":
            zones = sorted(available_timezones())
            offer = Offer.of(value, (Candidate(zone, "time zone") for zone in ("UTC", *zones)))
        case "on":
            offer = listed(value, _listed_choices(option))
        case _:
            offer = Offer.of(value, _listed_choices(option))
    return offer


def _listed_choices(option: Option) -> list[Candidate]:
    return [Candidate(choice, f"--{option.key}") for choice in option.choices]


def declared(parameter: ParameterDef) -> str:
    """Return a parameter's type and default as they stand beside it."""
    default = f" = {parameter.default}" if parameter.default is not None else ""
    return f"{parameter.type}{default}".strip()


def choices_of(face: Face, parameter: ParameterDef) -> Iterator[Candidate]:
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


def _assignment(face: Face, typed: str) -> Offer:
    """Return what may stand in `NAME=VALUE`."""
    name, equals, value = typed.partition("=")
    known = face.session.parameters.parameters
    if not equals:
        return Offer.of(name, (Candidate(f"{each.name}=", declared(each)) for each in known))
    meant = next((each for each in known if each.name == name), None)
    return Offer.of(value, choices_of(face, meant) if meant else ())


def _tags(face: Face, records: Records | None) -> Iterator[Candidate]:
    for run in records.runs(face.flow) if records else ():
        for tag in sorted(run.tags):
            yield Candidate(tag, f"of {run.flow}/{run.id}")


def _baselines(face: Face, records: Records | None, value: str) -> Iterator[Candidate]:
    # `latest` is `previous` here
    yield from (Candidate(word, "word for a run") for word in WORDS if word != "latest")
    if records is not None:
        yield from (Candidate(run.id, run.status.value) for run in records.runs(face.flow))
        yield from pathspecs(records, value, 2)


def _condition(face: Face, records: Records | None, value: str) -> Offer:
    """Return the numbers that a condition may name, of the run and of what it is compared with."""
    names = [
        Candidate(name, "metric") for name in (*(records.known("metric", face.flow) if records else ()), "seconds")
    ]
    before, dot, piece = value.rpartition(".")
    if dot and before.endswith(("baseline", "run")):
        return Offer.of(piece, names)
    return in_expression(value, [*names, Candidate("baseline.", "the run it is compared with")])


def _known(face: Face, records: Records | None, what: Literal["user", "metric"]) -> Iterator[Candidate]:
    """Give the people or the metrics of the flow's runs."""
    if what == "user":
        yield Candidate("me", "your own")
    yield from (Candidate(each, what) for each in (records.known(what, face.flow) if records else ()))


def _parameters(face: Face, records: Records | None) -> Iterator[Candidate]:
    yield from (Candidate(each.name, declared(each)) for each in face.session.parameters.parameters)
    yield from (Candidate(name, "parameter") for name in (records.known("parameter", face.flow) if records else ()))


def _order(face: Face, records: Records | None, value: str) -> Offer:
    """Return by what runs may be sorted, behind a minus or not."""
    metrics = records.known("metric", face.flow) if records else ()
    names = [*(Candidate(word, "of each run") for word in SORTS), *_parameters(face, records)]
    names += [Candidate(name, "metric") for name in metrics]
    return Offer.of(value.removeprefix("-"), names)
