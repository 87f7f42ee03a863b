"""The graph of a flow written as a class: its steps meet, and every problem is found before anything runs."""

from __future__ import annotations

from nbflow.graph.classes.build import build_class
from nbflow.graph.classes.raw import graph_info

__all__ = ["build_class", "graph_info"]
