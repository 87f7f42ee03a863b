"""Pictures of a flow from the summaries of its steps: text for terminals, Mermaid, DOT and SVG. Pure."""

from __future__ import annotations

from nbflow.graph.draw.dot import dot
from nbflow.graph.draw.lanes import text
from nbflow.graph.draw.mermaid import mermaid
from nbflow.graph.draw.state import States, StepState
from nbflow.graph.draw.svg import svg

__all__ = ["States", "StepState", "dot", "mermaid", "svg", "text"]
