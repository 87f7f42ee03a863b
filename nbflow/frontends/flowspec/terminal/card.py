"""`python flow.py card view|get|list|server`: the cards of the flow's tasks."""

from __future__ import annotations

import argparse

from nbflow.frontends.carding.verbs import VERBS, add_arguments
from nbflow.frontends.choosing import require_runs
from nbflow.frontends.flowspec.terminal.call import Call
from nbflow.frontends.flowspec.terminal.naming import named_tasks
from nbflow.model.ids import Pathspec


def add(parser: argparse.ArgumentParser, call: Call) -> None:
    """Declare the arguments."""
    verb = call.command.partition(" ")[2]
    if verb == "server":
        from nbflow.frontends.carding.server import add_options

        add_options(parser)
        return
    text = "STEP alone is of the latest run"
    if verb == "list":
        parser.add_argument("what", nargs="?", metavar="RUN[/STEP[/TASK]]", help=f"{text} (default: all of that)")
    else:
        parser.add_argument("what", metavar="RUN/STEP[/TASK]", help=text)
    add_arguments(parser, verb)


def main(call: Call, arguments: argparse.Namespace) -> int:
    """Do it."""
    verb = call.command.partition(" ")[2]
    if verb == "server":
        from nbflow.frontends.carding.server import serve

        return serve(call.workspace, call.flow, arguments, call.console.complain)
    spec = named_tasks(call, arguments.what) if arguments.what else _latest(call)
    return VERBS[verb](call.workspace, spec, arguments, call.told(call.command) + " ", call.console.say)


def _latest(call: Call) -> Pathspec:
    return Pathspec.parse(f"{call.flow}/{require_runs(call.workspace, call.flow).id}")
