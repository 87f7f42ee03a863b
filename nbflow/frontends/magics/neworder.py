"""What a step is told of the order of cells that the saved notebook does not have yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nbflow.errors import Problem, problem
from nbflow.graph.outline import binds_for_others
from nbflow.model.ids import StepName

if TYPE_CHECKING:
    from nbflow.frontends.magics.face import Face


def order_is_known(face: Face, step: StepName, found: Problem) -> Problem:
    """Return `found`, an error of `step`; where another order would mend it and the file does not say, with that said.

    A cell that was put into the notebook and not saved yet stands where nbflow cannot know it.
    """
    if found.code not in {"G005", "G015"} or face.file.folder is None:
        return found
    facts = dict(found.facts)
    if found.code == "G005":
        givers = {StepName(facts["giver"])}
    else:
        slots = face.session.slots.items()
        givers = {name for name, slot in slots if name != step and binds_for_others(slot.draft, facts["name"])}
    document = face.document()
    if not givers or (step in document and givers <= {*document}):
        return found
    fix = f"save the notebook, so that nbflow knows the order of its cells; else {facts['fix']}"
    return problem(found.code, found.place, **{**facts, "fix": fix})
