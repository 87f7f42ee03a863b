"""`nbflow check NOTEBOOK.ipynb`: every problem of the flow's text, found without running it."""

from __future__ import annotations

import argparse

from nbflow.frontends.cli.notebook import open_notebook, say


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("notebook", help="a .ipynb file with %%%%step cells")


def main(arguments: argparse.Namespace) -> int:
    """Print problems, or one line that says all is well."""
    opened = open_notebook(arguments.notebook)
    say(opened.problems)
    count = len(opened.graph.nodes)
    print(f"{opened.flow}: {count} step{'s' if count != 1 else ''}, no errors")
    return 0
