"""What completion offers behind `%flow`: verbs, their options and values, steps, tasks, runs, parameters."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from nbflow.cells.hearers import NOBODY
from nbflow.frontends.magics.completing.offer import Candidate, Offer
from nbflow.frontends.magics.completing.places import placed
from nbflow.frontends.magics.completing.values import choices_of, declared, value_of
from nbflow.frontends.magics.records import Records
from nbflow.frontends.magics.spot import Spot
from nbflow.frontends.magics.verb_options import PARSED, parser_of, table_of, verbs_below
from nbflow.frontends.magics.verbs import PARAMETERISED, VERBS
from nbflow.model.parameter import ParameterDef

if TYPE_CHECKING:
    from nbflow.frontends.magics.face import Face

#: verbs of `schedule` that take the name of one
_OF_ONE = frozenset({"next", "pause", "resume", "remove", "run-now", "logs"})


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
    for key, parameter in _parameters(face, verb).items():
        if key not in place.given or f"--{key}" == place.word:
            yield Candidate(f"--{key}", declared(parameter))
    for option in table_of(verb, place.words[1:]).options:
        if option.repeatable or option.key not in place.given or f"--{option.key}" == place.word:
            yield Candidate(f"--{option.key}", option.metavar or "flag")
    if place.word:
        yield Candidate("--help", "flag")


def _parameters(face: Face, verb: str) -> dict[str, ParameterDef]:
    """Return the flow's parameters by their options; a verb's own options win."""
    if verb not in PARAMETERISED:
        return {}
    own = {option.key for option in table_of(verb).options}
    known = {each.name.replace("_", "-"): each for each in face.session.parameters.parameters}
    return {key: each for key, each in known.items() if key not in own}


def _value(face: Face, verb: str, place: Spot) -> Offer | None:
    """Return the values of an option; None: it takes none, and what is typed is a word of its own."""
    parameter = _parameters(face, verb).get(place.option)
    if parameter is not None:
        return Offer.of(place.value, choices_of(face, parameter))
    option = table_of(verb, place.words[1:]).get(place.option)
    return None if option is None or option.flag else value_of(face, option, place.value)


def _words(face: Face, verb: str, place: Spot) -> Iterator[Candidate]:
    """Yield the words that a verb takes."""
    records = Records.of(face)
    match verb:
        case "help":
            yield from (Candidate(name, "verb") for name in VERBS)
        case "name":
            kind = "name of the notebook" if face.file.name else "name of the flow"
            yield Candidate(face.file.name or face.flow, kind)
        case "config":
            yield from (Candidate(f"run_cells={value}", "setting") for value in ("true", "false"))
        case "notify":
            yield Candidate("env.SLACK_URL", "a variable with the address")
            yield Candidate(NOBODY, "takes all back")
        case "history":
            yield from (Candidate(flow, "flow") for flow in (records.flows() if records else ()))
        case _ if verb in PARSED:
            yield from _of_parser(verb, records, place)
        case _:
            yield from placed(face, records, verb, place.word)


def _of_parser(verb: str, records: Records | None, place: Spot) -> Iterator[Candidate]:
    """Yield the verbs below one, and the schedules that they name."""
    if len(place.words) == 1:
        yield from (Candidate(name, "verb") for name in verbs_below(parser_of(verb)))
    elif len(place.words) == 2 and place.words[1] in _OF_ONE:
        yield from (Candidate(name, "schedule") for name in (records.schedules() if records else ()))
