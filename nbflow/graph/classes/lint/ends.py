"""Rules about the first and the last step."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from nbflow.errors import Problem, problem
from nbflow.graph.classes.lint.registry import rule
from nbflow.graph.classes.lint.wording import next_of, place_of, starred
from nbflow.graph.classes.walked import WalkedFlow, meant

_BOTH: tuple[Literal["start", "end"], ...] = ("start", "end")


@rule
def there_is_one_start_and_one_end(flow: WalkedFlow) -> Iterator[Problem]:
    """F004, F005, F006: one step is the first and one the last, without doubt which."""
    methods = flow.draft.steps
    for which in _BOTH:
        marked = [method for method in methods if getattr(method, which)]
        named = [method for method in methods if method.name == which]
        chosen = flow.start if which == "start" else flow.end
        if len(marked) > 1:
            names = ", ".join(method.name for method in marked)
            yield problem("F005", place_of(marked[1]), which=which, names=names, first=marked[0].name)
        elif marked and chosen is None:
            yield problem("F006", place_of(marked[0]), which=which, name=marked[0].name, line=named[0].place.line)
        # of a class without steps, one of the two says enough
        elif chosen is None and (methods or which == "start"):
            yield problem("F004", flow.draft.place, which=which)


@rule
def nothing_comes_before_the_start(flow: WalkedFlow) -> Iterator[Problem]:
    """F007: no step leads to the first one."""
    if flow.start is None:
        return
    start = flow[flow.start]
    # it may repeat itself; and as the only step, it is the last one, too
    alone = start.loops or flow.start == flow.end
    givers = [
        method for method in flow.draft.steps if flow.start in meant(method) and not (method is start.draft and alone)
    ]
    if givers:
        line = next(each for each in givers[0].transitions if flow.start in each.targets)
        names = starred(method.name for method in givers)
        yield problem("F007", next_of(givers[0], line), name=flow.start, givers=names, giver=givers[0].name)


@rule
def nothing_comes_after_the_end(flow: WalkedFlow) -> Iterator[Problem]:
    """F008, F009: the last step leads nowhere."""
    end = flow[flow.end].draft if flow.end else None
    if end is None or not end.transitions:
        return
    after = [target for target in meant(end) if target in flow and target != end.name]
    if after:
        yield problem("F008", next_of(end), name=end.name, after=starred(after))
    else:
        yield problem("F009", next_of(end), name=end.name)


@rule
def the_end_joins_nothing(flow: WalkedFlow) -> Iterator[Problem]:
    """F010: the last step takes no `inputs`."""
    if flow.end is not None and flow[flow.end].draft.joins:
        yield problem("F010", place_of(flow[flow.end]), name=flow.end)
