"""Rules about splits and the joins that end them."""

from __future__ import annotations

from collections.abc import Iterator

from nbflow.errors import Problem, problem
from nbflow.graph.classes.lint.registry import rule
from nbflow.graph.classes.lint.wording import place_of, starred
from nbflow.graph.classes.walked import Fault, WalkedFlow, WalkedStep


def _with(flow: WalkedFlow, fault: Fault) -> Iterator[WalkedStep]:
    return (step for step in flow.steps if step.fault == fault)


@rule
def splits_are_joined_before_the_end(flow: WalkedFlow) -> Iterator[Problem]:
    """F022: the last step stands in no split."""
    for step in _with(flow, "open"):
        splits = dict.fromkeys(frame.split for arrival in step.arrivals for frame in arrival.frames)
        givers = starred(arrival.giver for arrival in step.arrivals)
        yield problem("F022", place_of(step), name=step.name, splits=starred(splits), givers=givers)


@rule
def joins_join_every_branch(flow: WalkedFlow) -> Iterator[Problem]:
    """F023: all branches of a split lead to its join."""
    # where it is not known how a step goes on, it may be there that the missing branch comes
    for step in _with(flow, "incomplete") if flow.is_whole else ():
        split = flow[step.arrivals[0].frames[-1].split]
        branches = split.goes_on.targets if split.goes_on else ()
        there = {arrival.frames[-1].branch for arrival in step.arrivals}
        missing = [branch for branch in branches if branch not in there]
        yield problem(
            "F023",
            place_of(step),
            name=step.name,
            givers=starred(arrival.giver for arrival in step.arrivals),
            count=len(branches),
            split=split.name,
            missing=starred(missing),
        )


@rule
def joins_follow_a_split(flow: WalkedFlow) -> Iterator[Problem]:
    """F024: there is something to join."""
    for step in _with(flow, "unsplit"):
        chosen = [frame for frame in step.arrivals if flow[frame.giver].share < 1]
        if chosen:
            fix = f"after a condition only one way is taken: drop the argument, def {step.name}(self)"
        else:
            fix = f"def {step.name}(self), or split before it: self.next(self.a, self.b)"
        yield problem("F024", place_of(step), name=step.name, fix=fix)


@rule
def joins_join_one_split(flow: WalkedFlow) -> Iterator[Problem]:
    """F025: what a join joins comes from one split."""
    for step in _with(flow, "unrelated"):
        splits = {
            arrival.giver: arrival.frames[-1].split
            if arrival.frames and arrival.frames[-1].branch != step.name
            else None
            for arrival in step.arrivals
        }
        found = ", ".join(f"{giver} {f'of {split}' if split else 'of none'}" for giver, split in splits.items())
        yield problem("F025", place_of(step), name=step.name, found=found)


@rule
def branches_meet_in_a_join(flow: WalkedFlow) -> Iterator[Problem]:
    """F026: branches of a split meet where they are joined."""
    for step in _with(flow, "unjoined"):
        givers = starred(arrival.giver for arrival in step.arrivals)
        yield problem("F026", place_of(step), name=step.name, givers=givers)


@rule
def choices_end_before_a_join(flow: WalkedFlow) -> Iterator[Problem]:
    """F037: a switch does not lead to a join directly."""
    for step in _with(flow, "chosen"):
        chosen = [arrival.giver for arrival in step.arrivals if arrival.case]
        yield problem("F037", place_of(step), name=step.name, switches=starred(chosen), first=chosen[0])
