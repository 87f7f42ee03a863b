"""`nbflow check NOTEBOOK.ipynb | FLOW.py`: every problem of the flow's text, found without running it."""

from __future__ import annotations

import argparse
import sys

from nbflow.errors import NbflowError
from nbflow.frontends.cli import flowfile
from nbflow.frontends.cli.notebook import open_notebook, say


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "notebooks",
        nargs="+",
        metavar="notebook",
        help="a .ipynb file with %%%%step cells, or a .py file with a flow class",
    )


def main(arguments: argparse.Namespace) -> int:
    """Print problems, or one line per flow that says all is well; the worst exit code counts."""
    worst = 0
    for name in arguments.notebooks:
        if flowfile.file_among([name]):
            print(f"{name}:", file=sys.stderr)
            worst = max(worst, flowfile.main("check", name, []))
            continue
        try:
            opened = open_notebook(name)
        except NbflowError as error:
            print(error, file=sys.stderr)
            worst = max(worst, error.exit_code)
            continue
        say(opened.problems)
        count = len(opened.graph.nodes)
        print(f"{opened.flow}: {count} step{'s' if count != 1 else ''}, no errors")
    return worst
