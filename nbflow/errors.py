"""Every error nbflow raises, its code and its message.

    NbflowError
      FlowError          one or more problems of a flow's text, all found before anything runs
        CellError        C: a cell's header, options or body
        GraphError       G: what the steps mean together
        ParameterError   P: a parameter's declaration or value
        DecoratorError   D: a decorator of a class or of one of its steps
        LintError        F: the steps of a class do not fit together
      TaskError          T: a step's body, while or after it ran
        InvalidNextError     its self.next cannot be followed
        MergeError           merge_artifacts cannot be done
          MergeConflictError   values differ
          MergeMissingError    a name that was to be included is not there
        NoInputError         there are not so many tasks in inputs; an IndexError, too
      RunError           R: a run, a notebook file or a command line as a whole
      StoreError         S: artifacts and the bytes that hold them
      MetadataError      M: facts about runs
        NotFoundError        there is no such flow, run, step, task or artifact
        NamespaceError       it is there, and outside the namespace
        PathspecError        what was asked for cannot be the name of one
        TagError             a tag that cannot be given or taken
      ViewError          V: what was to be looked at, compared or chosen
        RegressionError      a comparison's condition says that a run is worse
      CardError          K: a card that cannot be made or shown
      PackageError       E: the packages that a step runs with
      ConfigurationError U: a setting of the person's, in a file or a variable
      ScheduleError      L: a schedule, or what runs by it
      DeploymentError    A: a flow deployed to AWS
      NotebookError      W: a whole notebook that is run by papermill
      MessageError       Q: a message about a run that cannot be sent

A *problem* is a value: a code, the place it stands in, and facts. Its texts come from CATALOGUE, so each
message is written once. `problem()` makes one, `raise_for()` raises the error class that fits.
"""

from __future__ import annotations

import linecache
import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import replace
from types import TracebackType
from typing import Any, Literal, NoReturn

from nbflow.catalogue import CATALOGUE
from nbflow.frozen import frozen

Severity = Literal["error", "warning", "notice"]


@frozen
class Place:
    """Where something stands, as a person would look for it. Every part may be unknown."""

    #: file name of the notebook, without its folder
    notebook: str | None = None
    #: the cell as a person names it: `cell 7` in a file, `In [7]` in a kernel
    cell: str | None = None
    step: str | None = None
    #: 1-based line of the cell
    line: int | None = None
    #: 0-based column of that line
    column: int | None = None
    #: that line's own text
    text: str | None = None
    #: the step is a method of a class
    method: bool = False
    #: the step's header is in the form `%step`, which means the same
    percent: bool = False
    #: places of the person's that led to this one, the nearest first
    callers: tuple[Place, ...] = ()

    def at(self, line: int | None, column: int | None = None, text: str | None = None) -> Place:
        """Return this place with a line of its cell."""
        return replace(self, line=line, column=column, text=text)

    def __str__(self) -> str:
        signs = "" if self.method else "%" if self.percent else "%%"
        step = self.step and f"{signs}step {self.step}"
        parts = [self.notebook, self.cell, step, self.line and f"line {self.line}"]
        return " · ".join(str(part) for part in parts if part)


NOWHERE = Place()


