"""`nbflow run NOTEBOOK.ipynb`: the flow of a notebook, in parallel workers, without a kernel."""

from __future__ import annotations

import argparse
import gc
import importlib
import sys
from collections.abc import Sequence

from nbflow.backends.zygote import spawn
from nbflow.frontends.cli.parser import Parser, whole_number


def add(parser: Parser) -> None:
    """Declare the arguments."""
    parser.add_argument("notebook", help="a .ipynb file with %%%%step cells")
    parser.add_argument("--fresh", action="store_true", help="reuse nothing, not even for steps with --cache")
    parser.add_argument("--reuse", action="store_true", help="reuse results of any stored run")
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
        "--dry", action="store_true", help="start nothing: say what would run or be reused, and how long it took"
    )
    parser.add_argument("--detach", action="store_true", help="return at once: the run goes on in a process of its own")
    parser.add_argument("--run-id-file", metavar="FILE", help="write the run's id there as soon as it is known")
    parser.meant = _meant


def _meant(parsed: argparse.Namespace, words: Sequence[str]) -> str:
    # a line that makes sense is not to wait for it
    from nbflow.frontends.cli.meant import parameters_meant

    return parameters_meant(parsed, words)


def main(arguments: argparse.Namespace) -> int:
    """Run the flow and return 0 when it succeeded, 1 when a step failed."""
    return start(arguments, "run_notebook")


def start(arguments: argparse.Namespace, what: str) -> int:
    """Start a zygote, unless the run gets a process of its own, then do `what` of nbflow.frontends.cli.running with it."""
    if not sys.platform.startswith("linux"):
        from nbflow.errors import raise_for

        raise_for("R013", message=f"the system is {sys.platform}")
    # the zygote starts while this process imports the rest: it ends by itself when the notebook makes no sense
    zygote = None if arguments.detach else spawn()
    # of which nothing is garbage to look for
    gc.disable()
    running = importlib.import_module("nbflow.frontends.cli.running")
    gc.freeze()
    gc.enable()
    code: int = getattr(running, what)(arguments, zygote)
    return code
