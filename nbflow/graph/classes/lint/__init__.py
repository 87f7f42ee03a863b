"""What can be wrong with a flow as a class before it runs: one rule, one function, all asked every time.

The texts keep Metaflow's wording. A rule says nothing of a step whose place another error makes a guess.
"""

from __future__ import annotations

from collections.abc import Iterator

from nbflow.errors import Problem
from nbflow.graph.classes.lint import (
    arguments,
    decorators,
    ends,
    files,
    foreach,
    joins,
    names,
    switches,
    transitions,
    ways,
)
from nbflow.graph.classes.lint.registry import OPTIONAL, RULES, Rule, rule
from nbflow.graph.classes.walked import WalkedFlow

__all__ = ["OPTIONAL", "RULES", "Rule", "lint", "rule"]

#: the modules whose import registers the rules
TOPICS = (names, ends, arguments, transitions, ways, joins, switches, foreach, decorators, files)


def lint(flow: WalkedFlow, *, optional: bool = False) -> Iterator[Problem]:
    """Yield every problem of `flow`, rule by rule."""
    for each in (*RULES, *OPTIONAL) if optional else RULES:
        yield from each(flow)
