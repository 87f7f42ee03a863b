"""The graph as plain values, under Metaflow's names: for `current.graph` and for programs that ask for JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from nbflow.model.flowclass import DecoratorSpec
from nbflow.model.graph import Graph, Node
from nbflow.model.ids import StepName

#: kind of a transition → what Metaflow's graph calls the step that has it
_TYPES = {
    "split": "split-static",
    "foreach": "split-foreach",
    "parallel": "split-parallel",
    "switch": "split-switch",
}


def graph_info(graph: Graph, *, file: str = "", decorators: Sequence[DecoratorSpec] = ()) -> dict[str, Any]:
    """Return what is known of a flow's steps before it runs.

    Args:
        graph: the flow.
        file: where it stands.
        decorators: those of the class.
    """
    joins = dict(_matching_joins(graph))
    return {
        "file": file,
        "doc": graph.doc,
        "decorators": [_decorator(each) for each in decorators],
        "steps": {node.name: _step(graph, node, joins.get(node.name)) for node in graph.nodes},
    }


def _step(graph: Graph, node: Node, join: StepName | None) -> dict[str, Any]:
    method, body = node.method, node.code.body
    goes_on = method.goes_on if method else None
    kind = goes_on.kind if goes_on else ""
    found: dict[str, Any] = {
        "name": node.name,
        "type": _type(node, kind),
        "line": node.place.line or body.line,
        "source_file": body.file,
        "doc": method.doc if method else "",
        "decorators": [_decorator(each) for each in method.decorators] if method else [],
        "next": list(goes_on.targets if goes_on else () if method else _followers(graph, node)),
    }
    if goes_on and kind == "foreach":
        found["foreach_artifact"] = goes_on.variable
    elif goes_on and kind == "parallel":
        found["num_parallel"] = goes_on.variable
    elif goes_on and kind == "switch":
        found["condition"] = goes_on.variable
        found["switch_cases"] = {str(case): step for case, step in goes_on.cases}
    if join is not None:
        found["matching_join"] = join
    return found


def _type(node: Node, kind: str) -> str:
    if node.method is not None:
        return _TYPES.get(kind, node.method.kind)
    return "join" if any(need.kind == "inputs" for need in node.needs) else "linear"


def _decorator(spec: DecoratorSpec) -> dict[str, Any]:
    return {"name": spec.name, "attributes": dict(spec.attributes)}


def _followers(graph: Graph, node: Node) -> Iterator[StepName]:
    """Yield the steps that wait for a step of a notebook, which names none itself."""
    return (other.name for other in graph.nodes if node.name in other.givers)


def _matching_joins(graph: Graph) -> Iterator[tuple[StepName, StepName]]:
    """Yield each step of a class that splits with the step that joins what it split."""
    #: step → the splits in which the steps after it stand
    below: dict[StepName, tuple[StepName, ...]] = {}
    for node in graph.nodes:
        around = below.get(node.givers[0], ()) if node.givers else ()
        if around and any(need.kind == "inputs" for need in node.needs):
            yield around[-1], node.name
            around = around[:-1]
        goes_on = node.method.goes_on if node.method else None
        splits = goes_on is not None and goes_on.kind in {"split", "foreach", "parallel"}
        below[node.name] = (*around, node.name) if splits else around