@frozen
class Problem:
    """One thing that is wrong (or worth a notice), with its place and facts; texts come from the catalogue."""

    code: str
    place: Place = NOWHERE
    facts: tuple[tuple[str, str], ...] = ()

    def _text(self, part: str) -> str:
        return str(getattr(CATALOGUE[self.code], part)).format_map(dict(self.facts))

    @property
    def severity(self) -> Severity:
        return CATALOGUE[self.code].severity

    @property
    def sentences(self) -> str:
        """What, why and how to fix it, a line each: a message without code and place, which stand beside it."""
        return "\n".join(part for part in (self.what, self.why, self.fix) if part)

    @property
    def what(self) -> str:
        """One line: what is wrong."""
        return self._text("what")

    @property
    def why(self) -> str:
        """Why it is so, or an empty string when `what` says it all."""
        return self._text("why")

    @property
    def fix(self) -> str:
        """What to type instead."""
        return self._text("fix")

    def __str__(self) -> str:
        return "\n".join(self.lines())

    def lines(self, width: int | None = None) -> list[str]:
        """Return it as it is shown: what, where, why and fix; longer texts folded at `width` characters, if given."""
        lines = _labelled(f"NBF-{self.code}", self.what, width)
        if where := str(self.place):
            lines.append(f"  where  {where}")
        if self.place.text is not None:
            lines.append(f"{_INDENT}{self.place.text}")
            if self.place.column is not None:
                lines.append(f"{_INDENT}{' ' * self.place.column}^")
        lines += [f"{_INDENT}called from {caller}" for caller in self.place.callers]
        for label, text in (("why", self.why), ("fix", self.fix)):
            lines += _labelled(f"  {label:<5}", text, width)
        return lines


_INDENT = " " * 9


def _labelled(label: str, text: str, width: int | None) -> list[str]:
    """Return `text` behind its label, its further lines below it; nothing for an empty one."""
    lines = text.splitlines()
    if width is not None:
        import textwrap

        room = width - len(_INDENT)
        lines = [
            part for line in lines for part in (textwrap.wrap(line, room, **_FOLD) if len(line) > room else [line])
        ]
    return [f"{label}  {lines[0]}", *(f"{_INDENT}{line}" for line in lines[1:])] if lines else []


#: names and commands must stay whole, to be copied
_FOLD: Any = {"break_long_words": False, "break_on_hyphens": False, "replace_whitespace": False}


def problem(code: str, place: Place = NOWHERE, /, **facts: object) -> Problem:
    """Return the problem `code` at `place`; `facts` fill the catalogue's texts (all its fields are required)."""
    return Problem(code, place, tuple((name, str(value)) for name, value in facts.items()))


#: characters of a line that a notebook shows without a second one
_WIDTH = 110
#: callers of a place that are named
_CALLERS = 3


class NbflowError(Exception):
    """Base of every error of nbflow: `problems` says what, where, why and how to fix it."""

    #: exit code of the terminal commands
    exit_code = 1

    #: what a person's own subclass puts above its message
    headline = ""

    def __init__(
        self, problems: Problem | Sequence[Problem] | str = (), lineno: int | None = None, *, msg: str | None = None
    ) -> None:
        """Take problems; or, as people raise it themselves, plain words (`msg`) and perhaps a line."""
        words = problems if isinstance(problems, str) else msg
        self.line_no = lineno
        self.problems: tuple[Problem, ...] = ()
        if words is None and not isinstance(problems, str):
            self.problems = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__("\n\n".join(str(each) for each in self.problems) if words is None else words)

    def __reduce__(self) -> tuple[type, tuple[Any, ...]]:
        return type(self), (self.problems or str(self), self.line_no)

    @property
    def message(self) -> str:
        """What it says."""
        return str(self)

    @property
    def code(self) -> str:
        """The first problem's code, as in `NBF-G010`; empty for plain words."""
        return f"NBF-{self.problems[0].code}" if self.problems else ""

    def _render_traceback_(self) -> list[str]:
        # IPython asks the exception itself how it looks: these lines and no frames of ours
        if not self.problems:
            return str(self).splitlines()
        own = own_places(self.__traceback__)
        told = [_seen_from(own, each).lines(_WIDTH) for each in self.problems]
        return [line for number, lines in enumerate(told) for line in ([""] if number else []) + lines]


class FlowError(NbflowError):
    """A flow's text does not make sense; nothing has run."""

    exit_code = 2


class CellError(FlowError):
    """A cell's header, options or body is wrong."""


class GraphError(FlowError):
    """The steps do not fit together."""


class ParameterError(FlowError):
    """A parameter's declaration or value is wrong."""


class DecoratorError(FlowError):
    """A decorator, or an attribute of one, makes no sense where it stands."""


class LintError(FlowError):
    """The steps of a class do not fit together."""


class TaskError(NbflowError):
    """A step's body failed, or what it did cannot be kept."""


