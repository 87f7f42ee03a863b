"""In which foreach a step stands: it runs once per item if something it reads does."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from nbflow.frozen import frozen
from nbflow.graph.givers import FromSteps, Giver, sources_of
from nbflow.graph.outline import Wanted
from nbflow.graph.resolved import Pull
from nbflow.graph.search import CONTEXTUAL, Search
from nbflow.graph.upstream import Upstream
from nbflow.model.ids import ScopeName, StepName

Scopes = tuple[ScopeName, ...]


@frozen
class Return:
    """Where a join leads back to."""

    base: Scopes = ()
    #: the foreach it ends
    closes: ScopeName | None = None
    #: False: what it joins has no place, or no one place, so neither has the join
    placed: bool = True


def return_of(join: Sequence[StepName], upstream: Upstream) -> Return:
    """Return where a step that joins `join` (steps above, in the order written) leads back to."""
    if not join:
        return Return()
    joined = [upstream.steps[name] for name in join]
    first = joined[0].scope
    placed = all(step.placed for step in joined)
    if len(joined) > 1:
        return Return(first, None, placed and len({step.scope for step in joined}) == 1)
    if not first:
        return Return((), None, placed)
    return Return(first[:-1], first[-1], placed)


def pulls_of(givers: Iterable[tuple[str, Giver]], else_of: Sequence[StepName], upstream: Upstream) -> tuple[Pull, ...]:
    """Return all that decides the foreach a step stands in, in the order it reads."""
    found = [
        Pull(name, source.step, upstream.steps[source.step].scope)
        for name, giver in givers
        for source in sources_of(giver)
    ]
    found.extend(Pull(f"--else-of {name}", name, upstream.steps[name].scope) for name in else_of)
    return tuple(dict.fromkeys(found))


def base_of(pulls: Iterable[Pull], returned: Return) -> Scopes:
    """Return the longest scope among `pulls`; those that contradict it do not count (lint says so)."""
    base = returned.base
    for pull in pulls:
        if returned.closes not in pull.scope and pull.scope[: len(base)] == base:
            base = pull.scope
    return base


def fits(pull: Pull, base: Scopes, closes: ScopeName | None) -> bool:
    """Say whether a step in `base` may read from `pull`: it is the same or a shorter scope."""
    return closes not in pull.scope and base[: len(pull.scope)] == pull.scope


def place(
    search: Search,
    wanted: Sequence[Wanted],
    returned: Return,
    pulls: Callable[[Iterable[tuple[str, Giver]]], tuple[Pull, ...]],
) -> tuple[Scopes, dict[Wanted, Giver]]:
    """Return the base of a step and what gives each of its wanted names.

    `index` and `item` mean the foreach around the step, so they are looked up once that is known from the others;
    what they turn out to be may lead further in.
    """
    givers = {each: search.giver(each.name, each.use, ()) for each in wanted if each.name not in CONTEXTUAL}
    base = base_of(pulls(_counting(givers)), returned)
    contextual = [each for each in wanted if each.name in CONTEXTUAL]
    while contextual:
        givers |= {each: search.giver(each.name, each.use, base) for each in contextual}
        deeper = base_of(pulls(_counting(givers)), returned)
        if len(deeper) <= len(base):
            break
        base = deeper
    return base, givers


def _counting(givers: dict[Wanted, Giver]) -> list[tuple[str, Giver]]:
    """Return the givers that count for the scope: of names the step can do without, only artifacts."""
    return [(each.name, giver) for each, giver in givers.items() if each.why == "read" or isinstance(giver, FromSteps)]
