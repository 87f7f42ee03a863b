"""Places and names as the errors of a class say them."""

from __future__ import annotations

from collections.abc import Iterable

from nbflow.errors import Place
from nbflow.graph.classes.walked import WalkedStep
from nbflow.model.flowclass import MethodDraft, Transition


def place_of(step: MethodDraft | WalkedStep, line: int | None = None) -> Place:
    """Return the place of a line of the step's file, with its text; without one, of its `def`."""
    method = step.draft if isinstance(step, WalkedStep) else step
    lines = method.body.cell.splitlines()
    number = line or method.place.line or method.body.line
    return method.place.at(number, text=lines[number - 1] if 1 <= number <= len(lines) else None)


def next_of(step: MethodDraft | WalkedStep, transition: Transition | None = None) -> Place:
    """Return the place of a step's self.next, or of its `def` where it has none."""
    method = step.draft if isinstance(step, WalkedStep) else step
    said = transition or (method.transitions[0] if method.transitions else None)
    return place_of(method, said.line if said else None)


def starred(names: Iterable[str]) -> str:
    """Return `*a, b*`: how Metaflow shows names of steps."""
    return f"*{', '.join(names)}*"
