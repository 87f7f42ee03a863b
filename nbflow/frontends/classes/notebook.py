"""A flow class of a notebook's cell: its definitions from the cells that ran, its run under the cell that asks for it."""

from __future__ import annotations

import builtins
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from nbflow.cells.header import cell_kind
from nbflow.cells.plain import plain_cell
from nbflow.cells.slice import Meaning, take_slice
from nbflow.client import Run
from nbflow.code.local import all_modules, installed
from nbflow.errors import error, raise_for
from nbflow.frontends.classes.opened import ClassFlow, checked_class
from nbflow.frontends.magics.launch import run_here
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
    definitions = _definitions(face)
    own = definitions.of(flow_class.__name__)
    if own is None or flow_class.__qualname__ != flow_class.__name__:
        raise_for("R050", name=flow_class.__qualname__)
    found = take_slice([flow_class.__name__], definitions, (), _meanings(definitions))
    if wrong := [each for each in found.problems if each.severity == "error"]:
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


def _definitions(face: Face) -> Definitions:
    """Return what the cells define, the running one included: the class may stand in the very cell that runs it."""
    draft = face.draft().definitions
    if not face.running or cell_kind(face.running) is not None:
        return draft
    cell = plain_cell(face.running, face.place(), face.file_name())
    now = face.session.definitions_with(face.running, cell)
    bound = {name for statement in now.statements for name in statement.names}
    computed = {name: each for name, each in draft.computed.items() if name not in bound}
    return replace(now, computed={**computed, **now.computed})


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
