"""Options and parameters as help shows them: aligned, one a line, with what holds here and now."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from nbflow.cards.printable import one_line
from nbflow.cells.options import Option, Table

_GAP = re.compile(r"\S {2,}")
#: names and commands stay whole, columns where they are
_WHOLE: Any = {"break_long_words": False, "break_on_hyphens": False, "drop_whitespace": True}
#: characters of a value that help shows
_WIDE = 28
#: characters of a line of help, which fit into the box of JupyterLab and beneath a cell
WIDTH = 88
#: characters of the first of two columns of `listed`
_COLUMN = 30
#: what the words in capitals stand for, where they do not speak for themselves
_METAVARS = {
    "EXPR": "a Python expression, in quotes if it has blanks",
    "LIST": "a,b,c",
    "SIZE": "8G, 512M; a plain number is MiB",
    "DUR": "90s, 5m, 1h30m",
    "[NAME]": "may be left out",
}


def option_lines(table: Table, now: Mapping[str, str] | None = None) -> list[str]:
    """Return the options of `table`, one a line, under the titles of its groups.

    Args:
        table: the options.
        now: what holds here and now, by key; what it leaves out has its default. Without it there is no such column.
    """
    groups = table.groups or (("options", tuple(option.key for option in table.options)),)
    rows: list[tuple[str, ...]] = []
    for title, keys in groups:
        rows += [()] if rows else []
        rows.append((title, "now" if now is not None and len(rows) == 0 else "", ""))
        for option in map(table.__getitem__, keys):
            value = "" if now is None else now.get(option.key, option.default)
            rows.append((f"  {head(option)}", one_line(value, _WIDE), _explained(option, value)))
    return [*aligned(rows if now is not None else [(row[0], row[2]) if row else () for row in rows]), *_words(table)]


def head(option: Option) -> str:
    """Return the option as it is written: `--retry N`, `--catch [NAME]`, `--fresh`."""
    value = f"[{option.metavar}]" if option.optional else option.metavar
    return f"--{option.key} {value}".rstrip()


def option_line(option: Option, now: str = "") -> str:
    """Return one option with all that is to be said of it."""
    held = f"; now: {now}" if now else ""
    again = "; may be given again" if option.repeatable else ""
    return f"{head(option)}  {_explained(option, now)}{again}{held}"


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return the rows as lines whose columns stand below each other; an empty row is an empty line."""
    wide: list[int] = []
    for row in rows:
        for number, cell in enumerate(row):
            wide[number:] = [max(len(cell), *wide[number : number + 1], 0), *wide[number + 1 :]]
    return ["  ".join(f"{cell:<{wide[number]}}" for number, cell in enumerate(row)).rstrip() for row in rows]


def listed(rows: Sequence[tuple[str, str]]) -> list[str]:
    """Return names and what they do in two columns; a name that is longer than its column has a line of its own."""
    column = max((len(name) for name, _ in rows if len(name) <= _COLUMN), default=0)
    lines = []
    for name, does in rows:
        whole = len(name) <= column or not does
        lines += [f"{name:<{column}}  {does}".rstrip()] if whole else [name, f"{'':<{column}}  {does}"]
    return lines


def _explained(option: Option, now: str) -> str:
    # what holds anyway need not be said twice
    return f"{option.help} (default: {option.default})" if option.default not in {"", now} else option.help


def _words(table: Table) -> Iterator[str]:
    """Yield what the words in capitals stand for."""
    used = {f"[{option.metavar}]" if option.optional else option.metavar for option in table.options}
    told = [f"{word} {meaning}" for word, meaning in _METAVARS.items() if word in used]
    for number in range(0, len(told), 3):
        yield from ([""] if number == 0 else [])
        yield "  ·  ".join(told[number : number + 3])


def facts_below(rows: Sequence[tuple[str, str]]) -> list[str]:
    """Return the lines that end a help text: what holds here and now."""
    return ["", "here and now", *aligned([(f"  {name}", value) for name, value in rows])]


def narrow(text: str, width: int) -> str:
    """Return a help text whose lines have at most `width` characters; what goes on stands below the last column."""
    lines: list[str] = []
    for line in text.splitlines():
        # a line that only goes on in the second column begins there
        column = max((gap.end() for gap in _GAP.finditer(line)), default=len(line) - len(line.lstrip()))
        # a column that leaves no room for words is none
        indent = " " * (column if column < width - 30 else 4)
        lines += textwrap.wrap(line, width, subsequent_indent=indent, **_WHOLE) if len(line) > width else [line]
    return "\n".join(lines)
