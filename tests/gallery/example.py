"""A bad input as a value: what was typed, at which door, and what must be said of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, eq=False)
class Example:
    """One thing that a hurried person types. Its kind says at which door."""

    #: of the problem that is meant, without `NBF-`; the answer may hold others
    code: str
    #: as a person would tell it: for the page, and for the name of the test
    title: str
    #: what must be in the lines that say where
    place: str = field(default="", kw_only=True)
    #: what must be in the headline or the reason
    reason: str = field(default="", kw_only=True)
    #: what must be in the fix, or in the headline where that says what was meant
    fix: str = field(default="", kw_only=True)

    def __str__(self) -> str:
        return f"{self.code} {self.title}"


@dataclass(frozen=True, eq=False)
class Notebook(Example):
    """The cells of a saved notebook, `case.ipynb`, below those of `doors.PLAIN`; and the line that reads it."""

    cells: tuple[str, ...]
    line: str = "nbflow check case.ipynb"
    #: the cells as the fix says they should be
    mended: tuple[str, ...] = ()
    #: without the cells of `doors.PLAIN`
    alone: bool = False


@dataclass(frozen=True, eq=False)
class Cell(Example):
    """A cell that is run in a kernel."""

    source: str
    #: cells that were run just before
    before: tuple[str, ...] = ()
    #: the cell as the fix says it should be
    mended: str = ""


@dataclass(frozen=True, eq=False)
class Command(Example):
    """A line in a terminal, in a folder that holds what `doors.py` puts there, and `files`."""

    line: str
    files: Mapping[str, str] = field(default_factory=dict)
    exits: int = 2
    #: the line as the fix says it should be
    mended: str = ""


@dataclass(frozen=True, eq=False)
class FlowFile(Example):
    """A file with a flow class, `flow.py`, and the line in a terminal that reads it."""

    source: str
    line: str = "nbflow check flow.py"
    exits: int = 2
    #: the file as the fix says it should be
    mended: str = ""


@dataclass(frozen=True, eq=False)
class Call(Example):
    """Python of a program or of a plain cell, over runs that are there."""

    source: str
    #: as the fix says it should be
    mended: str = ""
