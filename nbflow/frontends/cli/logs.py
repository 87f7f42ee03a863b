"""`nbflow logs FLOW[/RUN[/STEP[/TASK]]]`: what tasks wrote."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TextIO

from nbflow.client import Flow, Run, Task
from nbflow.model.ids import Pathspec, flow_name_of


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "pathspec", help="FLOW, FLOW/RUN, FLOW/RUN/STEP or FLOW/RUN/STEP/TASK; the latest run by default"
    )
    parser.add_argument("--stderr", action="store_true", help="only what went to the error stream")
    parser.add_argument("--stdout", action="store_true", help="only what went to the output stream")


def main(arguments: argparse.Namespace) -> int:
    """Print the logs, each line led by its task when there are several."""
    named = arguments.pathspec
    tasks = _tasks(Pathspec.parse(flow_name_of(Path(named).stem) if named.endswith(".ipynb") else named))
    both = arguments.stderr == arguments.stdout
    for task in tasks:
        lead = f"[{task.pathspec.split('/', 2)[2]}] " if len(tasks) > 1 else ""
        if both or arguments.stdout:
            _print(task.stdout, lead, sys.stdout)
        if both or arguments.stderr:
            _print(task.stderr, lead, sys.stderr)
    return 0


def _tasks(spec: Pathspec) -> list[Task]:
    run = Run(f"{spec.flow}/{spec.run}") if spec.run else Flow(spec.flow).latest_run
    if run is None:
        return []
    steps = [run[spec.step]] if spec.step else list(run)
    return [task for step in steps for task in step if spec.task in (None, task.id)]


def _print(text: str, lead: str, stream: TextIO) -> None:
    for line in text.splitlines():
        print(f"{lead}{line}", file=stream)
