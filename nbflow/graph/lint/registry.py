"""The list of rules. A rule takes the resolved flow and yields problems; its docstring begins with its code."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from nbflow.errors import Problem
from nbflow.graph.resolved import ResolvedFlow

Rule = Callable[[ResolvedFlow], Iterator[Problem]]

RULES: list[Rule] = []


def rule(function: Rule) -> Rule:
    """Register `function` as a rule of lint."""
    RULES.append(function)
    return function
