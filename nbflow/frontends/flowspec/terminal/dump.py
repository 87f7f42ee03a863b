"""`python flow.py dump RUN/STEP[/TASK]`: what tasks left, by name, with its values."""

from __future__ import annotations

import argparse

from nbflow.frontends.cli import dump
from nbflow.frontends.flowspec.terminal.call import Call
from nbflow.frontends.flowspec.terminal.naming import named_tasks


def add(parser: argparse.ArgumentParser, call: Call) -> None:  # noqa: ARG001 - as every command has it
    """Declare the arguments."""
    parser.add_argument("what", metavar="RUN/STEP[/TASK]", help="STEP alone is of the latest run")
    dump.add_options(parser)


def main(call: Call, arguments: argparse.Namespace) -> int:
    """Print it, or write it to a file; 1 when a value cannot be loaded."""
    arguments.pathspec = str(named_tasks(call, arguments.what))
    call.console.say(f"Dumping output of {arguments.pathspec}")
    return dump.main(arguments)
