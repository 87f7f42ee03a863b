"""The graph as a run record keeps it: enough to draw it later, without the code."""

from __future__ import annotations

from collections.abc import Iterator

from nbflow.model.graph import Graph, Node
from nbflow.model.record import StepSummary


def summaries(graph: Graph) -> tuple[StepSummary, ...]:
    """Return one summary per step of `graph`, in flow order."""
    return tuple(
        StepSummary(node.name, node.givers, tuple(node.scope), ", ".join(_labels(node))) for node in graph.nodes
    )


def _labels(node: Node) -> Iterator[str]:
    """Yield what its header says about its place, as in `foreach regions as region`."""
    if node.opens:
        named = f" as {node.opens.item}" if node.opens.named else ""
        yield f"{node.opens.kind} {node.opens.items}{named}"
    for need in node.needs:
        if need.kind == "inputs":
            joined = ", ".join(branch[0].step for branch in need.branches)
            yield f"join any of {joined}" if need.rule == "any" else f"join {joined}"
    if node.when and node.when.else_of:
        yield f"else of {', '.join(node.when.else_of)}"
    if node.when and node.when.expression:
        yield f"when {node.when.expression}"