class InvalidNextError(TaskError):
    """A step's `self.next` cannot be followed."""


class MergeError(TaskError):
    """`merge_artifacts` cannot be done; nothing was merged."""

    @property
    def artifact_names(self) -> list[str]:
        """The artifacts it is about."""
        facts = dict(self.problems[0].facts) if self.problems else {}
        return [name for name in facts.get("names", "").split(", ") if name]


class MergeConflictError(MergeError):
    """The joined tasks left different values."""


class MergeMissingError(MergeError):
    """No joined task left what was to be merged."""


class RunError(NbflowError):
    """A run, a notebook file or a command line as a whole cannot go on."""


class UsageError(RunError):
    """What was asked for cannot be understood; nothing has run."""

    exit_code = 2


class StoreError(NbflowError):
    """An artifact or the bytes that hold it cannot be written or read."""


class MetadataError(NbflowError):
    """A fact about runs is missing or cannot be read."""


class NotFoundError(MetadataError):
    """There is no such flow, run, step, task or artifact."""


class NamespaceError(MetadataError):
    """What was asked for is outside the namespace."""


class PathspecError(MetadataError):
    """What should name a run, step, task or artifact does not."""


class TagError(MetadataError):
    """A tag cannot be given or taken."""


class ViewError(NbflowError):
    """What was to be looked at, compared or chosen cannot be."""


class RegressionError(ViewError):
    """A comparison's condition says that a run is worse than its baseline."""

    #: what was compared
    comparison: object = None


class CardError(NbflowError):
    """A card cannot be made, found or shown."""


class ConfigurationError(NbflowError):
    """A setting, in its file or in a variable of the environment, makes no sense."""

    exit_code = 2


class PackageError(NbflowError):
    """The packages that a step is to run with cannot be found, resolved or installed."""


class ScheduleError(NbflowError):
    """A schedule makes no sense, or cannot be kept or carried out."""

    exit_code = 2


class DeploymentError(NbflowError):
    """A flow cannot be deployed, or a deployment cannot be reached or changed."""

    exit_code = 2


class NotebookError(NbflowError):
    """A whole notebook cannot be run, or what it left cannot be kept."""

    exit_code = 2


class MessageError(NbflowError):
    """A message about a run cannot be sent."""

    exit_code = 2


_CLASSES: dict[str, type[NbflowError]] = {
    "C": CellError,
    "G": GraphError,
    "P": ParameterError,
    "D": DecoratorError,
    "F": LintError,
    "T": TaskError,
    "R": RunError,
    "S": StoreError,
    "M": MetadataError,
    "V": ViewError,
    "K": CardError,
    "E": PackageError,
    "U": ConfigurationError,
    "L": ScheduleError,
    "A": DeploymentError,
    "W": NotebookError,
    "Q": MessageError,
}


#: codes whose class is narrower than that of their letter
_NARROWER: dict[str, type[NbflowError]] = {
    **dict.fromkeys(("M001", "M002", "M003", "M004", "M005", "M019"), NotFoundError),
    "M006": PathspecError,
    "M012": NamespaceError,
    **dict.fromkeys(("M010", "M013", "M014"), TagError),
    **dict.fromkeys((f"T03{digit}" for digit in range(10)), InvalidNextError),
    **dict.fromkeys(("T040", "T041"), MergeError),
    "V010": RegressionError,
    "T042": MergeConflictError,
    "T043": MergeMissingError,
}


def error(problems: Problem | Iterable[Problem]) -> NbflowError:
    """Return the error that carries `problems`: of their letter's class, or FlowError when letters differ."""
    found = (problems,) if isinstance(problems, Problem) else tuple(problems)
    letters = {each.code[0] for each in found}
    kind = _CLASSES[letters.pop()] if len(letters) == 1 else FlowError
    if len(narrower := {_NARROWER.get(each.code) for each in found}) == 1:
        kind = narrower.pop() or kind
    if kind is RunError and all(CATALOGUE[each.code].usage for each in found):
        kind = UsageError
    return kind(found)


