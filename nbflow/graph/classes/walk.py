"""A class's steps in flow order, each with the ways that lead to it and the splits it stands in. Never raises.

A split, a foreach and a gang open a frame, a join closes the innermost one. A switch opens none: of its ways each run
takes one, and they meet again without a join. Where a step's frames cannot be told, it has no place, and nothing is
concluded from it; what is wrong is said by lint.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from nbflow.graph.classes.walked import Arrival, Fault, Frame, WalkedFlow, WalkedStep, meant, takes_what_steps_take
from nbflow.model.flowclass import ClassDraft, MethodDraft, Transition
from nbflow.model.ids import StepName

if TYPE_CHECKING:
    from fractions import Fraction


def walk(draft: ClassDraft) -> WalkedFlow:
    """Return the steps of `draft` in flow order, as far as their text can be followed."""
    methods = {method.name: method for method in draft.steps}
    start, end = _first_or_last(draft, "start"), _first_or_last(draft, "end")
    goes_on = {name: None if name == end else _the_transition(method) for name, method in methods.items()}
    reached = _reached(methods, start)
    leads = {name: _followed(methods[name], goes_on[name], methods, start) for name in methods if name in reached}
    order, behind = _flow_order(list(methods), leads)
    arrivals: dict[StepName, list[Arrival]] = {name: [] for name in methods}
    met: dict[StepName, WalkedStep] = {}
    for name in order:
        step = WalkedStep(methods[name], goes_on[name], tuple(arrivals[name]))
        if name in behind:
            met[name] = replace(step, placed=False)
            continue
        met[name] = _meet(step, met, end)
        for arrival, target in _ways(met[name], leads[name]):
            arrivals[target].append(arrival)
    positions = {name: number for number, name in enumerate(order)}
    return WalkedFlow(draft, tuple(met[name] for name in order), start, end, reached, reached & behind, positions)


def _first_or_last(draft: ClassDraft, which: Literal["start", "end"]) -> StepName | None:
    """Return the step marked as, or else named, `which`; of a single step it goes without saying. None: unclear."""
    marked = [step.name for step in draft.steps if getattr(step, which)]
    named = [step.name for step in draft.steps if step.name == which]
    if marked:
        return marked[0] if len({*marked, *named}) == 1 else None
    if named:
        return named[0]
    if len(draft.steps) == 1 and (which == "start" or not draft.steps[0].transitions):
        return draft.steps[0].name
    return None


def _the_transition(method: MethodDraft) -> Transition | None:
    """Return the one self.next of a step, or None when there is none that can be followed."""
    if len(method.transitions) != 1 or method.transitions[0].kind == "invalid":
        return None
    return method.transitions[0]


def _reached(methods: Mapping[StepName, MethodDraft], start: StepName | None) -> frozenset[StepName]:
    found: set[StepName] = set()
    todo = [start] if start else []
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            todo.extend(target for target in meant(methods[name]) if target in methods)
    return frozenset(found)


def _followed(
    method: MethodDraft, goes_on: Transition | None, known: Container[StepName], start: StepName | None
) -> tuple[StepName, ...]:
    """Return where a step leads to, without what a walk must not follow: itself as a switch, and the first step."""
    aside = {start, method.name} if goes_on and goes_on.kind == "switch" else {start}
    return tuple(each for each in meant(method) if each in known and each not in aside)


def _flow_order(
    names: Sequence[StepName], leads: Mapping[StepName, Sequence[StepName]]
) -> tuple[list[StepName], frozenset[StepName]]:
    """Return the steps, givers first, else as they are defined; and those that are not reached or behind a loop."""
    rank = {name: number for number, name in enumerate(names)}
    missing = Counter(target for targets in leads.values() for target in targets)
    ready = [(rank[name], name) for name in leads if not missing[name]]
    heapq.heapify(ready)
    order: list[StepName] = []
    while ready:
        _, name = heapq.heappop(ready)
        order.append(name)
        for target in leads[name]:
            missing[target] -= 1
            if not missing[target]:
                heapq.heappush(ready, (rank[target], target))
    done = set(order)
    left = [name for name in names if name not in done]
    return [*order, *left], frozenset(left)


def _ways(step: WalkedStep, targets: Sequence[StepName]) -> Iterator[tuple[Arrival, StepName]]:
    """Yield how one arrives at each of the steps that a step leads to."""
    kind = step.goes_on.kind if step.goes_on else "invalid"
    share = _part(step.share, len(targets)) if kind == "switch" and targets else step.share
    for target in targets:
        frames = step.frames
        if kind in ("split", "foreach", "parallel"):
            frames = (*frames, Frame(kind, step.name, target))
        yield Arrival(step.name, frames, kind == "switch", step.placed and kind != "invalid", share), target


def _part(whole: Fraction | int, parts: int) -> Fraction:
    # only flows that choose pay for the import
    from fractions import Fraction

    return Fraction(whole) / parts


def _meet(step: WalkedStep, met: Mapping[StepName, WalkedStep], end: StepName | None) -> WalkedStep:
    """Return a step with the place to which the ways to it lead."""
    # whether it is meant to join is not known where its arguments are wrong; a last step must not
    guess = not takes_what_steps_take(step.draft) or (step.name == end and step.draft.joins)
    if guess or not all(arrival.sound for arrival in step.arrivals):
        return replace(step, placed=False)
    fault = _join_fault(step, met) if step.draft.joins else _fault(step, end)
    if fault is not None:
        return replace(step, placed=False, fault=fault)
    if not step.arrivals:
        return step
    frames = step.arrivals[0].frames
    if step.draft.joins:
        return replace(step, frames=frames[:-1], closes=frames[-1], share=met[frames[-1].split].share)
    return replace(step, frames=frames, share=sum(each.share for each in step.arrivals))


def _fault(step: WalkedStep, end: StepName | None) -> Fault | None:
    """Return what is wrong with the ways to a step that joins nothing."""
    tops = [arrival.frames[-1] for arrival in step.arrivals if arrival.frames]
    if len(step.arrivals) > 1 and any(top.branch == step.name and top.kind != "split" for top in tops):
        return "shared"
    if step.name == end and tops:
        return "open"
    return "unjoined" if len({arrival.frames for arrival in step.arrivals}) > 1 else None


def _join_fault(step: WalkedStep, met: Mapping[StepName, WalkedStep]) -> Fault | None:
    """Return what is wrong with the ways to a join."""
    if not any(arrival.frames for arrival in step.arrivals):
        return "unsplit"
    if any(arrival.case for arrival in step.arrivals):
        return "chosen"
    tops = [arrival.frames[-1] for arrival in step.arrivals if arrival.frames]
    direct = [top for top in tops if top.branch == step.name]
    if any(top.kind != "split" for top in direct):
        return "childless"
    splits = {(arrival.frames[:-1], arrival.frames[-1].split) for arrival in step.arrivals if arrival.frames}
    if direct or len(tops) < len(step.arrivals) or len(splits) > 1:
        return "unrelated"
    split = met[tops[0].split].goes_on
    whole = split is not None and {top.branch for top in tops} == set(split.targets)
    return None if whole else "incomplete"
