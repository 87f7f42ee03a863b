"""The check that stands before whatever concerns the whole flow of a notebook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nbflow.errors import Problem, error, problem, raise_for, sorted_by_place
from nbflow.frontends.magics.document import SavedStep
from nbflow.model.graph import Graph
from nbflow.model.ids import StepName

if TYPE_CHECKING:
    from nbflow.frontends.magics.face import Face


def checked(face: Face, *, whole: bool) -> tuple[Graph, tuple[Problem, ...]]:
    """Return the graph and its notices. Raises FlowError with every problem, edited steps (`whole`) included."""
    if not face.session.slots:
        raise_for("R007", face.place())
    built = face.build()
    problems = list(built.problems)
    if whole:
        problems += _edited(face)
    errors = [each for each in sorted_by_place(problems) if each.severity == "error"]
    if errors:
        raise error(errors)
    return built.graph, tuple(problems)


def _edited(face: Face) -> list[Problem]:
    """What the saved notebook says of steps that differ from what ran."""
    found: list[Problem] = []
    seen: dict[str, SavedStep] = {}
    saved_at = face.file.saved_at() or 0.0
    for saved in face.file.steps():
        name = StepName(saved.name)
        slot = face.session.slots.get(name)
        if (first := seen.setdefault(name, saved)) is not saved:
            found.append(problem("C011", face.place(name), name=name, first=first.label, second=saved.label))
        elif slot is None:
            found += [problem("N013", face.place(name), step=name)] if name not in face.session.dropped else []
        elif slot.draft.body.cell.rstrip() != saved.text.rstrip() and slot.ran_at < saved_at:
            found.append(problem("C051", slot.draft.place, step=name))
    found += [problem("N004", step=name) for name in sorted(face.gone())]
    return found
