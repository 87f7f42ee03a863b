"""In which line of a file of settings a key stands. The standard library's reader of TOML does not tell."""

from __future__ import annotations

import re

_PART = r"""(?:[\w-]+|"[^"\n]*"|'[^'\n]*')"""
_NAME = rf"{_PART}(?:\s*\.\s*{_PART})*"
#: the line that begins a table; the line of a key
TABLE = re.compile(rf"\s*\[\s*({_NAME})\s*\]\s*(?:#.*)?$")
KEY = re.compile(rf"\s*({_NAME})\s*=")
_INLINE = re.compile(rf"[{{,]\s*({_NAME})\s*=")
_PARTS = re.compile(_PART)


class Lines:
    """The line, from 1, of each table and key that could be found; texts over several lines may hide some."""

    def __init__(self, text: str) -> None:
        self._found: dict[tuple[str, ...], int] = {}
        table: tuple[str, ...] = ()
        for number, line in enumerate(text.splitlines(), 1):
            if header := TABLE.match(line):
                table = split(header[1])
                self._note(table, number)
            elif key := KEY.match(line):
                own = (*table, *split(key[1]))
                self._note(own, number)
                for inner in _INLINE.finditer(line, key.end()):
                    self._note((*own, *split(inner[1])), number)

    def of(self, *key: str) -> int | None:
        """Return the line of a key, a part of it each; None where it was not found."""
        return self._found.get(key)

    def _note(self, key: tuple[str, ...], number: int) -> None:
        # a table is where its first line is, also that of one above it
        for length in range(1, len(key) + 1):
            self._found.setdefault(key[:length], number)


def split(name: str) -> tuple[str, ...]:
    """Return the parts of a name with dots, without their quotes."""
    return tuple(part.strip("\"'") for part in _PARTS.findall(name))
