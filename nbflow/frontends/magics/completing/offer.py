"""What completion offers at a place: texts for the piece being typed, each with what it is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from nbflow.frozen import frozen

_WORD = re.compile(r"[^\W\d]\w*\Z")


class Candidate(NamedTuple):
    """One text, and what front ends say beside it: `step`, `succeeded`, `float = 0.1`."""

    text: str
    type: str


@frozen
class Offer:
    """The texts that may stand in the place of `piece`, the best first."""

    #: the end of what is typed, which a text replaces
    piece: str
    candidates: tuple[Candidate, ...]

    @classmethod
    def of(cls, piece: str, candidates: Iterable[Candidate], but: Iterable[str] = ()) -> Offer:
        """Return the candidates that begin as `piece` does, each once, without those in `but`."""
        taken = set(but)
        found: dict[str, Candidate] = {}
        for each in candidates:
            if each.text.startswith(piece) and each.text not in taken:
                found.setdefault(each.text, each)
        return cls(piece, tuple(found.values()))


def listed(value: str, candidates: Iterable[Candidate]) -> Offer:
    """Return what may stand in a list `a,b`: what is in it already is not offered again."""
    *before, piece = value.split(",")
    return Offer.of(piece.lstrip(), candidates, (each.strip() for each in before))


def in_expression(value: str, candidates: Sequence[Candidate]) -> Offer:
    """Return the names that may stand at the end of an expression; behind a dot there are none."""
    found = _WORD.search(value)
    piece = found[0] if found else ""
    before = value[: len(value) - len(piece)]
    if before.endswith(".") or before[-1:].isdigit():
        return Offer(piece, ())
    return Offer.of(piece, candidates)
