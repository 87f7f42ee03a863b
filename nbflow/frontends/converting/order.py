"""In which order the steps of a notebook run, in the forms that a class has for it.

Steps that do not depend on each other become branches; a step that may be skipped stays in line. A class can only nest
these forms, so now and then a step has to wait for one that it does not need, which changes no value.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import NoReturn

from nbflow.errors import Place
from nbflow.frontends.converting.before import Before, before_each
from nbflow.frontends.converting.blocks import Alone, Block, Blocks, Fork, Loop
from nbflow.frontends.converting.choices import with_choices
from nbflow.frontends.converting.original import refuse
from nbflow.frontends.converting.partial_order import CircleError, PartialOrder
from nbflow.frozen import frozen
from nbflow.graph.resolved import ResolvedFlow, ResolvedStep
from nbflow.model.ids import ScopeName, StepName

Scopes = tuple[ScopeName, ...]


def ordered(flow: ResolvedFlow) -> Blocks:
    """Return the steps of `flow` in the forms of a class.

    Raises:
        UsageError: R070, a class has no form for it.
    """
    for step in flow.steps:
        _check(flow, step)
    return _Level(flow, before_each(flow), ()).blocks()


def _check(flow: ResolvedFlow, step: ResolvedStep) -> None:
    """Refuse what no order of steps could say."""
    place, wiring = step.draft.place, step.draft.wiring
    if wiring.any:
        why = "a join of a class waits for all its branches"
        refuse(place, "--any", why, "join branches that all run, or read what they leave by name, without --join")
    if wiring.foreach and wiring.when:
        why = "a foreach of a class takes the whole list"
        fix = f'put the condition into the list: --foreach "[{wiring.item} for {wiring.item} in … if …]"'
        refuse(place, "--when beside --foreach", why, fix)
    for name in step.join:
        if flow[name].conditional:
            refuse(place, f"--join {name}, which may be skipped", "a class joins all that was begun", _ALWAYS)
    if step.join and step.conditional:
        refuse(
            place,
            "a join that may be skipped",
            "a join of a class always runs",
            "put what depends on it into a step below",
        )
    if step.conditional_whole and wiring.foreach:
        refuse(place, "a foreach that may be skipped as a whole", "its list may be missing", _ALWAYS)


_ALWAYS = "let the step run always, with an 'if' in its body"


@frozen
class _Unit:
    """What stands in one scope as a whole: a step, or a foreach with all that is in it and its join."""

    head: ResolvedStep
    #: whether `head` opens a foreach
    loop: bool
    steps: frozenset[StepName]
    joins: ResolvedStep | None = None

    @property
    def conditional(self) -> bool:
        """All of it may be skipped."""
        return self.head.conditional and not self.loop

    @property
    def branches(self) -> tuple[StepName, ...]:
        """The branches it joins."""
        return self.head.join if not self.loop and not self.head.closes else ()


class _Level:
    """The steps of one scope. Responsibilities: put them, and what is nested in them, into forms."""

    def __init__(self, flow: ResolvedFlow, before: Before, scope: Scopes, joined: StepName | None = None) -> None:
        #: the step whose items are joined: it comes as late as it can
        self._joined_step = joined
        self._flow = flow
        self._before = before
        self._scope = scope
        self._units = list(self._gathered())
        self._order = PartialOrder(len(self._units), ())
        for pairs in (self._needed(), self._before_joined(), self._beside_joins(), self._in_line()):
            self._add(list(pairs))

    def blocks(self) -> Blocks:
        """Return the steps of this scope in their forms."""
        return self._formed(self._series(range(len(self._units))))

    # ---- units

    def _gathered(self) -> Iterator[_Unit]:
        depth = len(self._scope)
        inside = [step for step in self._flow.steps if step.scope[:depth] == self._scope]
        # the step that opens this scope is taken care of outside
        heads = [step for step in inside if step.base == self._scope and step.closes not in self._opened(inside)]
        for head in heads:
            if not head.draft.wiring.foreach:
                yield _Unit(head, loop=False, steps=frozenset({head.name}))
                continue
            joins = [step for step in inside if step.closes == head.name]
            if len(joins) > 1:
                why = f"{joins[0].name} joins it as well, and a class joins a foreach once"
                refuse(joins[1].draft.place, f"--join of {head.name}", why, f"do in {joins[0].name} what both do")
            for step in inside:
                if joins and head.name in step.scope and joins[0].name in self._before[step.name]:
                    _refuse_second_pass(step, head, joins[0])
            names = {step.name for step in inside if head.name in step.scope} | {step.name for step in joins}
            yield _Unit(head, loop=True, steps=frozenset(names), joins=joins[0] if joins else None)

    def _opened(self, inside: Sequence[ResolvedStep]) -> set[ScopeName]:
        return {ScopeName(step.name) for step in inside if step.draft.wiring.foreach and step.base == self._scope}

    # ---- order

    def _needed(self) -> Iterator[tuple[int, int]]:
        for later, unit in enumerate(self._units):
            above = frozenset(chain.from_iterable(self._before[name] for name in unit.steps))
            yield from (
                (first, later) for first, other in enumerate(self._units) if first != later and above & other.steps
            )

    def _before_joined(self) -> Iterator[tuple[int, int]]:
        """Yield what lets a join see the step it names last, as it left things."""
        for last, unit in enumerate(self._units):
            if self._joined_step in unit.steps:
                others = (each for each in range(len(self._units)) if each != last)
                yield from ((other, last) for other in others if not self._order.related(other, last))

    def _beside_joins(self) -> Iterator[tuple[int, int]]:
        """Yield what keeps branches to themselves: what else the join needs comes before they part, what else needs them after."""
        for join, inside in self._branched(range(len(self._units))):
            for other in self._others(join, inside):
                if other in self._order.above(join):
                    yield from ((other, each) for each in inside if each not in self._order.above(other))
                elif self._order.above(other) & inside:
                    yield (join, other)

    def _before_branches(self, numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
        """Yield what puts all that has nothing to do with a join before its branches part."""
        for join, inside in self._branched(numbers):
            for other in self._others(join, inside) & set(numbers):
                if not self._order.related(other, join):
                    yield from ((other, each) for each in inside)

    def _branched(self, numbers: Sequence[int]) -> Iterator[tuple[int, set[int]]]:
        """Yield each join of branches, and what stands in these."""
        for join in numbers:
            if branches := set(self._units[join].branches):
                ends = [number for number, unit in enumerate(self._units) if unit.steps & branches]
                above = [{end, *self._order.above(end)} for end in ends]
                yield join, above[0].union(*above) - above[0].intersection(*above)

    def _others(self, join: int, inside: set[int]) -> set[int]:
        return set(range(len(self._units))) - inside - {join}

    def _in_line(self) -> Iterator[tuple[int, int]]:
        """Yield what keeps steps that may be skipped out of branches, unless the notebook itself joins these."""
        order = self._order
        joins = [number for number, unit in enumerate(self._units) if unit.branches]
        branched = frozenset(chain.from_iterable(order.above(number) for number in joins))
        line = order.in_line()
        for place, number in enumerate(line):
            if self._units[number].conditional and number not in branched:
                yield from ((other, number) for other in line[:place])
                yield from ((number, other) for other in line[place + 1 :])

    def _add(self, pairs: Sequence[tuple[int, int]]) -> None:
        try:
            self._order.add(pairs)
        except CircleError as circle:
            self._refuse_circle(*(self._units[number] for number in circle.args))

    def _refuse_circle(self, one: _Unit, other: _Unit) -> NoReturn:
        loop = one if one.loop else other
        outside = other if loop is one else one
        again = next(
            (step for name in sorted(loop.steps) if self._before[name] & outside.steps for step in [self._flow[name]]),
            loop.head,
        )
        _refuse_second_pass(again, loop.head, outside.head)

    # ---- forms

    def _series(self, numbers: Sequence[int]) -> Blocks:
        if len(numbers) == 1:
            return (self._block(self._units[numbers[0]]),)
        branches = self._order.side_by_side(numbers) if numbers else []
        if len(branches) > 1:
            return (Fork(tuple(map(self._series, branches))),)
        stages = self._order.stages(numbers) if numbers else []
        if len(stages) == 1:
            # no nesting says it: something must wait in vain
            if more := list(self._before_branches(numbers)):
                self._add(more)
                return self._series(numbers)
            stages = self._order.levels(numbers)
        return tuple(block for stage in stages for block in self._series(stage))

    def _block(self, unit: _Unit) -> Block:
        if not unit.loop:
            return Alone(unit.head)
        joined = unit.joins.join[0] if unit.joins else None
        inside = _Level(self._flow, self._before, (*self._scope, ScopeName(unit.head.name)), joined).blocks()
        return Loop(unit.head, inside, unit.joins)

    def _formed(self, blocks: Blocks) -> Blocks:
        return with_choices(self._flow, self._joined(blocks))

    def _joined(self, blocks: Blocks) -> Blocks:
        """Put each join of branches to the fork whose branches it joins."""
        found: list[Block] = []
        for block in blocks:
            match block:
                case Fork(branches=branches):
                    found.append(Fork(tuple(map(self._formed, branches))))
                case Alone(step=joins) if len(joins.join) > 1:
                    fork = found.pop() if found else None
                    if not isinstance(fork, Fork) or {_end(branch) for branch in fork.branches} != set(joins.join):
                        self._refuse_join(joins.draft.place, joins)
                    found.append(Fork(fork.branches, joins))
                case _:
                    found.append(block)
        return tuple(found)

    def _refuse_join(self, place: Place, join: ResolvedStep) -> NoReturn:
        why = "they are not the ends of branches that part and meet: one waits for another, or something else waits for one"
        fix = "read what they leave by name, without --join"
        refuse(place, f"--join {','.join(join.join)}", why, fix)


def _refuse_second_pass(again: ResolvedStep, opens: ResolvedStep, between: ResolvedStep) -> NoReturn:
    what = f"a second pass over the items of {opens.name}"
    why = f"{again.name} needs {between.name}, which needs items of {opens.name}; a class goes through a foreach once"
    fix = f"give {again.name} a --foreach of its own, over a list that the join leaves"
    refuse(again.draft.place, what, why, fix)


def _end(blocks: Blocks) -> StepName | None:
    """Return the step in which a branch ends, as far as a join may name it."""
    match blocks[-1]:
        case Alone(step=step):
            return step.name
        case Loop(joins=step) | Fork(joins=step) if step:
            return step.name
    return None


def ends(blocks: Blocks) -> set[StepName]:
    """Return the steps of `blocks` that may be called start and end: the first if it is called so, the last likewise."""
    first, last = blocks[0], blocks[-1]
    found = set()
    if isinstance(first, Alone) and first.step.name == "start":
        found.add(first.step.name)
    if isinstance(last, Alone) and last.step.name == "end":
        found.add(last.step.name)
    return found
