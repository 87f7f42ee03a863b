"""Logical lines of a cell, as IPython sees them: Python, and the lines only IPython understands.

`!cmd`, `%magic`, `?help` and `x = !cmd` count only where a statement begins, never inside a string, a bracket or a
continued line. Nothing is parsed, so a cell that is not Python yet is read all the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from nbflow.frozen import frozen

_HELP = re.compile(r"\?{1,2}[%\w][\w.*]*\s*\Z|%{0,2}[^\W\d][\w.*]*(\[[^\]]*\])?\?{1,2}\s*\Z")
#: what a line that is no Python begins with
_SIGIL = re.compile(r"(!!|!|%%|%)(?=\S|\s*\Z)")
_ASSIGNED = re.compile(r"(?<![=!<>:+\-*/%&|^@~])=(?!=)\s*(?P<sigil>!|%)(?![=!%])")
_TOKEN = re.compile(r"(?P<prefix>[A-Za-z]{0,2})(?P<quote>'''|\"\"\"|'|\")|[\[\](){}#\\=\n]")


@frozen
class LogicalLine:
    """One statement's lines, or one line for IPython."""

    #: 0-based physical lines it covers, the last included
    first: int
    last: int
    indent: str
    #: `!`, `!!`, `%`, `%%` or `?`; empty: Python
    sigil: str = ""
    #: what follows the sigil, continued lines joined
    content: str = ""
    #: `x = ` where the sigil stands behind an assignment
    target: str = ""


def logical_lines(text: str) -> Iterator[LogicalLine]:
    """Yield the logical lines of `text` from top to bottom; blank lines and comments are left out."""
    lines = text.split("\n")
    number = 0
    while number < len(lines):
        stripped = lines[number].strip()
        if not stripped or stripped.startswith("#"):
            number += 1
            continue
        line = _escaped(lines, number) or _python(lines, number)
        yield line
        number = line.last + 1


def _escaped(lines: list[str], number: int) -> LogicalLine | None:
    text = lines[number].rstrip("\r")
    stripped = text.lstrip()
    indent = text[: len(text) - len(stripped)]
    if _HELP.match(stripped):
        return LogicalLine(number, number, indent, "?", stripped.strip("? \t"))
    found = _SIGIL.match(stripped)
    if found is None:
        return None
    content, last = _continued(lines, number, len(indent) + found.end())
    return LogicalLine(number, last, indent, found[1], content)


def _continued(lines: list[str], number: int, start: int) -> tuple[str, int]:
    """Return the text from column `start` of line `number` on, joined over backslashes, and its last line."""
    parts = [lines[number].rstrip("\r")[start:]]
    while parts[-1].endswith("\\") and number + 1 < len(lines):
        parts[-1] = parts[-1][:-1].rstrip()
        number += 1
        parts.append(lines[number].rstrip("\r").lstrip())
    return " ".join(parts).strip(), number


def _python(lines: list[str], number: int) -> LogicalLine:
    """Return the statement that begins on line `number`: up to the first line break outside strings and brackets."""
    text = "\n".join(lines[number:])
    indent = text[: len(text) - len(text.lstrip())]
    depth, here = 0, 0
    while (token := _TOKEN.search(text, here)) is not None:
        here = token.end()
        sign = token[0]
        if token["quote"]:
            here = _string_end(text, here, token["quote"])
        elif sign == "#":
            here = _line_end(text, here)
        elif sign == "\\":
            here += 1
        elif sign == "=" and depth == 0 and (assigned := _ASSIGNED.match(text, token.start())):
            line = number + text.count("\n", 0, assigned.start("sigil"))
            content, last = _continued(lines, line, _column(text, assigned.end()))
            return LogicalLine(number, last, indent, assigned["sigil"], content, text[: token.end()].strip() + " ")
        elif sign == "\n":
            if depth == 0:
                return LogicalLine(number, number + text.count("\n", 0, token.start()), indent)
        elif sign != "=":
            depth = max(0, depth + (1 if sign in "([{" else -1))
    return LogicalLine(number, len(lines) - 1, indent)


def _string_end(text: str, start: int, quote: str) -> int:
    """Return where the string that opened before `start` ends; one of a single line ends with it at the latest."""
    stop = re.compile(rf"\\.|{quote}" if len(quote) == 3 else rf"\\.|{quote}|\n", re.DOTALL)
    here = start
    while (found := stop.search(text, here)) is not None:
        if found[0] == "\n":
            return found.start()
        if found[0] == quote:
            return found.end()
        here = found.end()
    return len(text)


def _line_end(text: str, here: int) -> int:
    end = text.find("\n", here)
    return len(text) if end < 0 else end


def _column(text: str, position: int) -> int:
    return position - (text.rfind("\n", 0, position) + 1)
