"""From a class to the graph that everything downstream speaks of, with what lint found."""

from __future__ import annotations

from collections.abc import Iterator

from nbflow.errors import Problem, sorted_by_place
from nbflow.graph.built import Built
from nbflow.graph.classes.lint import lint
from nbflow.graph.classes.walk import walk
from nbflow.graph.classes.walked import Arrival, Frame, WalkedFlow, WalkedStep
from nbflow.model.flowclass import ClassDraft, Transition
from nbflow.model.graph import CodeRef, Everything, Graph, Method, Need, Node, Scope, Source, StepKind, Switch
from nbflow.model.ids import ScopeName, StepName
from nbflow.model.step import Statement

#: kind of a transition → kind of the step that has it
_KINDS: dict[str, StepKind] = {
    "split": "split",
    "foreach": "foreach",
    "parallel": "foreach",
    "switch": "split-switch",
}


def build_class(draft: ClassDraft, statements: tuple[Statement, ...], *, max_splits: int = 100) -> Built:
    """Return the graph of a class, with every error and warning of lint.

    Args:
        draft: the class.
        statements: the definitions a worker makes the class of.
        max_splits: most tasks that one foreach may have.
    """
    flow = walk(draft)
    nodes = tuple(_node(step, flow, statements, max_splits) for step in flow.steps)
    problems = sorted(lint(flow), key=lambda each: _standing(flow, each))
    graph = Graph(nodes, statements=statements, doc=draft.doc)
    return Built(graph, tuple(sorted_by_place(problems)))


def _standing(flow: WalkedFlow, found: Problem) -> tuple[int, int]:
    """Return where in the flow a problem stands: its step, its line; those of the class as a whole come first."""
    return flow.positions.get(StepName(found.place.step or ""), -1), found.place.line or 0


def _node(step: WalkedStep, flow: WalkedFlow, statements: tuple[Statement, ...], max_splits: int) -> Node:
    draft = step.draft
    needs = tuple(_needs(step, flow))
    return Node(
        name=step.name,
        scope=_scopes(step.frames),
        needs=needs,
        code=CodeRef(draft.body, (flow.draft.flow_class,), statements),
        options=draft.options,
        opens=_opens(step, flow, max_splits),
        switch=_switch(step.goes_on),
        leaves=Everything(),
        passes=any(need.kind == "manifest" for need in needs),
        conditional=step.share < 1,
        method=Method(flow.draft.flow_class, _kind(step, flow), step.goes_on, draft.decorators, draft.doc),
        place=draft.place,
    )


def _kind(step: WalkedStep, flow: WalkedFlow) -> StepKind:
    """Return what the step is called: by how it goes on, else by where it stands."""
    if step.name == flow.end:
        return "end"
    if step.draft.joins:
        return "join"
    first: StepKind = "start" if step.name == flow.start else "linear"
    return _KINDS.get(step.goes_on.kind, first) if step.goes_on else first


def _switch(goes_on: Transition | None) -> Switch | None:
    if goes_on is None or goes_on.kind != "switch" or goes_on.variable is None:
        return None
    return Switch(goes_on.variable, goes_on.cases)


def _scopes(frames: tuple[Frame, ...]) -> tuple[ScopeName, ...]:
    """Return the foreach and gangs among `frames`: each is named by the step that runs once per item."""
    return tuple(ScopeName(frame.branch) for frame in frames if frame.kind != "split")


def _opens(step: WalkedStep, flow: WalkedFlow, max_splits: int) -> Scope | None:
    frame = step.opened
    if frame is None:
        return None
    goes_on = flow[frame.split].goes_on
    items = (goes_on.variable if goes_on else None) or ""
    parent = _scopes(step.frames[:-1])
    if frame.kind == "parallel":
        return Scope("gang", parent, items, "input", empty="error", lister=frame.split)
    return Scope("foreach", parent, items, "input", limit=max_splits, empty="error", lister=frame.split)


def _needs(step: WalkedStep, flow: WalkedFlow) -> Iterator[Need]:
    """Yield what the step waits for: the steps before it, or all that it joins."""
    if not step.arrivals:
        # also of a first step that repeats itself: nothing comes before its first round
        return
    if step.closes is not None and step.closes.kind != "split":
        yield Need("inputs", None, (tuple(map(_source, step.arrivals)),), closes=ScopeName(step.closes.branch))
    elif step.draft.joins:
        yield Need("inputs", None, tuple(_branches(step, flow)))
    else:
        again = (Source(step.name, case=True),) if step.loops else ()
        yield Need("manifest", None, ((*map(_source, step.arrivals), *again),))


def _branches(step: WalkedStep, flow: WalkedFlow) -> Iterator[tuple[Source, ...]]:
    """Yield, in the order of the split's self.next, the steps that may end each of its branches."""
    ends: dict[StepName, list[Arrival]] = {}
    for arrival in step.arrivals:
        ends.setdefault(arrival.frames[-1].branch if step.closes else arrival.giver, []).append(arrival)
    split = flow[step.closes.split].goes_on if step.closes else None
    for branch in split.targets if split else ends:
        yield tuple(map(_source, ends[branch]))


def _source(arrival: Arrival) -> Source:
    return Source(arrival.giver, case=arrival.case)
