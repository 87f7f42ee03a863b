"""What a run left, by name: of each name the version of the last step that ran, in a foreach a list, item by item."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from nbflow.cards.figures import several
from nbflow.client.data import Held
from nbflow.client.facts import RunFacts, by_step
from nbflow.model.artifact import ArtifactRef
from nbflow.model.ids import Path
from nbflow.model.record import TaskRecord


def left_by(facts: RunFacts) -> dict[str, Held]:
    """Return what a run left, not loaded."""
    tasks = by_step(facts.tasks())
    held: dict[str, Held] = {}
    for summary in facts.steps():
        mine = [task for task in tasks.get(summary.name, ()) if task.status.has_result]
        left = dict.fromkeys(name for task in mine if task.manifest for name in task.manifest.artifacts)
        for name in left:
            held.pop(name, None)
            held[name] = _held(facts, name, mine)
    return held


def _held(facts: RunFacts, name: str, tasks: Sequence[TaskRecord]) -> Held:
    # of a step that repeats itself the last round counts: it comes last
    refs = {
        task.path: task.manifest.artifacts[name] for task in tasks if task.manifest and name in task.manifest.artifacts
    }
    if () in refs:
        return Held.of(refs[()], lambda: facts.load(refs[()], name))
    kinds = sorted({ref.type for ref in refs.values()})
    sizes = sum(ref.size for ref in refs.values())
    return Held(lambda: _nested(facts, name, refs), f"list of {' and '.join(kinds)}", several(len(refs), "item"), sizes)


def _nested(facts: RunFacts, name: str, refs: Mapping[Path, ArtifactRef]) -> Any:
    """Return the values in lists as deep as their paths."""
    if () in refs:
        return facts.load(refs[()], name)
    inner: dict[int, dict[Path, ArtifactRef]] = {}
    for (index, *rest), ref in sorted(refs.items(), key=lambda each: each[0]):
        inner.setdefault(index, {})[tuple(rest)] = ref
    return [_nested(facts, name, each) for each in inner.values()]
