"""`nbflow batch list|kill [FLOW]`: the jobs of AWS Batch that runs have."""

from __future__ import annotations

import argparse
import sys

from nbflow.client.chosen import workspace_here
from nbflow.frontends.batch_jobs import verbs
from nbflow.frontends.choosing import require_runs
from nbflow.frontends.cli.named import of_its_flow
from nbflow.frontends.cli.parser import Parser
from nbflow.frontends.resuming import named as run_named

_SAID = {"list": "list jobs that wait or run", "kill": "end jobs, your own unless a run or a user is named"}


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    made = parser.add_subparsers(dest="batch_verb", metavar="list|kill", required=True, parser_class=Parser)
    for verb, said in _SAID.items():
        sub = made.add_parser(verb, help=said, description=f"{said[0].upper()}{said[1:]}.")
        sub.add_argument(
            "flow", nargs="?", metavar="FLOW[/RUN]", help="only those of this flow or run; its notebook, too"
        )
        verbs.add_options(sub)


def main(arguments: argparse.Namespace) -> int:
    """Do it. Raises M001 or M002: there is no such flow, or run."""
    flow, _, run = of_its_flow(arguments.flow).partition("/") if arguments.flow else ("", "", "")
    arguments.run_id = arguments.run_id or run or None
    workspace = workspace_here(flow)
    if flow and flow not in workspace.metadata.flows():
        # says which flow was meant
        require_runs(workspace, flow)
    if flow and arguments.run_id:
        run_named(workspace, flow, arguments.run_id)
    wanted = verbs.selection(workspace, flow or None, arguments)
    if arguments.batch_verb == "list":
        return verbs.listing(workspace, wanted, _say, print)
    return verbs.kill(workspace, wanted, _say)


def _say(text: str) -> None:
    print(text, file=sys.stderr)
