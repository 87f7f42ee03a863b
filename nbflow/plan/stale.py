"""Which steps' latest results no longer fit their code, parameters and inputs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nbflow.graph.view import chains
from nbflow.model.graph import Graph, Node
from nbflow.model.ids import Path, StepName, TaskKey
from nbflow.model.record import ItemList, TaskRecord
from nbflow.plan.fingerprint import Fingerprints
from nbflow.plan.gather import gather, join
from nbflow.plan.judge import Go, judge
from nbflow.plan.ledger import Ledger


def stale_steps(
    graph: Graph,
    parameters: Mapping[str, tuple[str, Any, str]],
    environment: Mapping[StepName, str],
    results: Mapping[TaskKey, TaskRecord],
    items: Mapping[tuple[StepName, Path], ItemList],
) -> frozenset[StepName]:
    """Return the steps that have a result which would be computed differently now."""
    ledger = Ledger(graph)
    ledger.items.update(items)
    known = {key: record for key, record in results.items() if key.step in ledger.nodes}
    for record in known.values():
        ledger.settle(record)
    prints = Fingerprints(graph, parameters, environment)
    return frozenset(
        key.step for key, record in known.items() if record.fingerprint and _differs(ledger, prints, record, graph)
    )


def _differs(ledger: Ledger, prints: Fingerprints, record: TaskRecord, graph: Graph) -> bool:
    node: Node = ledger.nodes[record.step]
    if len(record.path) != len(node.scope):
        return True
    verdict = judge(ledger, node, record.path)
    if not isinstance(verdict, Go):
        return True
    if node.opens and (node.name, record.path[:-1]) not in ledger.items:
        return True
    try:
        given = gather(ledger, node, record.path, verdict, "body")
        joined = join(ledger, node, record.path, chains(graph))
    except (KeyError, IndexError):
        # the foreach it stood in has other items now
        return True
    now = prints.of(node, given, joined)
    # a list or a condition that changed is a part, and not in the digest
    return now.digest != record.fingerprint or bool(record.parts and now.parts != record.parts)
