"""A whole notebook file → its flow: steps in order, parameters, definitions, setup. No kernel is started.

Plain cells are read, never run, all in document order. Problems of all cells are gathered, so they are said at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import field

from nbflow.cells.definitions import DefinitionTable
from nbflow.cells.effects import Effect
from nbflow.cells.header import cell_kind, misspelt_magic
from nbflow.cells.hearers import heard, hearers_of_line, kept_in_code, lines_in
from nbflow.cells.notebook import Document, NotebookCell
from nbflow.cells.parameters import ParameterCell, parameter_cell
from nbflow.cells.plain import PlainCell, plain_cell
from nbflow.cells.rebound import rebound
from nbflow.cells.setup import setup_cell
from nbflow.cells.step import step_draft
from nbflow.cells.whole_notebook import NotebookReader, no_notebooks
from nbflow.errors import NbflowError, Place, Problem, did_you_mean, problem
from nbflow.frozen import frozen
from nbflow.model.notice import Notice
from nbflow.model.step import FlowDraft, SetupCell, StepDraft

_NAMED = re.compile(r"^%flow[ \t]+name[ \t]+(?P<name>[^\s#]+)", re.MULTILINE)


@frozen
class Assignment:
    """A parameter's value, set by a cell of nothing but such assignments, as papermill injects."""

    #: the right-hand side
    source: str
    place: Place


@frozen
class FlowText:
    """What a notebook file says."""

    draft: FlowDraft
    #: parameter → what a cell sets it to; of two cells the later one counts
    assignments: Mapping[str, Assignment] = field(default_factory=dict)
    #: the name a `%flow name` line gives
    name: str | None = None
    #: who is to hear of its runs, as `%flow notify` says, and where that stands
    hearers: tuple[tuple[Notice, Place], ...] = ()
    #: modules that plain cells and step bodies import, for preloading
    modules: tuple[str, ...] = ()
    #: step name → the text of its cell
    cells: Mapping[str, str] = field(default_factory=dict)


def flow_draft(document: Document, notebook_name: str) -> FlowDraft:
    """Return the flow of a notebook; what is wrong with its cells is in `problems`."""
    return flow_text(document, notebook_name).draft


def flow_text(
    document: Document, notebook_name: str, *, once: bool = True, notebooks: NotebookReader = no_notebooks
) -> FlowText:
    """Return the flow of a notebook, and what else its cells say: parameters set in cells, the flow's name.

    `once`: each cell is there once, as it stands (see `DefinitionTable.freeze`). In what a kernel ran, an edited cell
    is there as it was, too. `notebooks` gives the text of those that are bodies of steps.
    """
    reader = _Reader(notebook_name, notebooks)
    for cell in document.code:
        reader.read(cell)
    return reader.flow(once=once)


