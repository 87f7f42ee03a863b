"""`nbflow deploy FILE`: have AWS run a flow by itself, by the clock or when it is triggered."""

from __future__ import annotations

import argparse
import sys

from nbflow.frontends.cli.parser import Parser
from nbflow.frontends.deploying import template
from nbflow.frontends.deploying.options import add_options, wish_of


def add(parser: Parser) -> None:
    """Declare the arguments."""
    parser.usage = "%(prog)s FILE [OPTIONS]"
    parser.add_argument("file", nargs="?", help="a .ipynb file with %%%%step cells, or a .py file with a flow class")
    parser.add_argument(
        "-p",
        "--param",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        dest="parameters",
        help="give a parameter the value that it has unless a trigger says another",
    )
    parser.add_argument("--tag", action="append", default=[], metavar="TAG", help="label its runs")
    parser.add_argument(
        "--with", action="append", default=[], metavar="DECORATOR", dest="with_specs", help="what every step gets"
    )
    rhythm = parser.add_mutually_exclusive_group()
    rhythm.add_argument("--cron", metavar="EXPRESSION", help="when it runs, as '0 7 * * 1'")
    for word in ("hourly", "daily", "weekly"):
        rhythm.add_argument(f"--{word}", action="store_true", help=f"run it {word}")
    rhythm.add_argument("--no-schedule", action="store_true", help="only when it is triggered, whatever @schedule says")
    parser.add_argument("--timezone", metavar="ZONE", help="of the clock, as Europe/Berlin (default: UTC)")
    parser.add_argument("--branch", metavar="NAME", help="branch of the project (@project)")
    parser.add_argument("--production", action="store_true", help="the production branch of the project")
    parser.add_argument(
        "--papermill", action="store_true", help="run the whole notebook in one job, and keep it filled in"
    )
    parser.add_argument("--kernel", metavar="NAME", help="with --papermill: the kernel, as Jupyter calls it")
    add_options(parser)
    template.add_options(parser)


def main(arguments: argparse.Namespace) -> int:
    """Deploy it, and say what to type next."""
    if arguments.template:
        return template.main(arguments)
    template.refuse_options(arguments)
    if arguments.file is None:
        from nbflow.errors import raise_for

        fix = "nbflow deploy FILE, or nbflow deploy --template for what an account needs"
        raise_for("R004", option="nbflow deploy", message="it deploys the flow of a file, and none is named", fix=fix)
    if arguments.papermill or arguments.kernel:
        from nbflow.frontends.deploying.whole import deploy_whole

        return deploy_whole(arguments, sys.stderr)
    from nbflow.frontends.deploying import door

    return door.deploy_file(arguments, wish_of, sys.stderr)
