"""Changes in the sources of a notebook's cells, made in the text of its file: all else stays as it is, to the byte.

Reading the JSON and writing it again would lose what JSON does not say: indentation, escapes, the last line's end.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from nbflow.cells.notebook import raw_cells, raw_source
from nbflow.errors import raise_for
from nbflow.frozen import frozen

#: of a JSON text that is known to be right
_TOKEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[\[\]{}:,]|[^\s\[\]{}:,"]+')
#: what stands for one character in a JSON string: two escapes where it is beyond 16 bits
_CHARACTER = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\.|[^\\]", re.DOTALL
)


@frozen
class Edit:
    """Characters of a cell's source that are to be others."""

    #: 0-based, among all cells of the notebook
    cell: int
    #: characters of the source before it
    offset: int
    #: how many characters go
    drop: int
    #: what comes in their place; it needs no escape in JSON
    add: str


@frozen
class _Text:
    """A string of the JSON: where in the file its characters begin and end, the quotes left out."""

    start: int
    end: int

    def characters(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield where each of its characters begins and ends."""
        yield from (found.span() for found in _CHARACTER.finditer(text, self.start, self.end))


def edited(text: str, edits: Iterable[Edit], path: str = "this file") -> str:
    """Return the notebook's JSON `text` with `edits` made; `path` is for messages.

    `parse_notebook` has read the text before. No edit takes away more than stands in one string of a source.

    Raises:
        UsageError: NBF-R002, the source of a cell that is to be edited holds what is no text.
    """
    cells = raw_cells(_located(text), path)
    places = [(*_place(text, cells[edit.cell], edit, path), edit.add) for edit in edits]
    for start, end, add in sorted(places, reverse=True):
        text = text[:start] + add + text[end:]
    return text


def _place(text: str, cell: Any, edit: Edit, path: str) -> tuple[int, int]:
    """Return where in the file the characters begin and end that `edit` drops."""
    source = raw_source(cell)
    passed = 0
    for string in source if isinstance(source, list) else [source]:
        if not isinstance(string, _Text):
            message = f"the source of cell {edit.cell + 1} is not all text"
            raise_for("R002", path=path, message=message, fix="open it in Jupyter, and save it")
        spans = list(string.characters(text))
        if edit.offset < passed + len(spans):
            first = spans[edit.offset - passed]
            return first[0], spans[edit.offset - passed + edit.drop - 1][1] if edit.drop else first[0]
        passed += len(spans)
    raise ValueError(f"cell {edit.cell + 1} has no character {edit.offset}")


def _located(text: str) -> Any:
    """Return the value that the JSON `text` states, with the place of each string for the string, and without numbers.

    It keeps a stack of its own: outputs may be nested deeper than Python calls.
    """
    top: list[Any] = []
    open_ones: list[Any] = [top]
    key: str | None = None
    for token in _TOKEN.finditer(text, 1 if text.startswith("\ufeff") else 0):
        sign = token[0]
        if sign in ":,":
            continue
        holder = open_ones[-1]
        if sign in "]}":
            open_ones.pop()
        elif key is None and isinstance(holder, dict):
            key = json.loads(sign)
        else:
            value: Any = _Text(token.start() + 1, token.end() - 1) if sign[0] == '"' else None
            if sign in "[{":
                value = [] if sign == "[" else {}
                open_ones.append(value)
            if isinstance(holder, dict):
                holder[key] = value
            else:
                holder.append(value)
            key = None
    return top[0]
