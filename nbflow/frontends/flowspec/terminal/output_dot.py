"""`python flow.py output-dot`: the graph in the language of Graphviz."""

from __future__ import annotations

import argparse

from nbflow.frontends.flowspec.terminal.call import Call
from nbflow.graph.draw import dot
from nbflow.graph.summary import summaries


def add(parser: argparse.ArgumentParser, call: Call) -> None:
    """Declare the arguments: there are none."""


def main(call: Call, arguments: argparse.Namespace) -> int:  # noqa: ARG001 - as all commands
    """Print it."""
    flow = call.opened()
    call.console.tell(dot(summaries(flow.graph), name=flow.name).rstrip())
    return 0
