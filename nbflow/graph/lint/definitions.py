"""Rules about the definitions that steps use."""

from __future__ import annotations

from collections.abc import Iterator

from nbflow.errors import Problem
from nbflow.graph.lint.registry import rule
from nbflow.graph.resolved import ResolvedFlow


@rule
def definitions_see_definitions_only(flow: ResolvedFlow) -> Iterator[Problem]:
    """G016, G017, G015, G001, N007: a definition sees definitions only, and all of them."""
    for step in flow.steps:
        yield from step.slice_problems
