"""What can be seen of a step by those who look at it, beyond what it left itself."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from nbflow.model.graph import Everything, Graph, Node
from nbflow.model.ids import StepName


def view_chain(graph: Graph, step: str) -> tuple[StepName, ...]:
    """Return the steps whose manifests a view of `step` looks into, nearest first, `step` itself at the head.

    They are what `step` waits for, directly or not, as far as it runs once for each task of `step`: a view shows
    what a step directly below, in the same item, would read.
    """
    node = graph[step]
    if node.method is not None:
        # what a step of a class leaves holds what it was given
        return (node.name,)
    before = graph.ancestors(step)
    nearest_first = (
        each.name
        for each in reversed(graph.nodes)
        if each.name in before and node.scope[: len(each.scope)] == each.scope
    )
    return (node.name, *nearest_first)


def unread_name(graph: Graph, step: str, name: str) -> str:
    """Return ` If 'x' is meant, write --in x.` when `step` could read `name` and does not, else an empty string.

    For the error of a body that uses the name where no analysis sees it, as in a query string.
    """
    node = graph[step]
    if any(need.binds == name for need in node.needs) or name in node.parameters | node.context.keys():
        return ""
    above = graph.nodes[: graph.nodes.index(node)]
    left = any(not isinstance(each.leaves, Everything) and name in each.leaves for each in above)
    given = left or any(each.name == name for each in graph.parameters)
    return f" If '{name}' is meant, write --in {name}." if given else ""


def changed_below(graph: Graph, node: Node) -> frozenset[str]:
    """Return the names `node` leaves that a step below changes in place."""
    return frozenset(
        source.name or need.binds or ""
        for other in graph.nodes
        for need in other.needs
        for source in (need.branches[0] if need.kind == "value" else ())
        if source.step == node.name and need.binds in other.code.body.names.changed
    )


def listed_by(graph: Graph) -> dict[StepName, tuple[StepName, ...]]:
    """Return the foreach whose items a step lists as it ends (classes), by step."""
    found: dict[StepName, tuple[StepName, ...]] = {}
    for node in graph.nodes:
        if node.opens and node.opens.lister:
            found[node.opens.lister] = (*found.get(node.opens.lister, ()), node.name)
    return found


def chains(graph: Graph) -> Callable[[str], tuple[StepName, ...]]:
    """Return `view_chain` of one graph, each chain made once."""
    return cache(lambda step: view_chain(graph, step))
