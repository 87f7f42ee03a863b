"""The first code line of a cell, `%%step NAME --key value`, and the `#| key: value` lines below it.

`%%card NAME` is `%%step NAME --card`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from nbflow.cells.lines import logical_lines
from nbflow.cells.text import CellText
from nbflow.cells.words import Word, split_words
from nbflow.errors import NOWHERE, Place
from nbflow.frozen import frozen

CellKind = Literal["step", "parameters", "setup"]

_HEADER = re.compile(r"(?P<spelling>%%?(?:step|card)|%%parameters|%%setup)(?=\s|\Z)")
#: what a step's header may begin with
STEP_WORDS = ("step", "card")
#: formatters put a blank behind every #, so `# | key: value` counts as well
_OPTION_LINE = re.compile(r"#\s?\|[ \t]*(?P<key>[^\s:]+)[ \t]*(?P<colon>:?)[ \t]*(?P<text>.*?)\s*\Z")


@frozen
class OptionLine:
    """`#| key: value`; without a colon there is no value."""

    key: Word
    value: Word | None


@frozen
class Header:
    """A cell taken apart, nothing of it judged."""

    kind: CellKind
    #: as written: `%%step` or `%step`, `%%card` or `%card`
    spelling: str
    #: the first word, unless it is an option
    name: Word | None
    #: the words after it
    words: tuple[Word, ...]
    option_lines: tuple[OptionLine, ...]
    #: `#|` lines above the header, or below it behind another comment: they do not count
    stray_lines: tuple[OptionLine, ...]
    #: 1-based line of the header
    line: int
    body: str
    #: 1-based line on which the body begins
    body_line: int

    @property
    def name_word(self) -> str | None:
        """The step's name as it is written, right or wrong."""
        return self.name.text if self.name else None

    @property
    def percent(self) -> bool:
        """It is in the form that linters look into: `%step`."""
        return not self.spelling.startswith("%%")

    @property
    def asks_card(self) -> bool:
        """It says `%%card`: its step has a card, whatever its options say."""
        return self.spelling.endswith("card")


_MAGIC = re.compile(r"\s*(?P<written>(?P<signs>%%?)(?P<blank>[ \t]*)(?P<word>[A-Za-z_]+))(?![\w?])")
_KINDS = ("step", "parameters", "setup", "card")
#: words for the same thing that are spelt differently
_ALIASES = {"params": "parameters", "param": "parameters", "task": "step", "node": "step"}
#: what is meant by a line magic: these words only, since others may be magics of somebody else
_LINES = {
    "step": "%step",
    "steps": "%step",
    "card": "%card",
    "cards": "%flow cards",
    "parameters": "%%parameters",
    "parameter": "%%parameters",
    "flow": "%flow",
    "flows": "%flow",
    "nbflow": "%flow",
}
#: words of `%flow`, which is no cell's
_FLOW = ("flow", "flows", "nbflow")
#: what is looked for behind `%% `, where anything may stand
_WORDS = frozenset({*_KINDS, *_ALIASES, *_LINES})
#: of SequenceMatcher: `steps` and `parameter` are nearer, `sql` and `script` are not
_NEAR = 0.8


#: one of them is in each of our cells
_MARKS = ("%step", "%card", "%%parameters", "%%setup")


def cell_kind(text: str) -> CellKind | None:
    """Return which of our cells `text` is; None: a plain cell.

    A header that does not stand on the first line of code counts: reading the cell will say so.
    """
    line = _header_line(text) if any(mark in text for mark in _MARKS) else None
    return None if line is None else _kind(text.split("\n")[line])


def misspelt_magic(text: str) -> tuple[str, str] | None:
    """Return what a cell's magic is and what it was most likely meant to be, as `%%steps` and `%%step`.

    A header that is indented counts as well: IPython takes the indentation away, and finds no such magic. So does one
    with a blank behind its signs, where IPython finds a magic without a name.
    """
    if "%" not in text or cell_kind(text) is not None:
        return None
    lines = text.split("\n")
    written = _MAGIC.match(lines[_first_code_line(lines)])
    if written is None:
        return None
    word = written["word"].lower()
    if written["blank"] and word not in _WORDS:
        return None
    if written["signs"] == "%":
        meant = _LINES.get(word) or next((meant for kind, meant in _LINES.items() if _swapped(word, kind)), None)
    else:
        near = _ALIASES.get(word) or next((kind for kind in _KINDS if _alike(word, kind)), None)
        flow = next((kind for kind in _FLOW if word == kind or _swapped(word, kind)), None)
        meant = f"%%{near}" if near else flow and "%flow"
    if meant == written["written"] == "%flow":
        return None
    return (written["written"], meant) if meant else None


def _alike(word: str, kind: str) -> bool:
    from difflib import SequenceMatcher

    return SequenceMatcher(None, word, kind).ratio() >= _NEAR or _swapped(word, kind)


