"""Where in a person's text something was written: asked for when it is made, looked up only for a message."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from types import FrameType, FunctionType

from nbflow.errors import NOWHERE, Place
from nbflow.frozen import frozen

#: the file name of a definition, as in `<sales.ipynb · cell 7>`
_CELL = re.compile(r"<(?P<notebook>.+) · (?P<cell>.+)>")
#: the file that a kernel pretends a cell was read from: its name tells a person nothing
_NAMELESS = re.compile(r"<|.*[/\\]ipykernel_\d+[/\\]")


@frozen
class Written:
    """A line of a file, or of a cell."""

    file: str
    line: int

    @property
    def place(self) -> Place:
        """The line as a message shows it."""
        import linecache

        text = linecache.getline(self.file, self.line).rstrip() or None
        if cell := _CELL.fullmatch(self.file):
            return Place(cell["notebook"], cell["cell"], line=self.line, text=text)
        return Place(None if _NAMELESS.match(self.file) else Path(self.file).name, line=self.line, text=text)


def here(depth: int = 1) -> Written:
    """Return the line that called the function which asks, or one `depth` calls further out."""
    frame = sys._getframe(depth + 1)  # noqa: SLF001 - the only cheap way to it
    return Written(frame.f_code.co_filename, frame.f_lineno)


def in_class() -> Place:
    """Return the line of a person's code that calls nbflow; nowhere while a flow is run, when that says nothing."""
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001 - the only cheap way to it
    while frame is not None and (module := str(frame.f_globals.get("__name__"))).startswith("nbflow."):
        frame = None if module.startswith("nbflow.frontends.") else frame.f_back
    return Written(frame.f_code.co_filename, frame.f_lineno).place if frame is not None else NOWHERE


def place_of(function: FunctionType) -> Place:
    """Return where `function` begins, its decorators included."""
    code = function.__code__
    return Written(code.co_filename, code.co_firstlineno).place if code.co_firstlineno else NOWHERE