class _Reader:
    """Reads cell by cell; definitions wait for the parameters, which may stand below cells that set them."""

    def __init__(self, notebook: str, notebooks: NotebookReader = no_notebooks) -> None:
        self._notebook = notebook
        self._notebooks = notebooks
        self._steps: list[StepDraft] = []
        self._parameters: ParameterCell | None = None
        self._parameters_at = ""
        self._setup: list[SetupCell] = []
        self._plain: list[tuple[PlainCell, Place]] = []
        self._problems: list[Problem] = []
        self._name: str | None = None
        self._hearers: dict[str, tuple[Notice, Place]] = {}
        #: steps and plain cells as they stand
        self._read: list[StepDraft | PlainCell] = []

    def read(self, cell: NotebookCell) -> None:
        """Take one code cell."""
        place = Place(notebook=self._notebook, cell=cell.label)
        file = f"<{self._notebook} · {cell.label}>"
        try:
            match cell_kind(cell.source):
                case "step":
                    self._take_step(step_draft(cell.source, place, file, self._notebooks))
                case "parameters":
                    self._take_parameters(parameter_cell(cell.source, place, file), place)
                case "setup":
                    self._setup.append(setup_cell(cell.source, place, file))
                case None if wrong_magic := misspelt_magic(cell.source):
                    written, meant = wrong_magic
                    self._problems.append(problem("C015", place, written=written, meant=meant))
                case None:
                    self._take_plain(plain_cell(cell.source, place, file), cell, place)
        except NbflowError as wrong:
            self._problems.extend(wrong.problems)

    def _take_step(self, step: StepDraft) -> None:
        first = next((each for each in self._steps if each.name == step.name), None)
        if first is not None:
            cells = {"first": first.place.cell, "second": step.place.cell}
            self._problems.append(problem("C011", step.place, name=step.name, **cells))
        self._steps.append(step)
        self._read.append(step)

    def _take_parameters(self, cell: ParameterCell, place: Place) -> None:
        if self._parameters is not None:
            self._problems.append(problem("P005", place, first=self._parameters_at, second=place.cell))
            return
        self._parameters, self._parameters_at = cell, place.cell or ""
        modules = tuple(name for each in cell.statements for name in each.modules)
        self._plain.append((PlainCell(cell.statements, modules), place))

    def _take_plain(self, cell: PlainCell, written: NotebookCell, place: Place) -> None:
        if named := _NAMED.search(written.source):
            self._name = named["name"]
        for number, line in lines_in(written.source):
            at = place.at(number)
            said = hearers_of_line(line, at)
            self._hearers = heard(self._hearers, said, at)
            self._problems.extend(kept_in_code(said, at))
        self._plain.append((cell, place))
        self._read.append(cell)

    def flow(self, *, once: bool) -> FlowText:
        """Return what was read."""
        parameters = self._parameters.parameters if self._parameters else ()
        declared = {each.name for each in parameters}
        table = DefinitionTable()
        assignments: dict[str, Assignment] = {}
        for cell, place in self._plain:
            if cell.assignments and set(cell.assignments) <= declared:
                assignments |= {name: Assignment(source, place) for name, source in cell.assignments.items()}
                continue
            if cell.injected and declared:
                self._problems.extend(_unknown(cell, declared, place))
            self._problems.extend(self._remarks(cell, declared, place))
            table.add_effects(_without(cell.effects, declared))
        self._problems.extend(rebound(self._read, declared))
        draft = FlowDraft(
            tuple(self._steps), parameters, table.freeze(once=once), tuple(self._setup), tuple(self._problems)
        )
        return FlowText(draft, assignments, self._name, tuple(self._hearers.values()), self._modules(), self._cells())

    def _remarks(self, cell: PlainCell, declared: set[str], place: Place) -> list[Problem]:
        """Return notices about a plain cell: what of it reaches no step, or sets no parameter."""
        where = place.cell or "a plain cell"
        outside = (each for each in cell.unreplayed if not each.name)
        found = [*cell.notices, *(problem("N002", each.place, call=each.call, cell=where) for each in outside)]
        if lost := sorted(declared & set(cell.bound or ())):
            found.append(problem("N011", place, names=", ".join(lost)))
        return found

    def _modules(self) -> tuple[str, ...]:
        plain = [name for cell, _ in self._plain for name in cell.modules]
        steps = [name for step in self._steps for name in step.body.modules]
        return tuple(dict.fromkeys([*plain, *steps]))

    def _cells(self) -> dict[str, str]:
        return {step.name: step.body.cell for step in self._steps}


def _unknown(cell: PlainCell, declared: set[str], place: Place) -> Iterator[Problem]:
    """Yield P003 for each value papermill was given for what is no parameter."""
    for name in sorted(set(cell.assignments or ()) - declared):
        yield problem("P003", place, name=name, hint=did_you_mean(name, declared), known=", ".join(sorted(declared)))


def _without(effects: tuple[Effect, ...], declared: set[str]) -> list[Effect]:
    """Return `effects` but for those that bind a parameter: that keeps its value."""
    return [
        effect for effect in effects if not declared & ({*getattr(effect, "names", ())} | {getattr(effect, "name", "")})
    ]
