"""What a test may give a step: every name that its body, its --foreach or its --when reads, and from whom."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Literal

from nbflow.errors import did_you_mean, raise_for
from nbflow.frozen import frozen
from nbflow.model.graph import Everything, Graph, Missing, Node, Use
from nbflow.model.step import Names, StepDraft

Kind = Literal["artifact", "parameter", "inputs"]


@frozen
class Reading:
    """One name that is read."""

    name: str
    kind: Kind
    #: who gives it in a run: `load`, `item of train`, `parameter`, `join of train`
    giver: str
    #: source of what stands in for it
    default: str | None = None
    #: a test has to give it
    required: bool = True

    def __str__(self) -> str:
        return f"{self.name} ({self.giver}{f', {self.default} by default' if self.default else ''})"


def readings(node: Node, draft: StepDraft, use: Use) -> dict[str, Reading]:
    """Return what `use` of the step reads, without parameters, by name."""
    return {each.name: each for each in _readings(node, _mentioned(draft, use), use)}


def parameter_readings(
    graph: Graph, node: Node, draft: StepDraft, use: Use, given: Collection[str], assigned: Mapping[str, str]
) -> dict[str, Reading]:
    """Return the parameters that `use` of the step reads and those that their defaults are made of, by name.

    Args:
        graph: declares them.
        node: the step in it.
        draft: the step as its cell states it.
        use: what of it asks.
        given: names a test gives: their defaults count for nothing.
        assigned: what cells of the notebook set them to.
    """
    wanted = node.parameters & _mentioned(draft, use)
    found = {}
    # a default reads parameters above it only
    for each in reversed(graph.parameters):
        if each.name in wanted:
            default = assigned.get(each.name, each.default)
            found[each.name] = Reading(each.name, "parameter", "parameter", default, default is None)
            wanted |= set() if each.name in given or each.name in assigned else each.reads
    return {each.name: found[each.name] for each in graph.parameters if each.name in found}


def leaves_of(node: Node) -> frozenset[str]:
    """Return the names the step may leave."""
    return frozenset() if isinstance(node.leaves, Everything) else frozenset(node.leaves)


def check_given(step: str, known: Mapping[str, Reading], given: Collection[str]) -> None:
    """Find out that a test gives all that is needed and nothing else.

    Raises:
        UsageError: R031, a name is not read by the step; R030, one is missing.
    """
    reads = ", ".join(map(str, known.values())) or "nothing"
    for name in given:
        if name not in known:
            raise_for("R031", step=step, name=name, hint=did_you_mean(name, known), reads=reads)
    missing = [name for name, each in known.items() if each.required and name not in given]
    if missing:
        listed = " and ".join(filter(None, (", ".join(missing[:-1]), missing[-1])))
        call = ", ".join(f"{name}=…" for name in (*given, *missing))
        raise_for("R030", step=step, names=listed, reads=reads, fix=f".run({call})")


def _readings(node: Node, mentioned: Collection[str], use: Use) -> Iterator[Reading]:
    for need in node.needs:
        if need.kind == "inputs" and use == "body":
            joined = ", ".join(branch[0].step for branch in need.branches)
            yield Reading("inputs", "inputs", f"join of {joined}")
        elif need.kind == "value" and need.binds and use in need.uses:
            givers = " or ".join(source.step for source in need.branches[0])
            default = None if isinstance(need.default, Missing) else need.default
            yield Reading(need.binds, "artifact", givers, default, default is None and not need.soft)
    for name, scope in node.context.items():
        if name in mentioned and not (use == "items" and scope == node.name):
            yield Reading(name, "artifact", f"{'index' if name == 'index' else 'item'} of {scope}")
    if node.opens and use != "items" and node.opens.item not in node.context:
        yield Reading(node.opens.item, "artifact", f"item of {node.name}", None, node.opens.item in mentioned)


def _mentioned(draft: StepDraft, use: Use) -> set[str]:
    """Return the names in the text of `use`."""
    expression = {"items": draft.wiring.foreach, "when": draft.wiring.when}.get(use)
    names = expression.names if expression else Names() if use != "body" else draft.body.names
    declared = {each.name for each in draft.wiring.take} if use == "body" else set()
    return {*names.reads, *names.soft, *declared}
