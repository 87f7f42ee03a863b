"""`nbflow logs FLOW[/RUN][/STEP[/TASK]]`: what tasks wrote, and what ended those that failed."""

from __future__ import annotations

import argparse
import sys
from functools import partial
from typing import TextIO

from nbflow.client import Run, Task
from nbflow.errors import raise_for
from nbflow.frontends.cli.meant import place_meant
from nbflow.frontends.cli.named import named
from nbflow.frontends.cli.parser import Parser
from nbflow.model.ids import Pathspec
from nbflow.model.status import TaskStatus


def add(parser: Parser) -> None:
    """Declare the arguments."""
    parser.meant = partial(place_meant, "logs")
    parser.add_argument(
        "pathspec",
        help="FLOW, FLOW/STEP or FLOW/STEP/TASK of the latest run; FLOW/RUN, FLOW/RUN/STEP[/TASK] of another",
    )
    parser.add_argument("--stderr", action="store_true", help="only what went to the error stream")
    parser.add_argument("--stdout", action="store_true", help="only what went to the output stream")


def main(arguments: argparse.Namespace) -> int:
    """Print the logs, each line led by its task when there are several."""
    spec = named(arguments.pathspec)
    tasks = _tasks(spec)
    if not tasks:
        print(f"{spec} has no tasks yet", file=sys.stderr)
    both = arguments.stderr == arguments.stdout
    for task in tasks:
        lead = f"[{task.pathspec.split('/', 2)[2]}] " if len(tasks) > 1 else ""
        if both or arguments.stdout:
            _print(task.stdout, lead, sys.stdout)
        if both or arguments.stderr:
            _print(task.stderr, lead, sys.stderr)
            _print(_failure(task), lead, sys.stderr)
    return 0


def _tasks(spec: Pathspec) -> list[Task]:
    if spec.artifact:
        raise_for("M006", pathspec=spec, why="an artifact writes nothing: its task does")
    run = Run(f"{spec.flow}/{spec.run}", namespace=None)
    steps = [run[spec.step]] if spec.step else run.steps()
    return [step[spec.task] for step in steps] if spec.task else [task for step in steps for task in step]


def _failure(task: Task) -> str:
    """Return what ended a task that failed, as Python writes it to the error stream."""
    failure = task.exception
    if failure is None or task.status != TaskStatus.FAILED:
        return ""
    return (failure.traceback or failure.told) if failure.code is None else failure.told


def _print(text: str, lead: str, stream: TextIO) -> None:
    for line in text.splitlines():
        print(f"{lead}{line}", file=stream)
