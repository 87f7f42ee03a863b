"""A cell aside: `%flow debug` writes one to look into a task, and its first line says that it is no part of the flow."""

from __future__ import annotations

import re
import textwrap

#: how such a cell begins
_BEGINNING = "# %flow debug "
_MARK = re.compile(rf"\s*{_BEGINNING}\S")
#: a cell magic that a comment above would turn into an error
_TIMED = re.compile(r"\A(?=%%time\b)")

#: the string that stands in the place of the mark in what Python executes
STANDS_ASIDE = "%flow debug"


def is_aside(text: str) -> bool:
    """Whether the cell is one that looks into a task: it defines nothing, and leaves nothing to the flow."""
    return _MARK.match(text) is not None


def aside(task: str, what: str, body: str) -> str:
    """Return the cell that holds `body`, as it was written, of the task with that pathspec; `what` says what it is."""
    text = textwrap.dedent(body.strip("\n").rstrip())
    # a timed cell shows no lines in its traceback
    return f"{_BEGINNING}{task} · {what}; this cell is no part of the flow\n{_TIMED.sub('# ', text)}"


def without_mark(lines: list[str]) -> list[str]:
    """Return the lines of a cell aside with a string in the place of its mark, so that its syntax tree has it, too."""
    number = next(number for number, line in enumerate(lines) if line.lstrip().startswith(_BEGINNING))
    return [*lines[:number], f"{STANDS_ASIDE!r}\n", *lines[number + 1 :]]
