"""`%flow source`: a step as Python that runs on its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from nbflow.errors import NbflowError, raise_for
from nbflow.frontends.choosing_task import joined_brackets
from nbflow.frontends.magics.flowline import operands
from nbflow.frontends.magics.verbs.debug import stored_task
from nbflow.frontends.script import script_of_step, script_of_task
from nbflow.model.ids import StepName
from nbflow.views.source import Source

if TYPE_CHECKING:
    from nbflow.frontends.magics.face import Face


def line(face: Face, text: str) -> Source:
    """Carry out the line."""
    return source(face, operands("source", joined_brackets(text), 2, face.place()))


def source(face: Face, words: Sequence[str]) -> Source:
    """Return the code of a step: as a run had it, else as its cell stands.

    Raises:
        MetadataError: M002 to M006, there is no such step or run.
        UsageError: R004, no step is named; R005, R041, R042, it has no code.
    """
    if not words:
        known = [*face.session.slots]
        fix = f"%flow source {known[-1] if known else 'STEP'}"
        raise_for("R004", face.place(), option="%flow source", message="name a step", fix=fix)
    name = StepName(words[0])
    try:
        task = stored_task(face, words, failed=False)
    except NbflowError:
        if len(words) > 1 or name not in face.session.slots:
            raise
        graph = face.build().graph
        return Source(script_of_step(face.flow, graph, graph[name], face.resolve({}).record))
    return Source(script_of_task(task))
