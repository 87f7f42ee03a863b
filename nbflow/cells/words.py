"""Words of a header line: POSIX quoting, and nothing else. `$x`, `{x}` and `*` stay as they are written.

A `#` begins a comment only where a word could begin, so `img#tag` is one word (shlex cuts it).
"""

from __future__ import annotations

import re

from nbflow.cells.text import CellText
from nbflow.frozen import frozen

_PLAIN = re.compile(r"[\w@%+=:,./^~!?*<>&|;()\[\]{}$-]+\Z")


@frozen
class Word:
    """A word as the person meant it, and where each of its characters stands."""

    text: str
    #: 1-based line of the cell
    line: int
    #: 0-based column of each character, and of the end
    columns: tuple[int, ...]
    #: it begins with a quote, so it is never an option
    quoted: bool = False

    @property
    def column(self) -> int:
        """Column at which its text begins."""
        return self.columns[0]

    def part(self, start: int) -> Word:
        """Return the word from its character `start` on."""
        return Word(self.text[start:], self.line, self.columns[start:], self.quoted)

    @classmethod
    def plain(cls, text: str, line: int, column: int) -> Word:
        """Return the word that is written as it reads."""
        return cls(text, line, tuple(range(column, column + len(text) + 1)))


def split_words(cell: CellText, line: int, start: int = 0) -> list[Word]:
    """Return the words of the cell's `line` from column `start` on.

    An open quote (C012) and a backslash at the end (C009) are noted in the cell; the words before them count.
    """
    reader = _Reader(cell, line, start)
    words = []
    while (word := reader.word()) is not None:
        words.append(word)
    return words


class _Reader:
    """Reads one line, character by character."""

    def __init__(self, cell: CellText, line: int, start: int) -> None:
        self._cell = cell
        self._line = line
        self._text = cell.lines[line - 1].rstrip("\r")
        self._here = start
        self._characters: list[str] = []
        self._columns: list[int] = []

    def word(self) -> Word | None:
        """Return the next word, or None at the end, at a comment, and where the line cannot be read on."""
        text = self._text
        while self._here < len(text) and text[self._here].isspace():
            self._here += 1
        if self._here == len(text) or text[self._here] == "#":
            return None
        quoted = text[self._here] in "'\""
        self._characters, self._columns = [], []
        while self._here < len(text) and not text[self._here].isspace():
            if not self._piece():
                return None
        # the end of a quoted text is its closing quote
        end = self._here - 1 if text[self._here - 1] in "'\"" else self._here
        return Word("".join(self._characters), self._line, (*self._columns, end), quoted)

    def _piece(self) -> bool:
        character = self._text[self._here]
        if character in "'\"":
            return self._quoted(character)
        if character == "\\":
            self._here += 1
            if self._here == len(self._text):
                self._cell.found("C009", self._line, self._here - 1)
                return False
        self._take()
        return True

    def _quoted(self, quote: str) -> bool:
        opened = self._here
        self._here += 1
        while self._here < len(self._text):
            if self._text[self._here] == quote:
                self._here += 1
                return True
            if quote == '"' and self._text[self._here : self._here + 2] in ('\\"', "\\\\"):
                self._here += 1
            self._take()
        self._cell.found("C012", self._line, opened, quote=quote)
        return False

    def _take(self) -> None:
        self._characters.append(self._text[self._here])
        self._columns.append(self._here)
        self._here += 1


def quoted(text: str) -> str:
    """Return `text` as it must be written to be read as one word; it holds no line break."""
    if _PLAIN.match(text):
        return text
    if '"' not in text and "\\" not in text:
        return f'"{text}"'
    if "'" not in text:
        return f"'{text}'"
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
