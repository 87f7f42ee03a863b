"""One side of a comparison: what a run's records say that it left and took. Nothing is loaded."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import field
from functools import cached_property
from typing import TypeGuard

from nbflow.cards.figures import value
from nbflow.client.facts import RunFacts, by_step
from nbflow.client.run import Run
from nbflow.frozen import frozen
from nbflow.model.artifact import ArtifactRef, Scalar
from nbflow.model.graph import Missing
from nbflow.model.ids import Path
from nbflow.model.record import RunRecord, TaskRecord
from nbflow.model.status import TaskStatus

#: an artifact's place in a run: its step and its name
Where = tuple[str, str]
#: what tells an item of a foreach from the others in any run: a digest a foreach around it, outermost first
ItemKey = tuple[str, ...]
Number = int | float

#: characters of an item's label
_LABEL = 40


@frozen
class Left:
    """One artifact in one run: of a step in a foreach one reference an item, else one under the empty key."""

    refs: Mapping[ItemKey, ArtifactRef] = field(default_factory=dict)
    #: task → which task left each of them, for those who open it
    tasks: Mapping[ItemKey, TaskRecord] = field(default_factory=dict)

    @property
    def single(self) -> ArtifactRef | None:
        """The reference, where there are no items."""
        return self.refs.get(())

    @property
    def scalars(self) -> dict[ItemKey, Scalar]:
        """Those that are scalars, by item."""
        return {key: ref.scalar for key, ref in self.refs.items() if not isinstance(ref.scalar, Missing)}

    @property
    def numbers(self) -> dict[ItemKey, Number]:
        """Those that are numbers, by item."""
        return {key: each for key, each in self.scalars.items() if is_number(each)}

    @property
    def is_metric(self) -> bool:
        """Whether all of them are numbers."""
        return bool(self.refs) and len(self.numbers) == len(self.refs)


def is_number(given: object) -> TypeGuard[Number]:
    """Say whether `given` is a number, which a truth is not."""
    return isinstance(given, int | float) and not isinstance(given, bool)


class Side:
    """A run as it is compared."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.facts: RunFacts = run._facts  # noqa: SLF001  the client's own
        self.record: RunRecord = self.facts.record
        self.tasks = self.facts.tasks()

    @property
    def pathspec(self) -> str:
        """Its place."""
        return self.run.pathspec

    @cached_property
    def left(self) -> dict[Where, Left]:
        """What its steps left themselves, in flow order; parameters are none of it."""
        found: dict[Where, tuple[dict[ItemKey, ArtifactRef], dict[ItemKey, TaskRecord]]] = {}
        for task, key in self.in_order():
            for name, ref in (task.manifest.own if task.manifest else {}).items():
                if name not in self.record.parameters:
                    refs, tasks = found.setdefault((task.step, name), ({}, {}))
                    # of a step that repeats itself the last round counts: it comes last
                    refs[key], tasks[key] = ref, task
        return {where: Left(*each) for where, each in found.items()}

    @cached_property
    def seconds(self) -> float | None:
        """How long it took, up to now while it goes on; None: it has no length."""
        run = self.record
        if run.started_at is None or run.kind == "draft":
            return None
        last = run.heartbeat_at if run.status.value == "lost" else time.time()
        end = run.finished_at or last
        return None if end is None else max(0.0, end - run.started_at)

    @cached_property
    def step_seconds(self) -> dict[str, float]:
        """How long its steps took from first start to last end; not those that were taken over or go on."""
        found = {}
        for step, tasks in by_step(self.tasks).items():
            ran = [each for each in tasks if each.status not in {TaskStatus.REUSED, TaskStatus.SKIPPED}]
            starts = [each.started_at for each in ran if each.started_at is not None]
            ends = [each.finished_at for each in ran if each.finished_at is not None]
            if starts and ends and all(each.status.ended for each in ran):
                found[step] = max(0.0, max(ends) - min(starts))
        return found

    @cached_property
    def reused(self) -> frozenset[str]:
        """The steps all of whose tasks were taken over from another run."""
        steps = by_step(self.tasks).items()
        return frozenset(step for step, tasks in steps if all(each.status is TaskStatus.REUSED for each in tasks))

    @property
    def steps(self) -> list[str]:
        """The names of its steps, in flow order; those that only tasks know come last."""
        # of the tasks that were read: a run under way has others a moment later
        return list(dict.fromkeys([*(each.name for each in self.record.steps), *(task.step for task in self.tasks)]))

    def in_order(self) -> Iterator[tuple[TaskRecord, ItemKey]]:
        """Yield the tasks that have a result, in flow order, with what stands for their items."""
        tasks = by_step(task for task in self.tasks if task.status.has_result)
        for step in self.steps:
            yield from ((task, self._keys[task.step, task.path]) for task in tasks.get(step, ()))

    @property
    def labels(self) -> dict[ItemKey, str]:
        """How a person names items."""
        return self._items[1]

    @property
    def _keys(self) -> dict[tuple[str, Path], ItemKey]:
        return self._items[0]

    @cached_property
    def _items(self) -> tuple[dict[tuple[str, Path], ItemKey], dict[ItemKey, str]]:
        """What stands for each task's items, which is equal for equal items in every run, and what it is called."""
        scopes = {summary.name: summary.scope for summary in self.record.steps}
        items = {(task.step, task.path): task.item for task in self.tasks}
        # what an opener's tasks ran on, by place
        parts: dict[tuple[str, Path], tuple[str, str]] = {}
        seen: Counter[tuple[str, Path, str]] = Counter()
        for (step, path), item in sorted(items.items(), key=lambda each: each[0][1]):
            if path:
                part, label = _part(item, path[-1])
                seen[step, path[:-1], part] += 1
                # the same item again is another one
                again = seen[step, path[:-1], part]
                parts[step, path] = (part, label) if again == 1 else (f"{part}#{again}", f"{label} ({again})")
        found: dict[tuple[str, Path], ItemKey] = {}
        labels: dict[ItemKey, str] = {}
        for step, path in items:
            openers = scopes.get(step, ())
            chain = [
                parts.get((openers[depth] if depth < len(openers) else step, path[: depth + 1]))
                or parts.get((step, path[: depth + 1]))
                or (f"#{path[depth]}", f"#{path[depth]}")
                for depth in range(len(path))
            ]
            key = tuple(part for part, _ in chain)
            found[step, path] = key
            labels.setdefault(key, " · ".join(label for _, label in chain))
        return found, labels


def _part(item: ArtifactRef | None, index: int) -> tuple[str, str]:
    """Return what tells an item from others, and how it is called: by its value where that is a scalar."""
    if item is None:
        return f"#{index}", f"#{index}"
    if isinstance(item.scalar, Missing):
        return item.digest, f"#{index}"
    shown = item.scalar if isinstance(item.scalar, str) else value(item.scalar, _LABEL)
    return item.digest, shown if len(shown) <= _LABEL else shown[: _LABEL - 1] + "…"
