"""Changes to a text at the places where its syntax tree stands, which leave everything else as it was written."""

from __future__ import annotations

import ast
from typing import Any


class Edits:
    """A text and what is to change in it.

    Responsibilities: gather changes in any order; apply them all. They must not overlap.
    """

    def __init__(self, source: str) -> None:
        self._lines = [line.encode() for line in source.split("\n")]
        #: (line, column, last line, column behind it), the new text
        self._changes: list[tuple[tuple[int, int, int, int], bytes]] = []

    def replace(self, node: Any, text: str) -> None:
        """Let `text` stand where `node` stands."""
        self.put(node.lineno, node.col_offset, node.end_lineno, node.end_col_offset, text)

    def put(self, line: int, column: int, last: int, behind: int, text: str = "") -> None:
        """Let `text` stand between two places; lines count from 1, columns are those of the syntax tree."""
        self._changes.append(((line, column, last, behind), text.encode()))

    def drop(self, node: ast.stmt, first: int) -> None:
        """Let a statement go that begins on line `first`, with its lines if nothing else stands on them."""
        last, behind = node.end_lineno or first, node.end_col_offset or 0
        rest = self._lines[last - 1][behind:].strip()
        if self._lines[first - 1][: node.col_offset].strip() or rest[:1] not in {b"", b"#"}:
            self.put(first, node.col_offset, last, behind, "pass")
        elif last < len(self._lines):
            self.put(first, 0, last + 1, 0)
        else:
            self.put(first, 0, last, len(self._lines[last - 1]))

    def applied(self) -> str:
        """Return the text with the changes."""
        lines = list(self._lines)
        for (line, column, last, behind), text in sorted(self._changes, reverse=True):
            changed = lines[line - 1][:column] + text + lines[last - 1][behind:]
            lines[line - 1 : last] = changed.split(b"\n")
        return b"\n".join(lines).decode()
