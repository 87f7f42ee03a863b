"""What --with adds to the steps of cells: `--with batch:memory=16000`, in the words that decorators of classes have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

from nbflow.errors import Problem, did_you_mean, error, problem, raise_for
from nbflow.flowspec.decorators import Decorator
from nbflow.flowspec.decorators_of_steps import STEP_KINDS
from nbflow.flowspec.options import options_asked
from nbflow.flowspec.spec_text import read_spec
from nbflow.graph.lint.files import read_here
from nbflow.model.graph import Graph, Node
from nbflow.model.options import Options, Resources
from nbflow.model.secret import left_behind

#: what a step of a class is and a cell says otherwise
_OF_CLASSES = frozenset({"parallel"})
_NOTHING = Options()


def with_decorators(graph: Graph, texts: Sequence[str]) -> Graph:
    """Return `graph` with what `texts` ask for on every step that does not say it itself.

    Raises:
        DecoratorError: a text names no decorator, or not what it takes.
    """
    if not texts:
        return graph
    added = options_asked([_use(text) for text in texts])
    nodes = tuple(_added(node, added) for node in graph.nodes)
    if problems := [found for node in nodes for found in _left_behind(node)]:
        raise error(problems)
    return replace(graph, nodes=nodes)


def moved(before: Graph, after: Graph) -> tuple[Problem, ...]:
    """Return what should be known of the steps of `after` that run elsewhere and in `before` did not: N021."""
    return tuple(
        found
        for was, node in zip(before.nodes, after.nodes, strict=True)
        if node.options.elsewhere and not was.options.elsewhere
        for found in read_here(
            node.name,
            node.code.body,
            node.code.slice,
            node.place,
            own_open="open" in node.code.roots or any(need.binds == "open" for need in node.needs),
        )
    )


def _left_behind(node: Node) -> Iterator[Problem]:
    for secret in left_behind(node.options.secrets, node.options.backend):
        name = secret.variable or secret.id
        yield problem("G025", node.place, step=node.name, secret=secret.text, name=name)


def _use(text: str) -> Decorator:
    spec = read_spec(text, f"--with {text}")
    kind = STEP_KINDS.get(spec.name)
    if kind is None or spec.name in _OF_CLASSES:
        known = sorted(STEP_KINDS.keys() - _OF_CLASSES)
        hint = did_you_mean(spec.name, known)
        raise_for("D022", spec.place, level="step", name=spec.name, hint=hint, known=", ".join(known))
    use, problems = Decorator(kind, spec.attributes, static=False, typed=spec.typed).checked("all steps")
    if problems:
        raise error(problems)
    return use


def _added(node: Node, added: Options) -> Node:
    own = node.options
    changes: dict[str, Any] = {**_missing(own, added, _NOTHING), "resources": _together(own.resources, added.resources)}
    if own.backend is not None:
        # a step that says where it runs stays there
        changes = {name: value for name, value in changes.items() if name not in {"backend", "batch", "image"}}
    return replace(node, options=replace(own, **changes))


def _together(own: Resources, added: Resources) -> Resources:
    return replace(own, **_missing(own, added, Resources()))


def _missing(own: Any, added: Any, nothing: Any) -> Mapping[str, Any]:
    """Return the fields that `added` says and `own` does not."""
    names = [each.name for each in fields(own) if each.name != "resources"]
    return {
        name: getattr(added, name)
        for name in names
        if getattr(own, name) == getattr(nothing, name) and getattr(added, name) != getattr(nothing, name)
    }
