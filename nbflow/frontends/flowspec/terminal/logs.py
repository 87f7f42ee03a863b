"""`python flow.py logs [show] RUN/STEP[/TASK]`: what tasks wrote, and what ended those that failed."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence

from nbflow.client import Task
from nbflow.client.facts import RunFacts
from nbflow.errors import raise_for
from nbflow.frontends.flowspec.terminal.call import Call
from nbflow.frontends.flowspec.terminal.lines import stamp
from nbflow.frontends.flowspec.terminal.naming import named_tasks
from nbflow.model.ids import Pathspec
from nbflow.model.record import TaskRecord
from nbflow.model.status import TaskStatus


def add(parser: argparse.ArgumentParser, call: Call) -> None:  # noqa: ARG001 - as every command has it
    """Declare the arguments."""
    add_what(parser)
    parser.add_argument("--attempt", type=int, metavar="N", help="of this attempt, from 0 (default: the last one)")
    parser.add_argument(
        "--timestamps",
        action=argparse.BooleanOptionalAction,
        default=False,
        help="begin each line with the time when its attempt began",
    )


def add_what(parser: argparse.ArgumentParser) -> None:
    """Declare which log is meant."""
    parser.add_argument("what", metavar="RUN/STEP[/TASK]", help="STEP alone is of the latest run")
    which = parser.add_mutually_exclusive_group()
    for stream in ("stdout", "stderr"):
        text = f"only what went to {stream}"
        which.add_argument(f"--{stream}", action="store_const", const=(stream,), dest="streams", help=text)
    both = ("stdout", "stderr")
    which.add_argument("--both", action="store_const", const=both, dest="streams", help="both (the default)")
    parser.set_defaults(streams=both)


def main(call: Call, arguments: argparse.Namespace) -> int:
    """Print the logs, each line led by its task when there are several."""
    spec = named_tasks(call, arguments.what)
    facts = RunFacts(call.workspace, spec.flow, spec.run or "")
    records = tasks_of(facts, spec)
    if not records:
        call.console.complain(f"{spec} has no tasks yet")
    for record in records:
        task = Task(
            f"{spec.flow}/{spec.run}/{record.step}/{record.id}",
            arguments.attempt,
            workspace=call.workspace,
            namespace=None,
            facts=facts,
        )
        lead = f"[{record.step}/{record.id}] " if len(records) > 1 else ""
        began = task.started_at
        time = f"{stamp(began.timestamp())} " if arguments.timestamps and began else ""
        for line in _lines(task, arguments.streams):
            call.console.tell(f"{time}{lead}{line}")
    return 0


def tasks_of(facts: RunFacts, spec: Pathspec) -> Sequence[TaskRecord]:
    """Return the tasks that `spec` names, of a whole run in flow order. Raises M002, M003, M004, R057."""
    if spec.artifact:
        raise_for("R057", what=spec, why="an artifact writes nothing: its task does", fix=f"{spec.run}/{spec.step}")
    if spec.step is None:
        return [task for step in facts.steps() for task in facts.tasks(step.name)]
    facts.require_step(spec.step)
    return [facts.task(spec.step, spec.task)] if spec.task else facts.tasks(spec.step)


def _lines(task: Task, streams: Sequence[str]) -> Iterator[str]:
    for stream in streams:
        text: str = getattr(task, stream)
        yield from text.removesuffix("\n").split("\n") if text else ()
    failure = task.exception
    if "stderr" in streams and failure is not None and task.status == TaskStatus.FAILED:
        yield from ((failure.traceback or failure.told) if failure.code is None else failure.told).splitlines()
