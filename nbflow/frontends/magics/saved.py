"""What the saved notebook says otherwise than this kernel: cells that were edited, and not run since.

A run takes what ran here. Where the notebook, run from top to bottom, would take something else, the run stops.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from nbflow.cells.flow import FlowText
from nbflow.cells.header import in_one_form
from nbflow.errors import NOWHERE, Problem, problem
from nbflow.frontends.magics.document import SavedStep
from nbflow.model.graph import Graph
from nbflow.model.ids import StepName
from nbflow.model.parameter import ParameterDef
from nbflow.model.step import Definitions

if TYPE_CHECKING:
    from nbflow.frontends.magics.face import Face


def edited(face: Face, graph: Graph) -> list[Problem]:
    """Return what keeps a run from being that of the saved notebook, and which steps it leaves out."""
    found = [*_steps(face), *_refused(face)]
    text = face.file.flow()
    if text is not None:
        found += [*_parameters(face, text), *_setup(face, text), *_definitions(face, graph, text)]
    return found


def _steps(face: Face) -> Iterator[Problem]:
    seen: dict[str, SavedStep] = {}
    saved_at = face.file.saved_at() or 0.0
    for saved in face.file.steps():
        name = StepName(saved.name)
        slot = face.session.slots.get(name)
        if (first := seen.setdefault(name, saved)) is not saved:
            yield problem("C011", face.place(name), name=name, first=first.label, second=saved.label)
        elif slot is None:
            if name not in face.session.dropped:
                yield problem("N013", face.place(name), step=name)
        elif in_one_form(slot.draft.body.cell) != in_one_form(saved.text) and slot.ran_at < saved_at:
            why = "the saved notebook holds another text than the one that ran"
            yield problem("C051", slot.draft.place, step=name, why=why, fix="run its cell")
    for left_out in sorted(face.gone()):
        yield problem("N004", step=left_out)


def _refused(face: Face) -> Iterator[Problem]:
    """Yield the steps whose cells were refused since they last ran, unless what ran was saved again since."""
    saved, saved_at = {each.name: in_one_form(each.text) for each in face.file.steps()}, face.file.saved_at() or 0.0
    for name, refusal in face.session.refused.items():
        slot = face.session.slots.get(name)
        if slot is None:
            yield problem("N013", face.place(name), step=name)
        elif saved.get(name) != in_one_form(slot.draft.body.cell) or refusal.at > saved_at:
            why = "its cell was refused since, so the text that ran is an older one"
            fix = "correct its cell and run it; or bring the older text back, and save the notebook"
            yield problem("C051", slot.draft.place, step=name, why=why, fix=fix)


def _parameters(face: Face, text: FlowText) -> Iterator[Problem]:
    """Compare declarations, and the cells that assign to parameters; that there are two of the former is said first."""
    if twice := [each for each in text.draft.problems if each.code == "P005"]:
        yield from twice
        return
    if face.parameters_ran_at > (face.file.saved_at() or 0.0):
        return
    here, there = face.session.parameters.parameters, text.draft.parameters
    if [*map(_said, here)] != [*map(_said, there)]:
        yield problem("C055", face.place(), what="the %%parameters cell", cell="%%parameters", fix="run it")
        return
    overrides = {name: each.source for name, each in face.session.overrides.items()}
    for name in sorted(overrides.keys() | text.assignments.keys()):
        assigned = text.assignments.get(name)
        if overrides.get(name) != (assigned and assigned.source):
            cell = (assigned and assigned.place.cell) or "the cell that assigned it"
            fix = "run it" if assigned else "bring it back, and save the notebook"
            yield problem("C055", face.place(), what=f"the cell that assigns {name}", cell=cell, fix=fix)


def _said(parameter: ParameterDef) -> ParameterDef:
    # its help may change
    return replace(parameter, place=NOWHERE, help="")


def _setup(face: Face, text: FlowText) -> Iterator[Problem]:
    here = [cell.body.digest for cell in face.session.setup.values()]
    there = [cell.body.digest for cell in text.draft.setup]
    if sorted(here) != sorted(there) and face.setup_ran_at < (face.file.saved_at() or 0.0):
        yield problem("C055", face.place(), what="a %%setup cell", cell="%%setup", fix="run it")


def _definitions(face: Face, graph: Graph, text: FlowText) -> Iterator[Problem]:
    """Compare, name by name, the definitions that steps use."""
    saved_at = face.file.saved_at() or 0.0
    ran_at = {raw.rstrip(): at for raw, at in face.plain.items()}
    saved = {cell.rstrip() for cell in face.file.cells()}
    here = face.session.draft().definitions
    used = [statement for node in graph.nodes for statement in node.code.slice if statement.step is None]
    names = (each for statement in used for each in (*statement.names, statement.owner or ""))
    for word in dict.fromkeys(names):
        statement = here.of(word)
        if statement is None or _keys(here, word) == _keys(text.draft.definitions, word):
            continue
        # a cell that ran after the notebook was saved may be in it by now, unless it stands there as it ran
        cell = statement.cell.rstrip()
        if ran_at.get(cell, 0.0) < saved_at or cell in saved:
            other = text.draft.definitions.of(word)
            where = (other.place.cell if other else None) or statement.place.cell or "its cell"
            fix = f"run {where}" if other else f"bring its cell back, or let no step use {word}; then save the notebook"
            if other and ran_at.get(cell, 0.0) >= saved_at:
                # it stands there as it ran; another cell may have gone that the file still has
                fix += ", or save the notebook"
            yield problem("C055", statement.place, what=word, cell=where, fix=fix)


def _keys(definitions: Definitions, name: str) -> frozenset[str]:
    """Return the digests of the statements that define `name` and of those attached to it."""
    last = definitions.of(name)
    attached = (each.key for each in definitions.statements if each.owner == name)
    return frozenset({*attached, last.key if last else ""})