def raise_for(code: str, place: Place = NOWHERE, /, **facts: object) -> NoReturn:
    """Raise the error with the one problem `code` at `place`."""
    raise error(problem(code, place, **facts))


#: characters of a name that are enough to know it by
_BEGINNING = 3


def did_you_mean(name: str, known: Iterable[str], form: str = "{}") -> str:
    """Return ` Did you mean 'x'?` for the nearest of `known`, else the only one that begins so, or an empty string."""
    import difflib

    names = list(known)
    near = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
    # whoever has typed the beginning of a long name has not made a slip that is like it as a whole
    begun = [each for each in names if each.startswith(name)] if len(name) >= _BEGINNING else []
    near = near or (begun if len(begun) == 1 else [])
    return f" Did you mean '{form.format(near[0])}'?" if near else ""


def near_or_all(name: str, known: Iterable[str], what: str, most: int = 8) -> str:
    """Return ` Did you mean 'x'?`, else what there is: ` Its runs are 3, 2, 1.` with `what` `Its runs are`."""
    names = list(known)
    # one number is no slip for another
    if not name.isdigit() and (near := did_you_mean(name, names)):
        return near
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return f" {what} {', '.join(names[:most])}{more}." if names else ""


def own_places(trace: TracebackType | None) -> list[Place]:
    """Return the places in a person's own cells and files that led to an error, the outermost first."""
    places: list[Place] = []
    while trace is not None:
        code, line = trace.tb_frame.f_code, trace.tb_lineno
        place = _in_cell(code.co_filename, line) or _in_file(code.co_filename, line)
        places += [place] if place is not None else []
        trace = trace.tb_next
    return places


def _seen_from(own: Sequence[Place], found: Problem) -> Problem:
    """Return a problem with its place as near as it is known: what it says itself, else the code that led to it."""
    place = found.place
    if not own:
        return found
    if not str(place) and place.text is None:
        return replace(found, place=replace(own[-1], callers=tuple(reversed(own[:-1]))[:_CALLERS]))
    if place.line is None and place.cell == own[0].cell and place.step is None:
        # a line that was read alone does not know how far down its cell it stands
        text = place.text if place.text is not None else own[0].text
        return replace(found, place=place.at(own[0].line, place.column, text))
    return found


def _in_cell(file: str, line: int) -> Place | None:
    """Return the place in a cell of the running kernel; None: `file` is none."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    named = shell.compile.format_code_name(file) if shell is not None else None
    number = re.search(r"\d+", named[1]) if named else None
    if shell is None or number is None:
        return None
    place = Place(cell=f"In [{number[0]}]")
    typed = getattr(shell.history_manager, "input_hist_raw", [])
    lines = typed[int(number[0])].splitlines() if int(number[0]) < len(typed) else []
    # what IPython executes may have other lines than what was typed, as a whole cell of ours does
    if len(lines) != len(linecache.getlines(file)) or not 0 < line <= len(lines):
        return place
    return place.at(line, None, lines[line - 1].strip())


def _in_file(file: str, line: int) -> Place | None:
    """Return the place in a file of the person's; None: it is one of Python's, of a library or ours."""
    if not is_own_file(file):
        return None
    return Place(notebook=file.rpartition("/")[2]).at(line, None, linecache.getline(file, line).strip() or None)


def is_own_file(file: str) -> bool:
    """Say whether `file`, as a frame names it, is a person's: none of Python's, of a library or ours."""
    import sysconfig
    from pathlib import Path

    path, paths = Path(file), sysconfig.get_paths()
    libraries = [Path(__file__).parent, *(Path(paths[key]) for key in ("stdlib", "platstdlib", "purelib", "platlib"))]
    return path.is_absolute() and not any(path.is_relative_to(folder) for folder in libraries)


def sorted_by_place(problems: Iterable[Problem]) -> list[Problem]:
    """Return `problems` without repeats, errors first, in the order found."""
    unique = dict.fromkeys(problems)
    return sorted(unique, key=lambda each: each.severity != "error")
