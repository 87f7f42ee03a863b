"""The text of one cell, and the problems found in it: all of a cell's are reported together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from nbflow.errors import NOWHERE, Place, Problem, error, problem


@dataclass(slots=True)
class CellText:
    """A cell as the person wrote it.

    Responsibilities: turns lines and columns into places; collects problems.
    """

    text: str
    place: Place = NOWHERE
    #: file name under which tracebacks show the cell
    file: str = "<cell>"
    problems: list[Problem] = field(default_factory=list)
    lines: list[str] = field(init=False)

    def __post_init__(self) -> None:
        self.lines = self.text.split("\n")

    def at(self, line: int | None, column: int | None = None) -> Place:
        """Return the place of `line` (1-based) with its text, and of `column` (0-based) in it."""
        if line is None or not 1 <= line <= len(self.lines):
            return self.place
        return self.place.at(line, column, self.lines[line - 1].rstrip("\r"))

    def found(self, code: str, line: int | None = None, column: int | None = None, /, **facts: object) -> None:
        """Remember the problem `code`."""
        self.problems.append(problem(code, self.at(line, column), **facts))

    def in_step(self, name: str, *, percent: bool) -> None:
        """Let every place of the cell name the step, those of problems found before included.

        `percent`: its header is `%step`.
        """
        self.place = replace(self.place, step=name, percent=percent)
        self.problems[:] = [
            replace(each, place=replace(each.place, step=name, percent=percent)) for each in self.problems
        ]

    def check(self) -> None:
        """Raise an error with every problem found so far, if one of them is an error."""
        if any(each.severity == "error" for each in self.problems):
            raise error(in_line_order(self.problems))

    @property
    def notices(self) -> tuple[Problem, ...]:
        """What was found that is no error."""
        return tuple(each for each in self.problems if each.severity != "error")


def in_line_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Return the errors among `problems` as one reads the cell, each once."""
    errors = [each for each in dict.fromkeys(problems) if each.severity == "error"]
    return tuple(sorted(errors, key=lambda each: (each.place.line or 0, each.place.column or 0)))
