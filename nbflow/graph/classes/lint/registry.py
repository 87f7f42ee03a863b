"""The list of rules. A rule takes the walked flow and yields problems; its docstring begins with its code."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from nbflow.errors import Problem
from nbflow.graph.classes.walked import WalkedFlow

Rule = Callable[[WalkedFlow], Iterator[Problem]]

RULES: list[Rule] = []
#: rules that hold only where what will run the flow asks for them
OPTIONAL: list[Rule] = []


def rule(function: Rule) -> Rule:
    """Register `function` as a rule of every flow."""
    RULES.append(function)
    return function


def optional_rule(function: Rule) -> Rule:
    """Register `function` as a rule of flows for what cannot run all of them."""
    OPTIONAL.append(function)
    return function
