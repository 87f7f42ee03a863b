"""Cells that are no steps: parameters, setup, and plain cells, which define what steps may use."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from nbflow.cells.aside import is_aside
from nbflow.cells.parameters import ParameterCell, parameter_cell
from nbflow.cells.plain import PlainCell, plain_cell
from nbflow.cells.setup import setup_cell
from nbflow.code.module import remember_source
from nbflow.errors import NbflowError, Problem, did_you_mean, error, problem
from nbflow.frontends.magics.failure import task_failed
from nbflow.model.ids import StepName, TaskKey
from nbflow.plan.parameters import Assigned
from nbflow.task.body import compiled, run
from nbflow.task.failures import Scene, failure_of

if TYPE_CHECKING:
    from nbflow.frontends.magics.face import Face


def declare(face: Face, text: str) -> None:
    """Take a %%parameters cell: declare, and bind the values in the notebook."""
    cell = parameter_cell(text, face.place(), face.file_name())
    replaced = _replaced(face, cell)
    old, old_overrides = face.session.parameters, dict(face.session.overrides)
    face.session.parameters = cell
    try:
        claimed = _claim_earlier(face)
        face.renew_definitions()
        resolved = face.resolve({})
    except NbflowError:
        face.session.parameters, face.session.overrides = old, old_overrides
        face.renew_definitions()
        raise
    for raw in claimed:
        del face.plain[raw]
    _is_no_step(face)
    face.session.keep(text, cell)
    face.session.parameters_cell_id = face.own_cell_id
    face.parameters_ran_at = time.time()
    face.shell.user_ns.update(resolved.values)
    _bind_imports(face)
    face.notices.show(replaced, always=True)
    face.notices.show(resolved.notices)


def _replaced(face: Face, cell: ParameterCell) -> list[Problem]:
    """Return a notice where `cell` takes the place of another %%parameters cell. Raises P005 where both are there.

    The same cell, run again, may say what it likes. Where the front end sends no ids, a cell that declares all that the
    one before it did is taken for the same.
    """
    before = face.session.parameters.parameters
    if not before:
        return []
    first, second = face.session.parameters_cell_id, face.own_cell_id
    place, where = face.place(), before[0].place.cell or "another cell"
    if first and second and first != second and face.file.holds(first, second):
        raise error(problem("P005", place, first=where, second=place.cell))
    declared = {each.name for each in cell.parameters}
    lost = [each.name for each in before if each.name not in declared]
    if first == second if first and second else not lost:
        return []
    what = "" if not lost else f": {', '.join(lost)} {'is no parameter' if len(lost) == 1 else 'are no parameters'} now"
    return [problem("N017", place, cell=where, what=what)]


def _is_no_step(face: Face) -> None:
    """Let the step whose cell this was leave the flow: the cell has lost its header, or has another."""
    if name := face.session.leave(face.cell_id):
        face.notices.show([problem("N018", face.place(), step=name)], always=True)


def _claim_earlier(face: Face) -> list[str]:
    """Let cells above set what is declared only now: papermill's stands on top of a notebook without a tag."""
    claimed = []
    for raw in face.plain:
        cell = plain_cell(raw, face.place(), face.file_name())
        if face.session.assigns(cell):
            _override(face, cell)
            claimed.append(raw)
    return claimed


def _bind_imports(face: Face) -> None:
    """Bind what the %%parameters cell imports, as a plain cell would."""
    for statement in face.session.parameters.statements:
        for name in statement.names:
            face.shell.user_ns.setdefault(name, face.live.get(name))


def set_up(face: Face, text: str) -> None:
    """Take a %%setup cell: it runs here now, and first in every task. Run again, it replaces itself."""
    cell = setup_cell(text, face.place(), face.file_name())
    remember_source(cell.body.file, cell.body.cell)
    try:
        run(compiled(cell.body.source, cell.body.line, cell.body.file), face.shell.user_ns)
    except Exception as raised:  # noqa: BLE001 - told as a step's failure is
        failure = failure_of(raised, Scene(cell.body.file, {cell.body.file}))
        raise task_failed(TaskKey(StepName("setup")), failure, cell.place) from None
    _is_no_step(face)
    face.session.set_up(cell, face.cell_id, face.file.cells())
    face.session.keep(text, cell)
    face.setup_ran_at = time.time()


def take(face: Face, raw: str, number: int | None = None) -> None:
    """Take the text of a plain cell that ran: the last one, or that with the given number.

    One that looks into a task is no part of the flow.
    """
    if is_aside(raw):
        return
    where = face.place(number=number)
    if number is None:
        _is_no_step(face)
    try:
        cell = plain_cell(raw, where, face.file_name(number))
    except NbflowError:
        return
    if face.session.assigns(cell):
        _assign(face, cell, raw)
        return
    if touched := sorted(set(cell.bound or ()) & {each.name for each in face.session.parameters.parameters}):
        face.notices.show([problem("N011", where, names=", ".join(touched))], always=True)
    face.notices.show(cell.notices)
    # what ran last stands last: of two statements that bind a name, it is the one that counts
    face.plain.pop(raw, None)
    face.plain[raw] = time.time()
    face.session.take(raw, cell, face.cell_id if number is None else "")
    face.renew_definitions()
    face.preload()


def _assign(face: Face, cell: PlainCell, raw: str) -> None:
    """An assignment cell, papermill's or the user's own, overrides parameters.

    What is wrong with it cannot fail a cell that has already run: the next step cell, or run, raises it.
    """
    before = dict(face.session.overrides)
    try:
        _override(face, cell)
        resolved = face.resolve({})
    except NbflowError as failure:
        face.session.overrides = before
        face.trouble = failure
        face.shell.showtraceback((type(failure), failure, failure.__traceback__))
        return
    face.trouble = None
    face.session.keep(raw, cell)
    face.parameters_ran_at = time.time()
    face.shell.user_ns.update(resolved.values)
    face.notices.show(resolved.notices)


def _override(face: Face, cell: PlainCell) -> None:
    declared = [parameter.name for parameter in face.session.parameters.parameters]
    unknown = [name for name in cell.assignments or () if name not in declared]
    if unknown:
        known = ", ".join(declared)
        raise error(
            problem("P003", face.place(), name=each, hint=did_you_mean(each, declared), known=known) for each in unknown
        )
    for name, source in (cell.assignments or {}).items():
        face.session.overrides[name] = Assigned(source, face.place(), face.shell.user_ns.get(name))
