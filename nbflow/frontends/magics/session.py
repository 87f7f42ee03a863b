"""What a kernel knows of its flow: steps, parameters, definitions as they were run, and their latest results.

Pure bookkeeping: it runs nothing and shows nothing.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from nbflow.cells.definitions import DefinitionTable
from nbflow.cells.header import split_header
from nbflow.cells.parameters import ParameterCell
from nbflow.cells.plain import PlainCell
from nbflow.errors import NbflowError, Place, Problem, problem
from nbflow.frontends.magics.plainruns import PlainRuns
from nbflow.frozen import frozen
from nbflow.model.graph import Graph
from nbflow.model.ids import Path, RunId, StepName, TaskKey
from nbflow.model.notice import Notice
from nbflow.model.record import ItemList, TaskRecord
from nbflow.model.status import TaskStatus
from nbflow.model.step import Definitions, FlowDraft, SetupCell, StepDraft
from nbflow.plan.parameters import Assigned

#: the flow's name until it has one; `%flow run` asks for a real one
UNNAMED = "untitled"


#: a cell that is no step
OtherCell = PlainCell | ParameterCell | SetupCell


@dataclass(slots=True)
class Slot:
    """A step as its cell last defined it."""

    draft: StepDraft
    #: seconds since the epoch at which the cell ran
    ran_at: float
    #: step whose cell ran before this one's first run: where it goes when the document does not say
    after: StepName | None
    order: int
    #: the front end's id of its cell, where it sends one
    cell_id: str = ""


@frozen
class Refusal:
    """A step's cell that was refused."""

    #: seconds since the epoch
    at: float
    #: the front end's id of the cell, where it sends one
    cell_id: str = ""


@dataclass(slots=True)
class Results:
    """The latest result of each task, draft or run, and what may be reused."""

    tasks: dict[TaskKey, TaskRecord] = field(default_factory=dict)
    items: dict[tuple[StepName, Path], ItemList] = field(default_factory=dict)
    #: fingerprint → pathspec and record
    known: dict[str, tuple[str, TaskRecord]] = field(default_factory=dict)

    def has(self, step: str) -> bool:
        """Whether the step has any usable result."""
        return any(key.step == step for key in self.tasks)

    def adopt(
        self,
        steps: Iterable[StepName],
        tasks: Mapping[TaskKey, TaskRecord],
        items: Mapping[tuple[StepName, Path], ItemList],
        origin: str,
    ) -> None:
        """Take over what a run left for `steps`, replacing all they had; `origin` is the run's pathspec."""
        chosen = set(steps)
        for key in [key for key in self.tasks if key.step in chosen]:
            del self.tasks[key]
        for where in [where for where in self.items if where[0] in chosen]:
            del self.items[where]
        self.items.update({where: listed for where, listed in items.items() if where[0] in chosen})
        for key, record in tasks.items():
            if key.step not in chosen or not (record.status.has_result or record.status is TaskStatus.SKIPPED):
                continue
            self.tasks[key] = record
            self.remember(record, origin)

    def remember(self, record: TaskRecord, origin: str) -> None:
        """Let `%flow run` reuse the result of a task of run `origin`, unless it is one that never is reused."""
        unsure = record.sampled or record.caught or record.notes
        if record.status.has_result and record.fingerprint and not unsure:
            self.known[record.fingerprint] = (record.origin or f"{origin}/{record.step}/{record.id}", record)


