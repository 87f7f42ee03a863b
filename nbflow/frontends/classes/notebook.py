"""A flow class of a notebook's cell: its definitions from the cells that ran, its run under the cell that asks for it."""

from __future__ import annotations

import builtins
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from nbflow.cells.plain import PlainCell
from nbflow.cells.slice import Meaning, take_slice
from nbflow.client import Run
from nbflow.code.local import all_modules, installed
from nbflow.errors import Problem, error, problem, raise_for
from nbflow.frontends.classes.opened import ClassFlow, checked_class
from nbflow.frontends.magics.launch import run_here
from nbflow.frontends.magics.midcell import take_running
from nbflow.model.flowclass import ClassDraft, MethodDraft
from nbflow.model.step import Definitions, Statement
from nbflow.runtime.request import RunRequest

if TYPE_CHECKING:
    from nbflow.frontends.magics.face import Face


def open_in_notebook(
    face: Face,
    flow_class: type,
    *,
    config_values: Mapping[str, Any] | None,
    with_specs: Sequence[str],
    max_splits: int,
) -> ClassFlow:
    """Return the flow of a class that a cell defines; it may use imports and definitions of other cells.

    Raises:
        FlowError: its decorators, parameters or steps make no sense, or it uses what only the kernel holds.
        UsageError: R050, no cell defines it.
    """
    take_running(face)
    definitions = face.draft().definitions
    own = definitions.of(flow_class.__name__)
    if own is None or flow_class.__qualname__ != flow_class.__name__:
        raise_for("R050", name=flow_class.__qualname__)
    found = take_slice([flow_class.__name__], definitions, (), _meanings(definitions))
    if wrong := [_explained(face, each) for each in found.problems if each.severity == "error"]:
        raise error(wrong)
    flow = checked_class(
        flow_class,
        found.statements,
        config_values=config_values,
        with_specs=with_specs,
        max_splits=max_splits,
        place=own.place,
        located=lambda draft: _located(draft, flow_class, definitions),
        module=face.live.module.__name__,
        module_path=None,
        folder=face.folder,
        source=face.source,
        cells=tuple(dict.fromkeys([*face.texts(), face.running or own.cell])),
    )
    return replace(flow, problems=(*found.problems, *flow.problems))


def run_in_notebook(face: Face, flow: ClassFlow, request: RunRequest, *, background: bool) -> Run:
    """Run it in this kernel under its panel; an interrupt cancels it. `background`: return at once.

    Raises:
        TaskError: a step failed.
        KeyboardInterrupt: it was interrupted, and no worker is left.
    """
    face.notices.show(flow.problems)
    request = replace(request, cwd=str(face.folder))
    face.engine.preload(installed(all_modules(flow.graph), face.folder), rich=True)
    if background:
        return face.background.start(request, adopts=False)
    return run_here(face, request, adopts=False)


def _explained(face: Face, found: Problem) -> Problem:
    """Return a problem, with the import of `*` to blame where only that brought the name."""
    facts = dict(found.facts)
    name = facts.get("name", "")
    notices = [each for cell in face.session.cells.values() if isinstance(cell, PlainCell) for each in cell.notices]
    for star in reversed([dict(each.facts) for each in notices if each.code == "N014"]):
        if found.code == "G015" and hasattr(sys.modules.get(star["module"]), name):
            fix = f"`from {star['module']} import *` in {star['cell']} names nothing: import {name} by its name"
            return problem(found.code, found.place, **{**facts, "fix": fix})
    return found


def _meanings(definitions: Definitions) -> Any:
    def meaning(name: str) -> Meaning:
        statement = definitions.of(name)
        if name in definitions.computed:
            return Meaning("computed", giver=definitions.computed[name].how)
        if statement is not None:
            return Meaning("definition", statement)
        return Meaning("provided" if hasattr(builtins, name) or name in _PROVIDED else "unknown")

    return meaning


#: names that every task has
_PROVIDED = frozenset({"__name__", "__file__", "display"})


def _located(draft: ClassDraft, flow_class: type, definitions: Definitions) -> ClassDraft:
    """Return the draft with its methods placed in the notebook's cells, as tracebacks of workers name them."""
    return replace(draft, steps=tuple(_in_cell(step, flow_class, definitions) for step in draft.steps))


def _in_cell(step: MethodDraft, flow_class: type, definitions: Definitions) -> MethodDraft:
    owner = next((each for each in flow_class.__mro__ if step.name in vars(each)), flow_class)
    statement: Statement | None = definitions.of(owner.__name__)
    if statement is None or statement.kind == "import":
        # a base class of a file
        return step
    body = replace(step.body, file=statement.file, cell=statement.cell)
    place = replace(statement.place, step=step.name, line=step.place.line, text=step.place.text, method=True)
    return replace(step, body=body, place=place)
