"""What follows from a task that is done: which of the tasks behind it are skipped, and which go. Pure.

The state machine cannot judge conditions. Whoever has done a task judges for it, by the rules of `nbflow.plan.judge`; of
several tasks that are waited for, the last one to be done finds that nothing is left to wait for.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from nbflow.frozen import frozen
from nbflow.graph.view import listed_by
from nbflow.model.graph import Node
from nbflow.model.ids import Path, StepName
from nbflow.model.record import ItemList, TaskRecord
from nbflow.plan.gather import gather, item_of
from nbflow.plan.guard import Guard
from nbflow.plan.judge import Go, Skip, judge, shared
from nbflow.plan.ledger import Ledger, consumers
from nbflow.runtime.outcomes import skipped
from nbflow.runtime.request import RunRequest

Place = tuple[StepName, Path]


@frozen
class Following:
    """What is known now."""

    skipped: tuple[TaskRecord, ...]
    #: task, or foreach by the path of the task that lists it → it goes
    gates: Mapping[Place, bool]


def ledger_of(request: RunRequest, records: Iterable[TaskRecord], items: Mapping[Place, ItemList]) -> Ledger:
    """Return what a run came to so far."""
    ledger = Ledger(request.graph)
    ledger.items.update(items)
    for record in records:
        if record.status.is_outcome:
            ledger.settle(record)
    return ledger


def following(request: RunRequest, ledger: Ledger, step: StepName, path: Path, now: float) -> Following:
    """Return what follows from `step` at `path`; what is skipped is settled in `ledger`, too.

    Args:
        request: the run's.
        ledger: what the run came to, the task itself included.
        step: the step of the task.
        path: its path; of a list of items that of the task that listed it.
        now: seconds since the epoch.
    """
    return _Follower(request, ledger, now).all_of(step, path)


class _Follower:
    def __init__(self, request: RunRequest, ledger: Ledger, now: float) -> None:
        self._ledger = ledger
        self._now = now
        self._guard = Guard(request.graph, {name: value for name, (_, value, _) in request.parameters.items()})
        self._consumers = consumers(request.graph)
        self._lists = listed_by(request.graph)
        self._gates: dict[Place, bool] = {}
        self._skipped: list[TaskRecord] = []

    def all_of(self, step: StepName, path: Path) -> Following:
        todo = deque([(step, path)])
        while todo:
            giver, at = todo.popleft()
            for node, where in self._behind(giver, at):
                if self._judged(node, where):
                    todo.append((node.name, where))
        return Following(tuple(self._skipped), self._gates)

    def _behind(self, giver: StepName, path: Path) -> Iterator[tuple[Node, Path]]:
        """Yield the tasks that may have waited for this one; a list of items is waited for by the tasks on it."""
        node = self._ledger.nodes[giver]
        scope = node.base if len(path) < len(node.scope) else node.scope
        opened = [giver] if len(path) < len(node.scope) else self._lists.get(giver, ())
        for name in opened:
            for index in range(len(items.refs) if (items := self._ledger.items.get((name, path))) else 0):
                yield self._ledger.nodes[name], (*path, index)
        for consumer in self._consumers.get(giver, ()):
            depth = shared(scope, consumer.base, len(path))
            for at in list(self._ledger.paths(consumer.base, path[:depth])):
                yield consumer, at

    def _judged(self, node: Node, path: Path) -> bool:
        """Judge a task that has not settled; say whether it is skipped."""
        key = (node.name, path)
        settled = self._ledger.result(node.name, path)
        if key in self._gates or (settled is not None and settled.path == path):
            return False
        if node.opens and len(path) < len(node.scope) and key in self._ledger.items:
            # what lists them has gone before it
            self._gates[key] = True
            return False
        verdict = judge(self._ledger, node, path)
        if isinstance(verdict, Skip):
            return self._skip(skipped(node, path, verdict.reason))
        if isinstance(verdict, Go):
            if len(path) == len(node.scope) and node.when is not None:
                given = gather(self._ledger, node, path, verdict, "when")
                passed, reason, _ = self._guard.judge(self._ledger, node, path, given)
                if reason:
                    record = replace(skipped(node, path, reason), condition=passed)
                    return self._skip(replace(record, item=item_of(self._ledger, node, path)))
            # a condition that cannot be judged fails in the task's own job
            self._gates[key] = True
        return False

    def _skip(self, record: TaskRecord) -> bool:
        record = replace(record, finished_at=self._now)
        self._gates[record.step, record.path] = False
        self._ledger.settle(record)
        self._skipped.append(record)
        return True


def complete(ledger: Ledger) -> bool:
    """Say whether every task of the run has its outcome."""
    return all(ledger.complete(StepName(name), ()) for name in ledger.nodes)
