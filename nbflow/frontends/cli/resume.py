"""`nbflow resume NOTEBOOK.ipynb | FLOW[/RUN] [STEP]`: go on from an earlier run, without a kernel."""

from __future__ import annotations

import argparse

from nbflow.frontends.cli import run


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "what", help="a notebook, or a flow whose latest run, or FLOW/RUN which, to go on from as its notebook is now"
    )
    parser.add_argument("step", nargs="?", help="a step that runs again, with all below it, finished or not")
    parser.add_argument("--run", metavar="RUN", help="the run to go on from (default: the latest, resumed or not)")
    run.add_common(parser)


def main(arguments: argparse.Namespace) -> int:
    """Resume and return 0 when the new run succeeded, 1 when a step failed."""
    return run.start(arguments, "resume_notebook")
