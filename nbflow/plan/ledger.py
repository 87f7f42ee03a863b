"""What is known in a run so far: results of tasks, items of each foreach. Answers counting questions in O(1)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from nbflow.model.graph import Graph, Node
from nbflow.model.ids import Path, StepName, TaskKey
from nbflow.model.record import ItemList, TaskRecord


class Ledger:
    """Results and items, with the number of settled tasks kept per step and path prefix.

    Responsibilities: remember; count; list the paths a scope has so far. It decides nothing. A task that goes round in
    a self-loop counts once, when its last round has settled.
    """

    def __init__(self, graph: Graph) -> None:
        self.nodes: dict[str, Node] = {node.name: node for node in graph.nodes}
        self.results: dict[TaskKey, TaskRecord] = {}
        #: the last round of each task
        self._last: dict[tuple[StepName, Path], TaskRecord] = {}
        self.items: dict[tuple[StepName, Path], ItemList] = {}
        #: openers whose foreach was skipped as a whole, by the path of their base
        self.unopened: set[tuple[StepName, Path]] = set()
        self._settled: Counter[tuple[StepName, Path]] = Counter()

    def settle(self, record: TaskRecord) -> None:
        """Keep the final record of a task. A foreach skipped as a whole settles with the path of its base."""
        if record.key in self.results:
            return
        self.results[record.key] = record
        last = self._last.get((record.step, record.path))
        if last is None or last.iteration < record.iteration:
            self._last[record.step, record.path] = record
        if record.chose == record.step:
            # another round follows
            return
        for depth in range(len(record.path) + 1):
            self._settled[record.step, record.path[:depth]] += 1
        node = self.nodes.get(record.step)
        if node is not None and len(record.path) < len(node.scope):
            self.unopened.add((record.step, record.path))

    def result(self, step: StepName, path: Path) -> TaskRecord | None:
        """Return the last record of the task of `step` that `path` leads to: the path is cut to the step's depth."""
        return self._last.get((step, path[: len(self.nodes[step].scope)]))

    def expected(self, step: StepName, prefix: Path) -> int | None:
        """Return how many tasks `step` has under `prefix`, or None while some foreach has not listed its items."""
        scope = self.nodes[step].scope
        if len(prefix) == len(scope):
            return 1
        opener = StepName(scope[len(prefix)])
        if (opener, prefix) in self.unopened:
            # the record of the skip itself stands for all of the opener's tasks
            return 1 if opener == step else 0
        listed = self.items.get((opener, prefix))
        if listed is None:
            return None
        if len(prefix) + 1 == len(scope):
            return len(listed.refs)
        total = 0
        for index in range(len(listed.refs)):
            inner = self.expected(step, (*prefix, index))
            if inner is None:
                return None
            total += inner
        return total

    def complete(self, step: StepName, prefix: Path) -> bool:
        """Say whether every task of `step` under `prefix` has settled."""
        expected = self.expected(step, prefix)
        return expected is not None and self._settled[step, prefix] >= expected

    def paths(self, scope: tuple[StepName, ...], prefix: Path = ()) -> Iterator[Path]:
        """Yield the full paths of `scope` under `prefix` that are known so far, in index order."""
        if len(prefix) >= len(scope):
            yield prefix[: len(scope)]
            return
        listed = self.items.get((scope[len(prefix)], prefix))
        if listed is not None:
            for index in range(len(listed.refs)):
                yield from self.paths(scope, (*prefix, index))


def settled_steps(
    graph: Graph, results: Mapping[TaskKey, TaskRecord], items: Mapping[tuple[StepName, Path], ItemList]
) -> frozenset[StepName]:
    """Return the steps of which every task has its outcome: of a foreach that failed half way, those before it."""
    ledger = Ledger(graph)
    ledger.items.update(items)
    for record in results.values():
        if record.status.is_outcome:
            ledger.settle(record)
    return frozenset(node.name for node in graph.nodes if ledger.complete(node.name, ()))


def consumers(graph: Graph) -> dict[StepName, tuple[Node, ...]]:
    """Return who is judged again when a task of a step settles, in flow order."""
    found: dict[StepName, list[Node]] = {}
    for node in graph.nodes:
        # a foreach that is skipped as a whole has no task in it to tell the join
        for giver in dict.fromkeys((*node.givers, *([node.closes] if node.closes else ()))):
            if giver == node.name:
                # the next round of a self-loop is not judged: it follows from the one before
                continue
            found.setdefault(giver, []).append(node)
    return {giver: tuple(nodes) for giver, nodes in found.items()}


def looks_into(ledger: Ledger, node: Node, opener: StepName) -> bool:
    """Say whether `node` waits for tasks inside the foreach of `opener`, so that the number of items matters to it."""
    return any(opener in ledger.nodes[giver].scope for giver in node.givers)
