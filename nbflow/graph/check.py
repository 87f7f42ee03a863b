"""A flow that may run, or every reason why it may not."""

from __future__ import annotations

from nbflow.errors import error
from nbflow.graph.build import build
from nbflow.model.graph import Graph
from nbflow.model.step import FlowDraft


def checked(draft: FlowDraft) -> Graph:
    """Return the graph of `draft`. Raises FlowError with all that is wrong with it."""
    built = build(draft)
    if built.errors:
        raise error(built.errors)
    return built.graph
