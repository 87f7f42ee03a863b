"""`nbflow notebook RUN`: the filled-in notebook of a run or a task, as text or saved."""

from __future__ import annotations

import argparse
import sys

from nbflow.client import Run, Task
from nbflow.errors import raise_for
from nbflow.frontends.cli.named import named


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "place", metavar="PLACE", help="FLOW[/RUN], or FLOW[/RUN]/STEP[/TASK]; a notebook's file stands for its flow"
    )
    parser.add_argument("--html", metavar="FILE", help="save it as a page that runs nothing and fetches nothing")
    parser.add_argument("--save", metavar="FILE", help="save it as a notebook")


def main(arguments: argparse.Namespace) -> int:
    """Print it as text, or save it."""
    spec = named(arguments.place)
    run = Run(f"{spec.flow}/{spec.run}", namespace=None)
    place: Run | Task = run
    if spec.step:
        place = run[spec.step][spec.task] if spec.task else run[spec.step].task
    found = place.notebook
    if found is None:
        others = [task.pathspec for step in run for task in step if task.notebook] if spec.step else []
        fix = f"nbflow notebook {others[0]}" if others else "nbflow run NOTEBOOK.ipynb --papermill"
        raise_for("W016", place=place.pathspec, fix=fix)
    for file in filter(None, (arguments.html, arguments.save)):
        path = file if file != arguments.html or file.lower().endswith((".html", ".htm")) else f"{file}.html"
        print(f"saved {found.save(path)}", file=sys.stderr)
    if not (arguments.html or arguments.save):
        print(found.text)
    return 0
