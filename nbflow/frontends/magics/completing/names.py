"""Names that a step's header may use: the steps above it, what they leave, parameters and definitions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from types import FunctionType, ModuleType
from typing import TYPE_CHECKING

from nbflow.cells.body import read_body
from nbflow.cells.header import read_header
from nbflow.cells.text import CellText
from nbflow.errors import NbflowError
from nbflow.frontends.magics.completing.offer import Candidate
from nbflow.model.artifact import ArtifactRef
from nbflow.model.step import StepDraft

if TYPE_CHECKING:
    from nbflow.frontends.magics.face import Face

#: a foreach over a name that is a plural
_FOREACH = re.compile(r"foreach(?:\s+|=|:\s*)['\"]?([^\W\d]\w*?)s\b")


def steps_above(face: Face, name: str) -> tuple[StepDraft, ...]:
    """Return the steps above step `name`, the nearest first; all of them where the flow has no such step yet."""
    drafts = face.session.ordered(face.document())
    place = next((number for number, draft in enumerate(drafts) if draft.name == name), len(drafts))
    return tuple(reversed(drafts[:place]))


def steps(face: Face, name: str = "") -> Iterator[Candidate]:
    """Yield the steps above step `name`, or all: first those that ran here, then others of the saved notebook."""
    for draft in steps_above(face, name):
        kind = "foreach" if draft.wiring.foreach else "join" if draft.wiring.join else "step"
        yield Candidate(draft.name, kind)
    for saved in face.file.steps():
        if saved.name == name:
            return
        yield Candidate(saved.name, "step, not run")


def readable(face: Face, name: str) -> list[Candidate]:
    """Return the names that step `name` may read."""
    found = [each for draft in steps_above(face, name) for each in left_by(face, draft)]
    found += [Candidate(each.name, f"parameter {each.type}".rstrip()) for each in face.session.parameters.parameters]
    definitions = face.session.draft().definitions.statements
    found += [Candidate(word, each.kind) for each in reversed(definitions) for word in each.names]
    return found


def left_by(face: Face, draft: StepDraft) -> list[Candidate]:
    """Return the names a step leaves, with their types where it has run."""
    known: dict[str, ArtifactRef] = {}
    for key, record in face.session.results.tasks.items():
        if key.step == draft.name and record.manifest:
            known |= record.manifest.artifacts
    names = dict.fromkeys((*known, *_leaves(draft)))
    return [
        Candidate(name, f"{known[name].type} of {draft.name}" if name in known else f"of {draft.name}")
        for name in names
    ]


def _leaves(draft: StepDraft) -> list[str]:
    if draft.wiring.out is not None:
        return list(draft.wiring.out)
    item = [draft.wiring.item] if draft.wiring.item_named else []
    bound = draft.body.names.bindings.items()
    kept = [name for name, each in bound if each.kind in {"assign", "mixed"} and not name.startswith("_")]
    return [*item, *kept, *draft.body.names.changed]


def bound_here(code: str) -> list[Candidate]:
    """Return the names that the body of the cell `code` binds, and those it changes; none where it is no Python yet."""
    cell = CellText(code)
    header = read_header(cell)
    try:
        body, _ = read_body(cell, header.body, header.body_line)
    except NbflowError:
        return []
    names = dict.fromkeys((*body.names.bindings, *body.names.changed))
    return [Candidate(name, "assigned here") for name in names if not name.startswith("_")]


def item_names(code: str) -> list[str]:
    """Return what the item of a cell's foreach may be called: of `regions` region, else item."""
    listed = _FOREACH.search(code)
    return [*([listed[1]] if listed else []), "item"]


def of_kernel(face: Face) -> list[Candidate]:
    """Return the variables that only the kernel holds: what --capture is for."""
    space = face.shell.user_ns
    names = [name for name in face.draft().definitions.computed if name in space]
    plain = (name for name in names if not isinstance(space[name], ModuleType | FunctionType | type))
    return [Candidate(name, type(space[name]).__name__) for name in plain]
