"""`nbflow run NOTEBOOK.ipynb`: the flow of a notebook, in parallel workers, without a kernel."""

from __future__ import annotations

import argparse
import gc
import importlib
import os
import sys
from collections.abc import Sequence

from nbflow.backends.zygote import spawn
from nbflow.frontends.cli.parser import Parser, whole_number
from nbflow.frontends.ways import ANEW, VARIABLE, WAYS


def add(parser: Parser) -> None:
    """Declare the arguments."""
    parser.add_argument("notebook", help="a .ipynb file with %%%%step cells, or a .py file with a flow class")
    parser.add_argument("--fresh", action="store_true", help="reuse nothing, not even for steps with --cache")
    parser.add_argument("--reuse", action="store_true", help="reuse results of any stored run")
    parser.add_argument(
        "--papermill",
        action="store_true",
        help="run all cells from top to bottom in a kernel, and keep the filled-in notebook with the run",
    )
    parser.add_argument(
        "--output", metavar="FILE", help="with --papermill: write the filled-in notebook there, too; s3://… as well"
    )
    parser.add_argument(
        "--kernel", metavar="NAME", help="with --papermill: the kernel to use (default: of Python, this one)"
    )
    add_common(parser)


def add_common(parser: Parser) -> None:
    """Declare what `resume` takes, too."""
    parser.add_argument(
        "-p",
        "--param",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        dest="parameters",
        help="give a parameter a value",
    )
    parser.add_argument("--max-workers", type=whole_number, metavar="N", help="most tasks at once (default: the cores)")
    parser.add_argument(
        "--max-items", type=whole_number, metavar="N", help="most items a foreach may have (default: 10000)"
    )
    parser.add_argument("--tag", action="append", default=[], metavar="TAG", help="label the run")
    parser.add_argument(
        "--with",
        action="append",
        default=[],
        metavar="DECORATOR",
        dest="with_specs",
        help="what every step gets that does not say it itself, as batch or retry:times=3",
    )
    parser.add_argument(
        "--dry", action="store_true", help="start nothing: say what would run or be reused, and how long it took"
    )
    parser.add_argument(
        "--environment",
        choices=WAYS,
        help="packages: local, what is installed here; pypi, what steps ask for (the default); uv, the project's for all others",
    )
    parser.add_argument("--relock", action="store_true", help="choose versions of packages anew, whatever was locked")
    parser.add_argument("--detach", action="store_true", help="return at once: the run goes on in a process of its own")
    parser.add_argument(
        "--notify",
        action="append",
        default=[],
        metavar="ADDRESS",
        help="send a message when the run is over: to https://…, slack://…, or where a secret says, as env.SLACK_URL",
    )
    parser.add_argument("--run-id-file", metavar="FILE", help="write the run's id there as soon as it is known")
    parser.meant = _meant


def _meant(parsed: argparse.Namespace, words: Sequence[str]) -> str:
    # a line that makes sense is not to wait for it
    from nbflow.frontends.cli.meant import parameters_meant, steps_meant

    return steps_meant(parsed, words) or parameters_meant(parsed, words)


def main(arguments: argparse.Namespace) -> int:
    """Run the flow and return 0 when it succeeded, 1 when a step failed."""
    if arguments.papermill or arguments.output or arguments.kernel:
        return _papermilled(arguments)
    return start(arguments, "run_notebook")


def _papermilled(arguments: argparse.Namespace) -> int:
    if not arguments.papermill:
        from nbflow.errors import raise_for

        option = "--output" if arguments.output else "--kernel"
        raise_for(
            "R004",
            option=option,
            message="it goes with --papermill, which fills a notebook in",
            fix=f"add --papermill, or leave {option} out",
        )
    from nbflow.frontends.cli.papermilled import run_whole

    _choose_packages(arguments)
    return run_whole(arguments)


def _choose_packages(arguments: argparse.Namespace) -> None:
    """Let what this process starts know, too."""
    if arguments.environment:
        os.environ[VARIABLE] = arguments.environment
    if arguments.relock:
        os.environ[ANEW] = "1"


def start(arguments: argparse.Namespace, what: str) -> int:
    """Start a zygote, unless the run gets a process of its own, then do `what` of nbflow.frontends.cli.running with it."""
    if not sys.platform.startswith("linux"):
        from nbflow.errors import raise_for

        raise_for("R013", message=f"the system is {sys.platform}")
    _choose_packages(arguments)
    # the zygote starts while this process imports the rest: it ends by itself when the notebook makes no sense
    zygote = None if arguments.detach else spawn()
    # of which nothing is garbage to look for
    gc.disable()
    running = importlib.import_module("nbflow.frontends.cli.running")
    gc.freeze()
    gc.enable()
    code: int = getattr(running, what)(arguments, zygote)
    return code
