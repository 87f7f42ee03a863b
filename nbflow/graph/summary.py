"""The graph as a run record keeps it: enough to draw it later, without the code."""

from __future__ import annotations

from collections.abc import Iterator

from nbflow.model.graph import Graph, Node
from nbflow.model.record import StepSummary


def summaries(graph: Graph) -> tuple[StepSummary, ...]:
    """Return one summary per step of `graph`, in flow order."""
    return tuple(map(_summary, graph.nodes))


def _summary(node: Node) -> StepSummary:
    # the way back of a self-loop is in its label: drawn as a giver, a step would wait for itself
    givers = tuple(giver for giver in node.givers if giver != node.name)
    kind, doc = (node.method.kind, node.method.doc) if node.method else ("", "")
    return StepSummary(node.name, givers, tuple(node.scope), ", ".join(_labels(node)), kind, doc)


def _labels(node: Node) -> Iterator[str]:
    """Yield what its header says about its place, as in `foreach regions as region`."""
    if node.opens and node.opens.kind == "gang":
        yield "side by side"
    elif node.opens:
        named = f" as {node.opens.item}" if node.opens.named else ""
        yield f"{node.opens.kind} {node.opens.items}{named}"
    for need in node.needs:
        if need.kind == "inputs":
            joined = ", ".join(" or ".join(source.step for source in branch) for branch in need.branches)
            yield f"join any of {joined}" if need.rule == "any" else f"join {joined}"
    if node.switch:
        others = ", ".join(step for step in node.switch.steps if step != node.name)
        yield f"switch on {node.switch.variable}: {'itself, ' if node.loops else ''}{others}"
    if node.when and node.when.else_of:
        yield f"else of {', '.join(node.when.else_of)}"
    if node.when and node.when.expression:
        yield f"when {node.when.expression}"