class Session:
    """One kernel's flow.

    Responsibilities: slots in flow order, the flow draft of the moment, parameters and their overrides, results.
    """

    def __init__(self) -> None:
        self.flow: str | None = None
        self.slots: dict[StepName, Slot] = {}
        self.table = DefinitionTable()
        self.parameters = ParameterCell((), ())
        #: what assignment cells say of parameters
        self.overrides: dict[str, Assigned] = {}
        self.setup: dict[str, SetupCell] = {}
        #: cells that are no steps, as they were typed, in the order in which they last ran
        self.cells: dict[str, OtherCell] = {}
        #: step → when its cell was refused, if it did not run since
        self.refused: dict[StepName, Refusal] = {}
        self.results = Results()
        self.draft_run: RunId | None = None
        #: a full run was made here
        self.ran = False
        #: what %flow notify said, by address
        self.hearers: dict[str, tuple[Notice, Place]] = {}
        #: what %flow order said
        self.order: tuple[StepName, ...] = ()
        #: steps that %flow drop left out and that were not run since
        self.dropped: set[StepName] = set()
        #: keys of `setup` that an earlier kernel ran
        self._recalled_setup: set[str] = set()
        #: the front end's id of the %%parameters cell, where it sends one
        self.parameters_cell_id = ""
        #: steps whose cells became something else, as they were
        self._left: dict[StepName, Slot] = {}
        self._plain = PlainRuns()
        #: names that plain cells bound which are steps now and bind them still: the kernel's values are theirs
        self.taken_over: set[str] = set()
        self._last: StepName | None = None
        self._count = 0

    # ---- cells

    def set_up(self, cell: SetupCell, cell_id: str, saved: Container[str]) -> None:
        """Take a %%setup cell in the place of what it was before: the cell of that id, or one of an earlier kernel.

        Of an earlier kernel it is the one of the same text, else any whose text is not among `saved` cells.
        """
        key, digest = cell_id or cell.body.digest, cell.body.digest
        kept: dict[str, SetupCell] = {}
        edited = digest not in self._recalled_setup
        for name, each in self.setup.items():
            if name in self._recalled_setup and (name == digest or (edited and each.body.cell not in saved)):
                self._recalled_setup.discard(name)
                kept.setdefault(key, cell)
            else:
                kept[name] = each
        kept[key] = cell
        self.setup = kept

    def define(self, draft: StepDraft, now: float, cell_id: str = "") -> Place | None:
        """Put the step in its slot: the one it has or had, else after the step run before it.

        A cell that is known by its id and has another name now keeps its slot under the new name; one that was a plain
        cell goes after the step run before it first ran.

        Returns:
            Where another cell defined a step of that name, if one did.
        """
        self.dropped.discard(draft.name)
        self.refused.pop(draft.name, None)
        self._forget_refusals(cell_id)
        self._rename(draft.name, cell_id)
        old = self.slots.get(draft.name)
        was = old or self._left.pop(draft.name, None)
        self._count += 1
        here = self._plain.place(cell_id) or (self._last, self._count)
        after, order = (was.after, was.order) if was is not None else here
        self.slots[draft.name] = Slot(draft, now, after, order, cell_id)
        self._last = draft.name
        other = old is not None and old.cell_id and cell_id and old.cell_id != cell_id
        return old.draft.place if old is not None and other else None

    def refuse(self, text: str, now: float, cell_id: str = "") -> None:
        """Note that the cell of a step was refused: what it says did not run."""
        with suppress(NbflowError):
            if name := split_header(text).name_word:
                self.refused[StepName(name)] = Refusal(now, cell_id)

    def leave(self, cell_id: str) -> StepName | None:
        """Let the step of cell `cell_id` leave the flow: the cell ran, and is none. Return its name, if it was one.

        Where its cell is a step again, it comes back to its old place.
        """
        self._forget_refusals(cell_id)
        name = self._of_cell(cell_id)
        if name is not None:
            self._left[name] = self.slots[name]
            self.drop(name)
        return name

    def _forget_refusals(self, cell_id: str) -> None:
        """What the cell `cell_id` said when it was refused, it says no longer."""
        self.refused = {name: each for name, each in self.refused.items() if not cell_id or each.cell_id != cell_id}

    def _of_cell(self, cell_id: str) -> StepName | None:
        return next((name for name, slot in self.slots.items() if cell_id and slot.cell_id == cell_id), None)

    def _rename(self, name: StepName, cell_id: str) -> None:
        """Let the slot of cell `cell_id` go by `name`."""
        former = self._of_cell(cell_id)
        if former is None or former == name or name in self.slots:
            return
        self.slots[name] = self.slots[former]
        self.drop(former)
        for slot in self.slots.values():
            slot.after = name if slot.after == former else slot.after
        self._last = name if self._last == former else self._last

    def drop(self, name: str) -> None:
        """Forget the step and its results."""
        del self.slots[StepName(name)]
        self.refused.pop(StepName(name), None)
        self.results.adopt([StepName(name)], {}, {}, "")

    def take(self, text: str, cell: PlainCell, cell_id: str = "") -> None:
        """Take a plain cell that ran. Unchanged and run again, it keeps its place where that makes no difference.

        The order in which definitions are executed is part of what steps compute: imports run again after a restart
        must not make results stale.
        """
        self._plain.note(cell_id, text, self._last, self._count)
        before = {**self.cells, text: cell} if text in self.cells else {}
        self.keep(text, cell)
        self.table.add(cell)
        if before:
            stayed = self._tabulated(before)
            if _meanings(stayed.freeze()) == _meanings(self.table.freeze()):
                self.cells, self.table = before, stayed

    def forget_plain(self, cell_id: str, step: StepDraft) -> tuple[str, ...]:
        """Forget what the cell `cell_id` ran as a plain one: it is `step` now. Return the texts forgotten."""
        gone = {
            text: cell for text in self._plain.forget(cell_id) if isinstance(cell := self.cells.get(text), PlainCell)
        }
        for text, cell in gone.items():
            del self.cells[text]
            self.taken_over |= {*(cell.bound or ())} & step.body.names.bindings.keys()
        if gone:
            self.table = self._tabulated(self.cells)
        return tuple(gone)

    def cells_of_steps(self, since: float) -> dict[str, StepName]:
        """Return the steps that ran after `since` (seconds since the epoch), by the ids of their cells."""
        return {slot.cell_id: name for name, slot in self.slots.items() if slot.cell_id and slot.ran_at >= since}

    def definitions_with(self, text: str, cell: PlainCell) -> Definitions:
        """Return the definitions as if the plain cell had run, too."""
        return self._tabulated({**self.cells, text: cell}).freeze()

    def keep(self, text: str, cell: OtherCell) -> None:
        """Keep the text of a cell that is no step. What ran last stands last; what it replaces is dropped."""
        self.cells.pop(text, None)
        if isinstance(cell, ParameterCell):
            self._forget_cells(ParameterCell)
        self.cells[text] = cell
        setup = {id(each) for each in self.setup.values()}
        for old in [old for old, each in self.cells.items() if isinstance(each, SetupCell) and id(each) not in setup]:
            del self.cells[old]

    def _forget_cells(self, kind: type[OtherCell]) -> None:
        for text in [text for text, cell in self.cells.items() if isinstance(cell, kind)]:
            del self.cells[text]

    # ---- what an earlier kernel knew

    def recall_cells(self, cells: Mapping[str, OtherCell]) -> tuple[str, ...]:
        """Take cells that another kernel ran before those that ran here, which count. Return those that are new."""
        here = dict(self.cells)
        declared = any(isinstance(cell, ParameterCell) for cell in here.values())
        present = {cell.body.digest for cell in self.setup.values()}
        new = {
            text: cell
            for text, cell in cells.items()
            if text not in here
            and not (declared and isinstance(cell, ParameterCell))
            and not (isinstance(cell, SetupCell) and cell.body.digest in present)
        }
        self.cells = {**new, **here}
        setup = {cell.body.digest: cell for cell in new.values() if isinstance(cell, SetupCell)}
        self.setup = {**setup, **self.setup}
        self._recalled_setup |= set(setup)
        for cell in new.values():
            if isinstance(cell, ParameterCell):
                self.parameters = cell
        self.table = self._tabulated(self.cells)
        return tuple(new)

    def assigns(self, cell: PlainCell) -> bool:
        """Whether the cell is one that sets parameters: nothing but assignments to them."""
        declared = {parameter.name for parameter in self.parameters.parameters}
        names = set(cell.assignments or ())
        return bool(names & declared) and (names <= declared or cell.injected)

    def _tabulated(self, cells: Mapping[str, OtherCell]) -> DefinitionTable:
        """Return the definitions that `cells` make."""
        table = DefinitionTable()
        for cell in cells.values():
            if isinstance(cell, PlainCell) and not self.assigns(cell):
                table.add(cell)
        return table

    def recall_steps(self, steps: Sequence[tuple[StepDraft, float]]) -> tuple[StepName, ...]:
        """Take steps that another kernel ran, in flow order, each with the time. Return those that are new here."""
        new = {draft.name: (draft, ran_at) for draft, ran_at in steps if draft.name not in self.slots}
        order = [draft.name for draft, _ in steps]
        for name, slot in sorted(self.slots.items(), key=lambda each: each[1].order):
            if name not in order:
                order.insert(order.index(slot.after) + 1 if slot.after in order else len(order), name)
        for number, name in enumerate(order, 1):
            before = order[number - 2] if number > 1 else None
            if name in new:
                self.slots[name] = Slot(*new[name], before, number)
            else:
                self.slots[name].order = number
        self._count = max(self._count, len(order))
        self._last = self._last or (order[-1] if order else None)
        self.dropped -= set(new)
        return tuple(new)

    # ---- order

    def ordered(self, document: tuple[str, ...], gone: frozenset[str] = frozenset()) -> tuple[StepDraft, ...]:
        """Return the steps in flow order: the document's, others after the step that was run before them.

        Without a document (empty tuple): the order of first run. Steps in `gone` are left out.
        """
        names = [StepName(name) for name in document if name in self.slots]
        for name, slot in sorted(self.slots.items(), key=lambda each: each[1].order):
            if name in names or name in gone:
                continue
            if slot.after in names and document:
                names.insert(names.index(slot.after) + 1, name)
            else:
                names.append(name)
        return tuple(self.slots[name].draft for name in names)

    def draft(self, document: tuple[str, ...] = (), gone: frozenset[str] = frozenset()) -> FlowDraft:
        """Return the flow as it stands."""
        definitions = self.table.freeze()
        if self.parameters.statements:
            definitions = replace(definitions, statements=(*self.parameters.statements, *definitions.statements))
        return FlowDraft(
            steps=self.ordered(document, gone),
            parameters=self.parameters.parameters,
            definitions=definitions,
            setup=tuple(self.setup.values()),
        )

    # ---- judging a cell's run

    def missing(self, graph: Graph, name: str) -> tuple[Problem, ...]:
        """Return an NBF-C050 for each giver of step `name` that has no result here."""
        node = graph[name]
        found: dict[StepName, str] = {}
        for need in node.needs:
            if need.kind == "order" and not (node.when and node.when.else_of):
                continue
            for branch in need.branches:
                if not any(self.results.has(source.step) for source in branch):
                    found.setdefault(branch[0].step, need.binds or "its result")
        return tuple(
            problem("C050", node.place, step=name, name=wanted, giver=giver) for giver, wanted in found.items()
        )


def _meanings(definitions: Definitions) -> tuple[Any, ...]:
    """Return what definitions mean, whatever their order: the statements, and which of them a name stands for."""
    statements = {(each.key, each.names, each.owner) for each in definitions.statements}
    latest = {name: each.key for each in definitions.statements if each.kind != "attached" for name in each.names}
    return statements, latest, set(definitions.computed)


def only(graph: Graph, name: str) -> Graph:
    """Return `graph` with the order-only needs of step `name` dropped: a cell's run does not wait for others."""
    nodes = tuple(
        replace(node, needs=tuple(need for need in node.needs if need.kind != "order" or _judged(node.when, need)))
        if node.name == name
        else node
        for node in graph.nodes
    )
    return replace(graph, nodes=nodes)


def _judged(when: Any, need: Any) -> bool:
    """Whether an order need carries a condition's outcome (--else-of)."""
    givers = {source.step for branch in need.branches for source in branch}
    return bool(when) and bool(givers & set(when.else_of))
