"""Which tasks gave a task what it began with, and which it gave to: from the records of a run alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import takewhile

from nbflow.client.facts import by_step
from nbflow.model.ids import StepName
from nbflow.model.record import StepSummary, TaskRecord

#: how a step that chooses the next one is called (see model.graph.StepKind)
_SWITCH = "split-switch"


class Lineage:
    """The tasks of one run as parents and children."""

    def __init__(self, steps: Iterable[StepSummary], tasks: Iterable[TaskRecord]) -> None:
        self._steps = {step.name: step for step in steps}
        self._tasks: Mapping[str, list[TaskRecord]] = by_step(tasks)

    def parents(self, task: TaskRecord) -> Iterator[TaskRecord]:
        """Yield the tasks that `task` waited for and that had something for it."""
        if not _ran(task):
            return
        for giver in (task.step, *self._steps[task.step].givers):
            yield from (each for each in self._tasks.get(giver, ()) if self._gave(each, task))

    def children(self, task: TaskRecord) -> Iterator[TaskRecord]:
        """Yield the tasks that waited for `task`."""
        for step in self._steps.values():
            if task.step in (step.name, *step.givers):
                taken = (each for each in self._tasks.get(step.name, ()) if _ran(each))
                yield from (each for each in taken if self._gave(task, each))

    def frames(self, task: TaskRecord) -> Iterator[tuple[StepName, int]]:
        """Yield each foreach around `task`, outermost first: the step that listed its items, and the index."""
        for opener, index in zip(self._steps[task.step].scope, task.path, strict=False):
            step = self._steps.get(StepName(opener))
            # a cell lists its own items; of a class the step before does
            lister = step.givers[0] if step and step.kind and step.givers else StepName(opener)
            yield lister, index

    def _gave(self, giver: TaskRecord, taker: TaskRecord) -> bool:
        """Whether `taker`, of the step of `giver` or one that waits for it, began with what this one left."""
        if not giver.status.has_result or not self._around_the_same_items(giver, taker):
            return False
        if self._steps[giver.step].kind == _SWITCH and giver.chose != taker.step:
            return False
        # a step that repeats itself goes on from its last round, and begins the first one with what others gave
        if giver.step == taker.step:
            return giver.iteration + 1 == taker.iteration
        return taker.iteration == 0

    def _around_the_same_items(self, one: TaskRecord, other: TaskRecord) -> bool:
        pairs = zip(self._steps[one.step].scope, self._steps[other.step].scope, strict=False)
        shared = len(list(takewhile(lambda pair: pair[0] == pair[1], pairs)))
        return one.path[:shared] == other.path[:shared]


def _ran(task: TaskRecord) -> bool:
    return task.status.value != "skipped"
