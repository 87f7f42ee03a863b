"""Where the cursor is in a cell: in a header, on a `#|` line, behind `%flow`; and which word is being typed there."""

from __future__ import annotations

import re
from typing import Literal

from nbflow.frozen import frozen

Kind = Literal["step", "parameters", "setup", "flow"]

_HEADER = re.compile(r"(?P<magic>%%?(?:step|card)|%%parameters|%%setup)(?=\s|\Z)")
_OPTION_LINE = re.compile(r"#\s?\|[ \t]*")
_FLOW = re.compile(r"\s*(?:[^\W\d][\w., ]*=\s*)?%flow(?=\s)")

#: short options that take a value, as they are called in full
_SHORT = {"-p": "param"}


@frozen
class Spot:
    """A place in a line of ours."""

    kind: Kind
    #: words before the one being typed, without quotes; of a `%flow` line the verb comes first
    words: tuple[str, ...]
    #: the word being typed, up to the cursor, without quotes
    word: str
    #: the quote that is open, if one is
    quote: str = ""
    #: option whose value is being typed, without dashes
    option: str = ""
    #: that value, up to the cursor
    value: str = ""
    #: it is a line `#| key: value`
    comment: bool = False
    #: keys of all options of the header, on its line and below
    given: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        """The step that a header names, or the verb of a `%flow` line; empty: it has none yet."""
        first = self.words[0] if self.words else ""
        return "" if first.startswith("-") else first

    @property
    def key(self) -> str:
        """The option that the cursor is at: its name, or its value."""
        if self.option or not (self.comment or self.word.startswith("--")):
            return self.option
        return self.word.lstrip("-").partition("=")[0]


def spot(code: str, offset: int) -> Spot | None:
    """Return what is being typed at `offset` of a cell; None: it is not for us."""
    before = code[:offset]
    number = before.count("\n")
    typed = before[before.rfind("\n") + 1 :]
    lines = code.split("\n")
    if flow := _FLOW.match(typed):
        return _read("flow", typed[flow.end() :], _keys(lines[number][flow.end() :]))
    first = next((n for n, line in enumerate(lines) if line.strip() and not line.lstrip().startswith("#")), 0)
    header = _HEADER.match(lines[first])
    if header is None:
        return None
    kind = _kind(header["magic"])
    # formatters put blank lines between a header and its options
    below = [line for line in lines[first + 1 : number + 1] if line.strip() and not _OPTION_LINE.match(line)]
    if number == first and len(typed) > header.end():
        return _read(kind, typed[header.end() :], _all_keys(lines, first, header.end()))
    if kind == "step" and number > first and not below and (found := _OPTION_LINE.match(typed)):
        return _read_comment(typed[found.end() :], _all_keys(lines, first, header.end()))
    return None


def word_end(code: str, offset: int) -> int:
    """Return where the word at `offset` ends."""
    found = re.compile(r"\S*").match(code, offset)
    return found.end() if found else offset


def typed_words(text: str) -> tuple[list[str], str, str]:
    """Return the words of a line, the one that is not finished, and the quote that is open in it."""
    words: list[str] = []
    word, quote, begun = "", "", False
    for character in text:
        if quote:
            quote, word = ("", word) if character == quote else (quote, word + character)
        elif character in "'\"":
            quote, begun = character, True
        elif not character.isspace():
            word, begun = word + character, True
        elif begun:
            words.append(word)
            word, begun = "", False
    return words, word, quote


def _kind(magic: str) -> Kind:
    return "parameters" if magic.startswith("%%p") else "setup" if magic.startswith("%%se") else "step"


def _read(kind: Kind, text: str, given: frozenset[str]) -> Spot:
    words, word, quote = typed_words(text)
    option, value = "", ""
    name, equals, rest = word.partition("=")
    if word.startswith("--") and equals:
        option, value = name[2:], rest
    elif words and words[-1] in _SHORT:
        option, value = _SHORT[words[-1]], word
    elif words and words[-1].startswith("--") and "=" not in words[-1] and not word.startswith("--"):
        option, value = words[-1][2:], word
    return Spot(kind, tuple(words), word, quote, option, value, given=given)


def _read_comment(text: str, given: frozenset[str]) -> Spot:
    key, colon, value = text.partition(":")
    if not colon:
        return Spot("step", (), key.strip(), comment=True, given=given)
    value = value.lstrip()
    quote = value[:1] if value[:1] in {"'", '"'} else ""
    return Spot("step", (), "", quote, key.strip(), value.removeprefix(quote), comment=True, given=given)


def _keys(text: str) -> frozenset[str]:
    words, word, _ = typed_words(text)
    return frozenset(each[2:].partition("=")[0] for each in (*words, word) if each.startswith("--"))


def _all_keys(lines: list[str], first: int, start: int) -> frozenset[str]:
    """Return the keys that a header and the lines below it give."""
    found = set(_keys(lines[first][start:]))
    for line in lines[first + 1 :]:
        mark = _OPTION_LINE.match(line)
        if mark is None and not line.strip():
            continue
        if mark is None:
            break
        found.add(line[mark.end() :].partition(":")[0].strip().replace("_", "-"))
    return frozenset(found)
