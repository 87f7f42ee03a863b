"""What somebody looks for in a log: words as they stand, or a regular expression that cannot take for ever. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from re import _parser  # type: ignore[attr-defined]  # what a pattern is made of has no public name
from typing import Any

from nbflow.cards.printable import one_line
from nbflow.errors import raise_for
from nbflow.frozen import frozen

#: characters of what is looked for, of a line that an expression is tried on, and repeats it may have
LONGEST, _LINE, _REPEATS = 500, 1000, 3
_REPEAT = {"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"}


@frozen
class Sought:
    """What is looked for."""

    text: str
    #: as a regular expression; without it, letters count the same in upper and lower case
    expression: re.Pattern[str] | None = None

    @property
    def plain(self) -> str:
        """The words in lower case, as they are compared."""
        return self.text.lower()

    def in_line(self, line: str) -> list[tuple[int, int]]:
        """Return where it is in a line."""
        if self.expression is not None:
            found = (each.span() for each in self.expression.finditer(line[:_LINE]))
            return [(start, end) for start, end in found if end > start]
        # a letter that is longer in lower case would shift what follows
        low = line.lower() if len(line.lower()) == len(line) else line
        places, at = [], low.find(self.plain)
        while at >= 0:
            places.append((at, at + len(self.text)))
            at = low.find(self.plain, at + len(self.text))
        return places


def sought(text: str, *, expression: bool) -> Sought | None:
    """Return what to look for; None for nothing. Raises V040, V041."""
    text = text[:LONGEST]
    if not text.strip():
        return None
    if not expression:
        return Sought(text)
    try:
        parsed = _parser.parse(text, re.IGNORECASE)
        made = re.compile(text, re.IGNORECASE)
    except (re.error, OverflowError, RecursionError) as error:
        raise_for("V040", expression=one_line(text, 80), message=one_line(error, 120))
    if _repeats(parsed) > _REPEATS or _nested(parsed, inside=False):
        raise_for("V041", expression=one_line(text, 80))
    return Sought(text, made)


def _repeats(parsed: Iterable[Any]) -> int:
    """Return how many repeats without a limit there are."""
    return sum(1 for name, given in _walk(parsed) if name in _REPEAT and given[1] > LONGEST)


def _nested(parsed: Iterable[Any], *, inside: bool) -> bool:
    """Whether something within a repeat can be matched in more than one way: trying them all may take for ever."""
    for operator, given in parsed:
        name = str(operator)
        if inside and name in {*_REPEAT, "BRANCH", "GROUPREF", "ASSERT", "ASSERT_NOT"}:
            return True
        repeats = name in _REPEAT and given[1] > 1
        if any(_nested(each, inside=inside or repeats) for each in _held(given)):
            return True
    return False


def _walk(parsed: Iterable[Any]) -> Iterable[tuple[str, Any]]:
    for operator, given in parsed:
        yield str(operator), given
        for each in _held(given):
            yield from _walk(each)


def _held(given: Any) -> list[Any]:
    """Return the patterns within an operator's arguments."""
    if isinstance(given, _parser.SubPattern):
        return [given]
    if isinstance(given, list | tuple):
        return [one for each in given for one in _held(each)]
    return []
