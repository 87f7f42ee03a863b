"""Cells that an earlier kernel ran, taken back from their text: nothing of them is executed before it is named.

What this kernel has run itself counts more.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from nbflow.cells.header import cell_kind
from nbflow.cells.parameters import ParameterCell, parameter_cell
from nbflow.cells.plain import PlainCell, plain_cell
from nbflow.cells.setup import setup_cell
from nbflow.cells.step import step_draft
from nbflow.code.notebooks import beside
from nbflow.errors import NbflowError, Place
from nbflow.frontends.magics.namespace import Waiting
from nbflow.frontends.magics.recall import Written
from nbflow.frontends.magics.session import OtherCell
from nbflow.frozen import frozen
from nbflow.model.graph import MISSING
from nbflow.model.ids import StepName
from nbflow.model.step import SetupCell, StepDraft
from nbflow.model.value import decode
from nbflow.plan.parameters import Assigned

if TYPE_CHECKING:
    from nbflow.frontends.magics.face import Face

#: `run = %flow run`
_RUN = re.compile(r"^(?P<name>\w+)[ \t]*=[ \t]*%flow\b", re.MULTILINE)


@frozen
class Relearned:
    """What of an earlier kernel's cells is known here now."""

    #: steps that may be brought back: those of the notebook
    steps: frozenset[StepName]
    #: names of functions, classes, imports and constants that wait for a cell that names them
    definitions: tuple[str, ...] = ()
    #: names that plain cells computed: their values are gone
    computed: tuple[str, ...] = ()
    #: steps whose cells are gone from the notebook
    gone: tuple[StepName, ...] = ()
    #: what keeps the parameters from having values
    trouble: NbflowError | None = None


def relearn(face: Face, kept: Sequence[Written], ran_at: Mapping[StepName, float]) -> Relearned:
    """Take back the cells in `kept`, the oldest first. `ran_at`: when the cell of a step last ran."""
    steps, others = _parsed(face, kept)
    times = {name: ran_at.get(name, at) for name, (_, at) in steps.items()}
    here = _in_the_notebook(face, times)
    if not face.file.steps() and kept:
        # nobody tells what the notebook holds but the newest of them
        here &= {name for name, (_, at) in steps.items() if at == kept[-1].at}
    known = set(face.session.cells)
    new = face.session.recall_cells(others)
    face.plain = {**{raw: 0.0 for raw in new if isinstance(others[raw], PlainCell)}, **face.plain}
    _recall_overrides(face, [others[raw] for raw in new], kept)
    face.session.recall_steps([(draft, times[name]) for name, (draft, _) in steps.items() if name in here])
    face.renew_definitions()
    trouble = _bind_parameters(face) if any(isinstance(others[raw], ParameterCell) for raw in new) else None
    return Relearned(
        steps=frozenset(here),
        definitions=_let_wait(face, [others[raw] for raw in new if raw not in known], here),
        computed=tuple(_computed(face)),
        gone=tuple(name for name in steps if name not in here and name not in face.session.slots),
        trouble=trouble,
    )


def _computed(face: Face) -> Iterator[str]:
    """Yield the names that plain cells computed, but for runs and what is there."""
    runs = {found["name"] for text in face.session.cells for found in _RUN.finditer(text)}
    for name in face.session.table.freeze().computed:
        if name not in face.shell.user_ns and name not in runs and not name.startswith("_"):
            yield name


def _in_the_notebook(face: Face, ran_at: Mapping[StepName, float]) -> set[StepName]:
    """Return the steps but for those whose cells are gone from a notebook saved after they ran."""
    saved, saved_at = {each.name for each in face.file.steps()}, face.file.saved_at() or 0.0
    return {name for name, at in ran_at.items() if not saved or name in saved or at >= saved_at}


