"""From the resolved flow to the graph that everything downstream speaks of, with what lint found."""

from __future__ import annotations

from collections.abc import Iterator

from nbflow.errors import Problem, sorted_by_place
from nbflow.graph.built import Built
from nbflow.graph.givers import FromContext, FromKernel, FromParameter, sources_of
from nbflow.graph.lint import lint
from nbflow.graph.resolve import resolve
from nbflow.graph.resolved import Read, ResolvedFlow, ResolvedStep
from nbflow.model.graph import MISSING, CodeRef, Condition, Graph, Need, Node, Scope, Source
from nbflow.model.ids import ScopeName, StepName
from nbflow.model.step import FlowDraft


def build(draft: FlowDraft) -> Built:
    """Return the graph of `draft` with every error, warning and notice: its cells' own and those of lint."""
    flow = resolve(draft)
    required = _required(flow)
    nodes = tuple(_node(step, required.get(step.name, frozenset())) for step in flow.steps)
    steps = (statement for step in flow.steps for statement in step.draft.statements)
    graph = Graph(nodes, draft.parameters, draft.setup, (*draft.definitions.statements, *steps))
    notices = (notice for step in draft.steps for notice in step.notices)
    found = sorted(lint(flow), key=lambda each: _standing(flow, each))
    return Built(graph, tuple(sorted_by_place([*draft.problems, *notices, *found])))


def _standing(flow: ResolvedFlow, found: Problem) -> tuple[int, int]:
    """Return where in the flow a problem stands: its step, its line; those of plain cells come last."""
    step = StepName(found.place.step or "")
    return flow.positions.get(step, len(flow.steps)), found.place.line or 0


def _node(step: ResolvedStep, required: frozenset[str]) -> Node:
    draft, wiring = step.draft, step.draft.wiring
    opens = None
    if wiring.foreach:
        opens = Scope("foreach", step.base, wiring.foreach.source, wiring.item, wiring.item_named)
    when = None
    if wiring.when or step.else_of:
        when = Condition(wiring.when.source if wiring.when else None, step.else_of)
    return Node(
        name=step.name,
        scope=step.scope,
        needs=tuple(_needs(step)),
        code=CodeRef(draft.body, step.roots, step.slice),
        options=draft.options,
        opens=opens,
        when=when,
        leaves=step.leaves,
        perhaps=step.perhaps,
        required=required,
        merged=step.merged,
        parameters=frozenset(read.name for read in step.reads if isinstance(read.giver, FromParameter)),
        context=_context(step),
        captured=tuple(dict.fromkeys(read.name for read in step.reads if isinstance(read.giver, FromKernel))),
        conditional=step.conditional,
        place=draft.place,
    )


def _needs(step: ResolvedStep) -> Iterator[Need]:
    """Yield what the step waits for: a join's inputs, then names, then order."""
    if step.join:
        branches = tuple((Source(name),) for name in step.join)
        yield Need("inputs", None, branches, "any" if step.draft.wiring.any else "all", step.closes)
    yield from _values(step)
    for names in (step.else_of, step.after):
        if names:
            yield Need("order", None, tuple((Source(name),) for name in names))


def _values(step: ResolvedStep) -> Iterator[Need]:
    """Yield one need per name that steps give, with all the uses the step has for it."""
    defaults = dict(step.draft.wiring.default)
    together: dict[tuple[str, tuple[Source, ...]], list[Read]] = {}
    for read in step.reads:
        if sources := sources_of(read.giver):
            together.setdefault((read.name, sources), []).append(read)
    for (name, sources), reads in together.items():
        yield Need(
            "value",
            name,
            (sources,),
            default=defaults.get(name, MISSING),
            uses=tuple(read.use for read in reads),
            soft=all(read.soft for read in reads),
        )


def _context(step: ResolvedStep) -> dict[str, ScopeName]:
    """Return the names the foreach around the step gives. Its own item under --as comes with what it opens."""
    own = ScopeName(step.name)
    return {
        read.name: read.giver.scope
        for read in step.reads
        if isinstance(read.giver, FromContext)
        and not (read.giver.what == "item" and read.giver.scope == own and step.draft.wiring.item_named)
    }


def _required(flow: ResolvedFlow) -> dict[StepName, frozenset[str]]:
    """Return, per step, the names left that must be storable: a step below reads them, or --out names them."""
    found: dict[StepName, set[str]] = {step.name: set(step.draft.wiring.out or ()) for step in flow.steps}
    for step, read in flow.reads():
        for source in sources_of(read.giver):
            found[source.step].add(source.name or read.name)
        if step.draft.body.names.merge and step.draft.body.names.merge.include:
            for name in step.join:
                found[name] |= step.merged
    return {step.name: frozenset(found[step.name] & step.leaves) for step in flow.steps}