def _swapped(word: str, kind: str) -> bool:
    """Whether `word` is `kind` with two neighbouring letters the other way round: the commonest slip in short words."""
    differ = [number for number, (one, other) in enumerate(zip(word, kind, strict=False)) if one != other]
    if len(word) != len(kind) or len(differ) != 2 or differ[1] != differ[0] + 1:
        return False
    at = differ[0]
    return word[at : at + 2] == kind[at + 1] + kind[at]


def in_one_form(text: str) -> str:
    """Return a step cell with its header as `%%step` or `%%card`, whichever it is, and nothing blank at its end."""
    number = _header_line(text)
    lines = text.rstrip().split("\n")
    if number is not None and lines[number].startswith(("%step", "%card")):
        lines[number] = f"%{lines[number]}"
    return "\n".join(lines)


def split_header(text: str, place: Place = NOWHERE) -> Header:
    """Return the parts of a step, parameters or setup cell. Raises CellError with all that is wrong in its header."""
    cell = CellText(text, place)
    header = read_header(cell)
    cell.check()
    return header


def read_header(cell: CellText) -> Header:
    """Return the parts of the cell; what is wrong is noted in it."""
    number = _header_line(cell.text)
    if number is None:
        raise ValueError("a plain cell has no header")
    first = _first_code_line(cell.lines)
    if first != number:
        cell.found("C001", number + 1, 0, first=first + 1)
    spelling = _HEADER.match(cell.lines[number])
    assert spelling is not None
    words = split_words(cell, number + 1, spelling.end())
    name = words.pop(0) if words and _is_name(words[0]) and spelling[0].endswith(STEP_WORDS) else None
    kind = _kind(cell.lines[number])
    end = _option_lines_end(cell.lines, number + 1)
    return Header(
        kind=kind,
        spelling=spelling[0],
        name=name,
        words=tuple(words),
        option_lines=_option_lines(cell, range(number + 1, end)),
        stray_lines=_stray_lines(cell, number, end),
        line=number + 1,
        body="\n".join(cell.lines[end:]),
        body_line=end + 1,
    )


def _kind(line: str) -> CellKind:
    return "parameters" if line.startswith("%%p") else "setup" if line.startswith("%%se") else "step"


def _is_name(word: Word) -> bool:
    return word.quoted or not word.text.startswith("-")


def _first_code_line(lines: list[str]) -> int:
    """Return the 0-based line of the first line that is neither blank nor a comment."""
    return next((number for number, line in enumerate(lines) if line.strip() and not _is_comment(line)), 0)


def _is_comment(line: str) -> bool:
    return line.lstrip().startswith("#")


def _header_line(text: str) -> int | None:
    lines = text.split("\n")
    first = _first_code_line(lines)
    if _HEADER.match(lines[first]):
        return first
    return next(header_lines(text), None)


def header_lines(text: str) -> Iterator[int]:
    """Yield the 0-based lines of `text` that are headers: those where a statement could begin, not in a string."""
    lines = text.split("\n")
    if any(_HEADER.match(line) for line in lines):
        starts = (line.first for line in logical_lines(text) if line.sigil in {"%", "%%"} and not line.target)
        yield from (number for number in starts if _HEADER.match(lines[number]))


def _option_lines_end(lines: list[str], below: int) -> int:
    """Return the 0-based line behind the last option line from line `below` on; `below` where there is none.

    Blank lines do not count: formatters put two between a `%step` header and the option lines above a `def`.
    """
    end = number = below
    while number < len(lines) and (not lines[number].strip() or _OPTION_LINE.match(lines[number])):
        number += 1
        if lines[number - 1].strip():
            end = number
    return end


def _option_lines(cell: CellText, numbers: range) -> tuple[OptionLine, ...]:
    return tuple(line for number in numbers if (line := _option_line(cell, number)) is not None)


def _option_line(cell: CellText, number: int) -> OptionLine | None:
    found = _OPTION_LINE.match(cell.lines[number])
    if found is None:
        return None
    key = Word.plain(found["key"], number + 1, found.start("key"))
    if not found["colon"] and not found["text"]:
        return OptionLine(key, None)
    return OptionLine(key, _unquoted(Word.plain(found["text"], number + 1, found.start("text"))))


def _unquoted(word: Word) -> Word:
    """Return the text of an option line that is one quoted text, as people write it in YAML, without its quotes."""
    quote = word.text[:1]
    inner = word.text[1:-1]
    if len(word.text) > 1 and quote in "'\"" and word.text.endswith(quote) and quote not in inner and "\\" not in inner:
        return Word(inner, word.line, word.columns[1:-1], quoted=True)
    return word


def _stray_lines(cell: CellText, header: int, end: int) -> tuple[OptionLine, ...]:
    below = end
    while below < len(cell.lines) and (not cell.lines[below].strip() or _is_comment(cell.lines[below])):
        below += 1
    return _option_lines(cell, range(header)) + _option_lines(cell, range(end, below))
