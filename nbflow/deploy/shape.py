"""From a graph to what a state machine can say: jobs in rows, forks and one for each item. Pure.

A state machine has no edges between branches: what runs side by side begins together and is waited for together. A
graph whose order can be taken apart into "one after the other" and "side by side" keeps all its freedom; where it
cannot (an N: c waits for a, d for a and b), what could begin at once is one fork and the rest comes behind it.

The order is taken apart as Möhring has it for series-parallel orders ("Computationally tractable classes of ordered
sets", 1989): the components of what is comparable are side by side, those of what is not follow one another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Literal

from nbflow.frozen import frozen
from nbflow.model.graph import Graph, Node
from nbflow.model.ids import ScopeName, StepName

#: the foreach around a task, outermost first
Scope = tuple[ScopeName, ...]


@frozen
class Job:
    """The job of one task, or of the listing of a foreach's items."""

    step: StepName
    kind: Literal["body", "items"] = "body"


@frozen
class Gate:
    """`inside`, unless its step turns out to be skipped."""

    step: StepName
    inside: Block


@frozen
class Each:
    """`inside` for each item of the foreach that `step` opens."""

    step: StepName
    inside: Block
    #: a foreach whose tasks wait for what waits for others of its tasks is gone through several times
    phase: int = 0


@frozen
class Row:
    """One after the other."""

    blocks: tuple[Block, ...]


@frozen
class Fork:
    """Side by side."""

    blocks: tuple[Block, ...]


Block = Job | Gate | Each | Row | Fork
#: what stands in one place: a step, or a foreach in one of its phases
_Unit = tuple[StepName, int | None]


def shape(graph: Graph) -> Block:
    """Return the whole flow as a block."""
    return _Shaper(graph).level((), graph.nodes)


def roots(graph: Graph) -> frozenset[StepName]:
    """Return the steps that wait for nothing: any of them may be the first to find that there is no run yet."""
    return frozenset(node.name for node in graph.nodes if not node.givers)


class _Shaper:
    """One graph's."""

    def __init__(self, graph: Graph) -> None:
        #: steps that may be skipped
        self._skipped: set[StepName] = set()
        #: steps whose own tasks may be, and foreach that may be as a whole
        self._gated: set[StepName] = set()
        self._unopened: set[StepName] = set()
        for node in graph.nodes:
            self._look_at(node)

    def _look_at(self, node: Node) -> None:
        own = node.when is not None
        chosen = any(source.case for need in node.needs for branch in need.branches for source in branch)
        late = node.conditional or chosen or any(giver in self._skipped for giver in _givers(node))
        if own or late:
            self._skipped.add(node.name)
        if late and node.opens is not None:
            self._unopened.add(node.name)
        if own or (late and node.opens is None):
            self._gated.add(node.name)

    def level(self, scope: Scope, nodes: Sequence[Node]) -> Block:
        """Return what stands inside the foreach `scope`."""
        depth = len(scope)
        openers = dict.fromkeys(each.scope[depth] for each in nodes if len(each.scope) > depth)
        phases = {opener: _phases(opener, depth, nodes) for opener in openers}
        units: dict[_Unit, list[Node]] = {}
        of: dict[StepName, _Unit] = {}
        for node in nodes:
            opener = node.scope[depth] if len(node.scope) > depth else None
            unit: _Unit = (node.name, None) if opener is None else (opener, phases[opener][node.name])
            units.setdefault(unit, []).append(node)
            of[node.name] = unit
        before: dict[_Unit, set[_Unit]] = {unit: set() for unit in units}
        for node in nodes:
            before[of[node.name]] |= {of[giver] for giver in _givers(node) if giver in of} - {of[node.name]}
        made = {unit: self._unit(unit, (*scope, ScopeName(unit[0])), members) for unit, members in units.items()}
        return _arranged(list(units), _closed(before), made.__getitem__)

    def _unit(self, unit: _Unit, inner: Scope, members: Sequence[Node]) -> Block:
        name, phase = unit
        if phase is None:
            return self._gate(name, Job(name))
        opener = next((each for each in members if each.name == name), None)
        inside = Each(name, self.level(inner, members), phase)
        if opener is None or opener.opens is None:
            return Gate(name, inside) if name in self._unopened else inside
        whole: Block = inside if opener.opens.lister else Row((Job(name, "items"), inside))
        return Gate(name, whole) if name in self._unopened else whole

    def _gate(self, name: StepName, block: Block) -> Block:
        return Gate(name, block) if name in self._gated else block


def _givers(node: Node) -> tuple[StepName, ...]:
    """Return whom a node waits for; a foreach that is skipped as a whole has no task to wait for, but is waited for."""
    found = (*node.givers, *([StepName(node.closes)] if node.closes else ()))
    # the next round of a step that repeats itself is the same job
    return tuple(each for each in dict.fromkeys(found) if each != node.name)


def _phases(opener: ScopeName, depth: int, nodes: Sequence[Node]) -> dict[StepName, int]:
    """Return of each node inside the foreach how often its tasks have been waited for outside before it may run."""
    inside = {each.name for each in nodes if len(each.scope) > depth and each.scope[depth] == opener}
    level: dict[StepName, int] = {}
    for node in nodes:
        known = [(giver, level[giver]) for giver in _givers(node) if giver in level]
        out = node.name not in inside
        level[node.name] = max((each + (out and giver in inside) for giver, each in known), default=0)
    return {name: level[name] for name in inside}


def _closed(before: Mapping[_Unit, set[_Unit]]) -> dict[_Unit, frozenset[_Unit]]:
    """Return everything that comes before each unit, directly or not."""
    found: dict[_Unit, frozenset[_Unit]] = {}

    def look(unit: _Unit) -> frozenset[_Unit]:
        if unit not in found:
            direct = before[unit]
            found[unit] = frozenset(direct).union(*(look(each) for each in direct))
        return found[unit]

    for unit in before:
        look(unit)
    return found


def _arranged(
    units: Sequence[_Unit], before: Mapping[_Unit, frozenset[_Unit]], make: Callable[[_Unit], Block]
) -> Block:
    if len(units) == 1:
        return make(units[0])

    def comparable(one: _Unit, other: _Unit) -> bool:
        return one in before[other] or other in before[one]

    beside = _components(units, comparable)
    if len(beside) > 1:
        return Fork(tuple(_arranged(each, before, make) for each in beside))
    behind = _components(units, lambda one, other: not comparable(one, other))
    if len(behind) == 1:
        first = [each for each in units if not before[each] & set(units)]
        behind = [first, [each for each in units if each not in first]]
    else:
        behind.sort(key=lambda some: len(before[some[0]] & set(units)))
    return Row(tuple(_flat(_arranged(each, before, make) for each in behind)))


def _flat(blocks: Iterable[Block]) -> Iterable[Block]:
    for each in blocks:
        if isinstance(each, Row):
            yield from each.blocks
        else:
            yield each


def _components(units: Sequence[_Unit], joined: Callable[[_Unit, _Unit], bool]) -> list[list[_Unit]]:
    """Return the connected components, each in the order of `units`."""
    left, found = list(units), []
    while left:
        some, todo = [], [left.pop(0)]
        while todo:
            each = todo.pop()
            some.append(each)
            near = [other for other in left if joined(each, other)]
            left = [other for other in left if other not in near]
            todo += near
        found.append(sorted(some, key=units.index))
    return found
