"""`nbflow card view|get|list|server`: the cards of tasks, in a browser, as a file, as a list."""

from __future__ import annotations

import argparse
import sys

from nbflow.client.chosen import workspace_here
from nbflow.frontends.carding.verbs import VERBS, add_arguments
from nbflow.frontends.cli.named import named
from nbflow.frontends.cli.parser import Parser

_SAID = {
    "view": "show a card in a browser",
    "get": "print the page of a card, or save it",
    "list": "list the cards of a run, a step or a task",
    "server": "show cards in a browser as they change",
}
_PLACE = "FLOW/STEP[/TASK] of the latest run, or FLOW/RUN/STEP[/TASK]; a notebook's file stands for its flow"


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    verbs = parser.add_subparsers(dest="card_verb", metavar="view|get|list|server", required=True, parser_class=Parser)
    for verb, said in _SAID.items():
        sub = verbs.add_parser(verb, help=said, description=f"{said[0].upper()}{said[1:]}.")
        if verb == "server":
            from nbflow.frontends.carding.server import add_options

            sub.add_argument("flow", nargs="?", metavar="FLOW", help="only cards of this flow (default: of all)")
            add_options(sub)
            continue
        sub.add_argument("pathspec", metavar="PLACE", help=f"FLOW[/RUN], or {_PLACE}" if verb == "list" else _PLACE)
        add_arguments(sub, verb)


def main(arguments: argparse.Namespace) -> int:
    """Do it."""
    if arguments.card_verb == "server":
        from nbflow.frontends.carding.server import serve

        return serve(workspace_here(arguments.flow or ""), arguments.flow, arguments, _say)
    spec = named(arguments.pathspec)
    again = f"nbflow card {arguments.card_verb} {spec.flow}/"
    return VERBS[arguments.card_verb](workspace_here(spec.flow), spec, arguments, again, _say)


def _say(text: str) -> None:
    print(text, file=sys.stderr)
