"""`nbflow show NOTEBOOK.ipynb | FLOW[/RUN[/STEP[/TASK]]]`: a graph, or a run with its steps, what they left, and when they ran."""

from __future__ import annotations

import argparse
import shutil
import sys
import time
from collections.abc import Callable
from functools import partial

from nbflow.client import DataArtifact, Flow, Run, Step, Task
from nbflow.client.notebook import filled_in
from nbflow.errors import raise_for
from nbflow.frontends.cli.meant import place_meant
from nbflow.frontends.cli.notebook import open_notebook, say
from nbflow.frontends.cli.parser import Parser
from nbflow.graph.draw import dot, mermaid, text
from nbflow.graph.summary import summaries
from nbflow.model.ids import Pathspec
from nbflow.model.record import RunRecord, StepSummary, TaskRecord
from nbflow.views import run_panel
from nbflow.views.kept import kept
from nbflow.workspace import Workspace

_FORMS: dict[str, Callable[[tuple[StepSummary, ...]], str]] = {"text": text, "dot": dot, "mermaid": mermaid}


def add(parser: Parser) -> None:
    """Declare the arguments."""
    parser.meant = partial(place_meant, "show")
    parser.add_argument(
        "what", help="a notebook, a flow (its latest run), FLOW/RUN, or a part of it: FLOW/RUN/STEP[/TASK]"
    )
    parser.add_argument(
        "--as", choices=tuple(_FORMS), default="text", dest="form", help="how to draw a notebook's graph"
    )
    parser.add_argument("--timeline", action="store_true", help="show when each task of the run ran")


def main(arguments: argparse.Namespace) -> int:
    """Print it."""
    if arguments.what.endswith(".ipynb"):
        opened = open_notebook(arguments.what)
        say(opened.problems)
        print(_FORMS[arguments.form](summaries(opened.graph)))
        return 0
    spec = Pathspec.parse(arguments.what)
    place = f"{spec.flow}/{spec.run}"
    run = Run(place, namespace=None) if spec.run else Flow(spec.flow, namespace=None).latest_run
    if run is None:
        raise_for("M002", flow=spec.flow, run="latest", hint=" It has no finished run yet.")
    if spec.step:
        part = _part(spec)
        if not arguments.timeline:
            return _print_part(part)
        print(f"note: this is all of {place}", file=sys.stderr)
    if arguments.timeline:
        return _print_timeline(spec.flow, run.id)
    metadata = Workspace.find().metadata
    record = metadata.run(spec.flow, run.id)
    tasks = metadata.tasks(spec.flow, run.id)
    if record is None:
        raise_for("M002", flow=spec.flow, run=run.id, hint="")
    width = _width()
    print(run_panel.text(record, tasks, now=time.time(), width=width))
    _print_kept(record, tasks, width)
    if filled_in(record, tasks):
        print(f"\nits filled-in notebook:  nbflow notebook {place if spec.run else f'{spec.flow}/{run.id}'}")
    return 0


def _print_timeline(flow: str, run: str) -> int:
    # not needed by those who only look at the graph
    from nbflow.client.facts import RunFacts
    from nbflow.views.places.timeline import TimelinePage

    print(TimelinePage(RunFacts(Workspace.find(), flow, run), width=_width()).text())
    return 0


def _part(spec: Pathspec) -> DataArtifact | Task | Step:
    """Return what is named in a run. Raises M003, M004, M005."""
    kind = DataArtifact if spec.artifact else Task if spec.task else Step
    return kind(str(spec), namespace=None)


def _print_part(part: DataArtifact | Task | Step) -> int:
    """Print the page of a step or a task, of an artifact that of the task that left it."""
    from nbflow.frontends.seeing.view import shown_view

    print(shown_view(part))
    if isinstance(part, DataArtifact):
        print(f"\nthe artifact alone:  nbflow dump {part.pathspec}")
    return 0


def _print_kept(record: RunRecord, tasks: tuple[TaskRecord, ...], width: int) -> None:
    """Print what each step left, a line a step."""
    wide = max((len(step.name) for step in record.steps), default=0)
    left = [(step.name, kept([task for task in tasks if task.step == step.name])) for step in record.steps]
    if any(text for _, text in left):
        print("\nwhat its steps left:")
    for name, said in left:
        line = f"  {name:<{wide}}  {said}"
        if said:
            print(line if len(line) <= width else f"{line[: width - 1]}…")


def _width() -> int:
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else 100
