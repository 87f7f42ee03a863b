"""The edges that a drawing shows, and how far down each step stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from nbflow.frozen import frozen
from nbflow.model.record import StepSummary


@frozen
class Edges:
    """Who waits for whom. `short` is enough to see the order; `implied` edges follow from longer ways."""

    #: step → givers, nearest way only
    short: Mapping[str, tuple[str, ...]]
    #: step → givers that other givers wait for as well
    implied: Mapping[str, tuple[str, ...]]
    #: step → length of the longest way from a first step
    rank: Mapping[str, int]

    def consumers(self) -> dict[str, list[str]]:
        """Return the steps that wait for each step over a short edge, in flow order."""
        found: dict[str, list[str]] = {name: [] for name in self.short}
        for name, givers in self.short.items():
            for giver in givers:
                found[giver].append(name)
        return found


def edges_of(steps: Sequence[StepSummary]) -> Edges:
    """Return the edges among `steps`. A giver that does not stand above is left out (a loop, or a part of a flow)."""
    above: dict[str, set[str]] = {}
    short: dict[str, tuple[str, ...]] = {}
    implied: dict[str, tuple[str, ...]] = {}
    rank: dict[str, int] = {}
    for step in steps:
        givers = [giver for giver in dict.fromkeys(step.givers) if giver in above and giver != step.name]
        further = {name for giver in givers for name in above[giver]}
        above[step.name] = further.union(givers)
        short[step.name] = tuple(giver for giver in givers if giver not in further)
        implied[step.name] = tuple(giver for giver in givers if giver in further)
        rank[step.name] = 1 + max((rank[giver] for giver in givers), default=-1)
    return Edges(short, implied, rank)