def _parsed(
    face: Face, kept: Sequence[Written]
) -> tuple[dict[StepName, tuple[StepDraft, float]], dict[str, OtherCell]]:
    """Return the steps with the times of their packages, and the other cells; the newest of each counts."""
    steps: dict[StepName, tuple[StepDraft, float]] = {}
    others: dict[str, OtherCell] = {}
    for each in kept:
        found = {text: cell for number, (_, text) in enumerate(each.cells, 1) if (cell := _cell(face, each, number))}
        for text, cell in found.items():
            if isinstance(cell, StepDraft):
                steps.pop(cell.name, None)
                steps[cell.name] = cell, each.at
            else:
                others.pop(text, None)
        kinds = tuple({type(cell) for cell in found.values()} & {ParameterCell, SetupCell})
        others = {text: cell for text, cell in others.items() if not isinstance(cell, kinds)}
        others |= {text: cell for text, cell in found.items() if not isinstance(cell, StepDraft)}
    # a step of which only results were kept: the saved notebook has a cell of that name
    for saved in face.file.steps():
        if saved.name not in steps and kept:
            place = Place(face.place().notebook, saved.label)
            draft = _step(face, saved.text, place)
            if draft is not None and draft.name in {task.step for each in kept for task in each.origin.tasks}:
                steps[draft.name] = draft, 0.0
    return steps, others


def _called(run: str) -> str:
    return run if run.startswith("draft-") else f"run {run}"


def _cell(face: Face, kept: Written, number: int) -> StepDraft | OtherCell | None:
    """Return the cell of that number in a package, None where it cannot be read any more."""
    name, text = kept.cells[number - 1]
    # a step is where the saved notebook has it; of other cells nobody knows
    saved = next((each.label for each in face.file.steps() if each.name == name), "")
    place = Place(face.place().notebook, saved or f"{_called(kept.origin.run.id)}, cell {number}")
    file = f"<{' · '.join(part for part in (place.notebook, place.cell) if part)}>"
    try:
        match cell_kind(text):
            case "step":
                return step_draft(text, place, file, beside(face.folder))
            case "parameters":
                return parameter_cell(text, place, file)
            case "setup":
                return setup_cell(text, place, file)
            case None:
                return plain_cell(text, place, file)
    except NbflowError:
        return None


def _step(face: Face, text: str, place: Place) -> StepDraft | None:
    try:
        file = f"<{' · '.join(part for part in (place.notebook, place.cell) if part)}>"
        return step_draft(text, place, file, beside(face.folder))
    except NbflowError:
        return None


def _recall_overrides(face: Face, cells: Sequence[OtherCell], kept: Sequence[Written]) -> None:
    """Take back what assignment cells set, with the values they had."""
    recorded = kept[-1].origin.run.parameters if kept else {}
    for cell in cells:
        if not isinstance(cell, PlainCell) or not face.session.assigns(cell):
            continue
        for name, source in (cell.assignments or {}).items():
            _, raw, origin = recorded.get(name, ("", None, ""))
            value = _value(face, raw) if origin == "cell" else MISSING
            face.session.overrides.setdefault(name, Assigned(source, face.place(), value))


def _value(face: Face, raw: object) -> object:
    names = face.definition_names()
    try:
        return decode(raw, lambda path: names[path.rpartition(":")[2]])
    except Exception:  # noqa: BLE001 - the expression itself stands for it
        return MISSING


def _bind_parameters(face: Face) -> NbflowError | None:
    """Bind the parameters' values, as their cell does."""
    try:
        resolved = face.resolve({})
    except NbflowError as trouble:
        return trouble
    for name, value in resolved.values.items():
        face.shell.user_ns[name] = value
    return None


def _let_wait(face: Face, cells: Sequence[OtherCell], steps: set[StepName]) -> tuple[str, ...]:
    """Let the names of definitions wait for a cell that names them."""
    statements = [each for cell in cells if not isinstance(cell, SetupCell) for each in cell.statements]
    statements += [each for name, slot in face.session.slots.items() if name in steps for each in slot.draft.statements]
    found: dict[str, None] = {}
    for name in (name for statement in statements for name in statement.names):
        if name in face.live.names and name not in face.shell.user_ns and name not in face.namespace.waiting:
            face.namespace.wait(name, Waiting(partial(face.live.get, name), left=False))
            found[name] = None
    return tuple(found)
