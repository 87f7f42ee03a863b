"""Names that plain cells above and below a step define differently: the notebook shows the one, steps see the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from nbflow.cells.plain import PlainCell
from nbflow.cells.syntax import origin_of
from nbflow.errors import Problem, problem
from nbflow.model.step import Computed, Statement, StepDraft

Definition = Statement | Computed


def rebound(cells: Sequence[StepDraft | PlainCell], parameters: Iterable[str]) -> Iterator[Problem]:
    """Yield N015 for each name that a step reads and a plain cell below it defines anew; `cells` in their order."""
    left, last = set(parameters), _latest(cells)
    for number, step in enumerate(cells):
        if not isinstance(step, StepDraft):
            continue
        above = _latest(cells[:number])
        for name, line in step.body.names.reads.items():
            if name in left or name not in above or _same(name, above[name], last[name]):
                continue
            facts = {"first": above[name].place.cell, "last": last[name].place.cell}
            yield problem("N015", step.place.at(line), name=name, step=step.name, **facts)
        left.update(step.body.names.bindings)


def _latest(cells: Iterable[StepDraft | PlainCell]) -> dict[str, Definition]:
    found: dict[str, Definition] = {}
    for cell in cells:
        for effect in cell.effects if isinstance(cell, PlainCell) else ():
            if isinstance(effect, Statement) and effect.kind != "attached":
                found |= dict.fromkeys(effect.names, effect)
            elif isinstance(effect, Computed):
                found[effect.name] = effect
    return found


def _same(name: str, one: Definition, other: Definition) -> bool:
    if isinstance(other, Computed):
        # no step sees it at all, which is an error of its own
        return True
    if isinstance(one, Computed):
        return False
    return one.key == other.key or (origin_of(one.source, name) or one.key) == origin_of(other.source, name)
