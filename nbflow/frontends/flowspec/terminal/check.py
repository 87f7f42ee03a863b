"""`python flow.py check`: everything that is wrong with the flow, found without running it."""

from __future__ import annotations

import argparse

from nbflow.frontends.flowspec.terminal.call import Call
from nbflow.frontends.flowspec.terminal.checking import pylint
from nbflow.frontends.flowspec.terminal.options import add_with


def add(parser: argparse.ArgumentParser, call: Call) -> None:  # noqa: ARG001 - as every command has it
    """Declare the arguments."""
    add_with(parser)
    parser.add_argument("--warnings", action="store_true", help="also what pylint only warns of, if it is installed")


def main(call: Call, arguments: argparse.Namespace) -> int:
    """Check the flow; errors are raised."""
    flow = call.opened(with_specs=arguments.decospecs)
    if arguments.warnings and call.options.pylint is not False:
        pylint(flow.source, call.console, warnings=True)
    return 0
