"""`%flow notify ADDRESS …`: who is to hear of a notebook's runs, read from the line alone."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nbflow.cells.converters import word
from nbflow.cells.options import Option, Table, parse_line
from nbflow.errors import Place, Problem, problem, raise_for
from nbflow.model.notice import ENDS, Notice, notices_from, scheme_of

OPTIONS = (
    Option("on", "ends that are told: one or more of success, failure, regression", "ENDS", word, choices=ENDS),
    Option("regression", "where it holds, a run has become worse, as 'rmse > 1.05 * baseline.rmse'", "CONDITION", word),
)
TABLE = Table("%flow notify", OPTIONS, operands=100)
#: by which everybody is forgotten again
NOBODY = "nobody"

_LINE = re.compile(r"^%flow[ \t]+notify[ \t]+(?P<line>\S.*?)[ \t]*$", re.MULTILINE)


def hearers_of_line(line: str, place: Place) -> tuple[Notice, ...] | None:
    """Return who is to hear of runs, from what stands behind `%flow notify`; None: nobody from now on.

    Raises:
        CellError: an option is unknown.
        MessageError: Q008, `--on` names no end of a run.
    """
    parsed = parse_line(line, TABLE, place)
    words = [each.text for each in parsed.operands]
    if words == [NOBODY]:
        return None
    try:
        return tuple(
            each for text in words for each in notices_from(text, parsed.value("on"), parsed.value("regression"))
        )
    except ValueError as wrong:
        raise_for("Q008", place, message=wrong)


def lines_in(cell: str) -> Iterator[tuple[int, str]]:
    """Yield what stands behind each `%flow notify` of a cell, with its line, from 1."""
    for found in _LINE.finditer(cell):
        yield cell.count("\n", 0, found.start()) + 1, found["line"]


def kept_in_code(said: tuple[Notice, ...] | None, place: Place) -> Iterator[Problem]:
    """Yield a warning for each address that stands in the notebook itself."""
    for notice in said or ():
        if scheme_of(notice.to):
            yield problem("Q014", place, to=notice.shown)


def heard(
    known: dict[str, tuple[Notice, Place]], said: tuple[Notice, ...] | None, place: Place
) -> dict[str, tuple[Notice, Place]]:
    """Return who is to hear of runs, by address, once a line has said `said` as well."""
    return {} if said is None else {**known, **{each.to: (each, place) for each in said}}
