"""`python flow.py batch list|kill`: the jobs of AWS Batch that runs of the flow have."""

from __future__ import annotations

import argparse

from nbflow.frontends.batch_jobs import verbs
from nbflow.frontends.flowspec.terminal.call import Call


def add(parser: argparse.ArgumentParser, call: Call) -> None:  # noqa: ARG001 - as every command has it
    """Declare the arguments."""
    verbs.add_options(parser)


def main(call: Call, arguments: argparse.Namespace) -> int:
    """Do it."""
    wanted = verbs.selection(call.workspace, call.flow, arguments)
    if call.command == "batch list":
        return verbs.listing(call.workspace, wanted, call.console.say, call.console.tell)
    return verbs.kill(call.workspace, wanted, call.console.say)
