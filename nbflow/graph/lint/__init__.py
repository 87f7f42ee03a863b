"""What can be wrong with a flow before it runs: one rule, one function, all asked every time."""

from __future__ import annotations

from collections.abc import Iterator

from nbflow.errors import Problem
from nbflow.graph.lint import definitions, files, header, names, outputs, scopes, targets
from nbflow.graph.lint.registry import RULES, Rule, rule
from nbflow.graph.resolved import ResolvedFlow

__all__ = ["RULES", "Rule", "lint", "rule"]

#: the modules whose import registers the rules
TOPICS = (header, targets, names, outputs, scopes, definitions, files)


def lint(flow: ResolvedFlow) -> Iterator[Problem]:
    """Yield every problem of `flow`, rule by rule."""
    for each in RULES:
        yield from each(flow)
