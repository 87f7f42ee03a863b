"""What completion offers in the header of a step and on the `#|` lines below it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from nbflow.cells.options import Option
from nbflow.cells.step_options import STEP
from nbflow.frontends.magics.completing.names import (
    bound_here,
    item_names,
    left_by,
    of_kernel,
    readable,
    steps,
    steps_above,
)
from nbflow.frontends.magics.completing.offer import Candidate, Offer, in_expression, listed
from nbflow.frontends.magics.spot import Spot

if TYPE_CHECKING:
    from nbflow.frontends.magics.face import Face


def offered(face: Face, place: Spot, code: str, step: str) -> Offer:
    """Return what may be typed at a place of the header of `step`."""
    option = STEP.get(place.option) if place.option else None
    if option is not None and not option.flag:
        return _value(face, option, place.value, code, step)
    if not place.comment and (not place.name or (place.word and not place.word.startswith("-"))):
        return Offer("", ())
    return Offer.of(place.word, _options(place))


def _options(place: Spot) -> Iterator[Candidate]:
    """Yield the options that may still be given."""
    for option in STEP.options:
        if option.key in place.given and not option.repeatable and option.key != place.word.lstrip("-"):
            continue
        kind = option.metavar or "flag"
        if place.comment:
            yield Candidate(option.key if option.flag else f"{option.key}: ", kind)
        else:
            yield Candidate(f"--{option.key}", kind)


def _value(face: Face, option: Option, value: str, code: str, step: str) -> Offer:
    """Return the values an option may have."""
    match option.key:
        case "after" | "join" | "else-of":
            offer = listed(value, _steps(face, option.key, step))
        case "foreach" | "when":
            offer = in_expression(value, readable(face, step))
        case "in":
            offer = _taken(face, value, step)
        case "out":
            offer = listed(value, bound_here(code))
        case "capture":
            offer = listed(value, of_kernel(face))
        case "as":
            offer = Offer.of(value, [Candidate(name, "name of the item") for name in item_names(code)])
        case "default":
            offer = Offer.of(value, (Candidate(f"{name}=", kind) for name, kind in readable(face, step)))
        case _:
            offer = Offer.of(value, (Candidate(choice, f"--{option.key}") for choice in option.choices))
    return offer


def _steps(face: Face, key: str, step: str) -> list[Candidate]:
    """Return the steps that an option may name: of a join those with a foreach first."""
    found = list(steps(face, step))
    if key == "else-of":
        conditional = {draft.name for draft in steps_above(face, step) if draft.wiring.when}
        return [each for each in found if each.text in conditional]
    return sorted(found, key=lambda each: each.type != "foreach") if key == "join" else found


def _taken(face: Face, value: str, step: str) -> Offer:
    """Return what --in may take: a name, a step with a dot, or what a step leaves."""
    piece = value.rpartition(",")[2].lstrip()
    _, _, wanted = piece.rpartition("=")
    giver, dot, name = wanted.partition(".")
    if dot:
        draft = next((draft for draft in steps_above(face, step) if draft.name == giver), None)
        return Offer.of(name, left_by(face, draft) if draft else ())
    found = [Candidate(f"{each.text}.", each.type) for each in steps(face, step)]
    return Offer.of(wanted, [*found, *([] if "=" in piece else readable(face, step))])
