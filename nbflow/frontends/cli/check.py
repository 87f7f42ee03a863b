"""`nbflow check NOTEBOOK.ipynb | FLOW.py [--with batch]`: every problem of the flow's text, found without running it."""

from __future__ import annotations

import argparse
import sys

from nbflow.errors import NbflowError
from nbflow.frontends.cli import flowfile
from nbflow.frontends.cli.notebook import decorated, open_notebook, say


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "notebooks",
        nargs="+",
        metavar="notebook",
        help="a .ipynb file with %%%%step cells, or a .py file with a flow class",
    )
    parser.add_argument(
        "--with",
        action="append",
        default=[],
        metavar="DECORATOR",
        dest="with_specs",
        help="check it as run --with would run it, as with batch",
    )


def main(arguments: argparse.Namespace) -> int:
    """Print problems, or one line per flow that says all is well; the worst exit code counts."""
    worst = 0
    for name in arguments.notebooks:
        if flowfile.file_among([name]):
            print(f"{name}:", file=sys.stderr)
            worst = max(
                worst,
                flowfile.main("check", name, [word for spec in arguments.with_specs for word in ("--with", spec)]),
            )
            continue
        try:
            opened = open_notebook(name)
            say(opened.problems)
            decorated(opened, arguments.with_specs)
        except NbflowError as error:
            print(error, file=sys.stderr)
            worst = max(worst, error.exit_code)
            continue
        count = len(opened.graph.nodes)
        print(f"{opened.flow}: {count} step{'s' if count != 1 else ''}, no errors")
    return worst
