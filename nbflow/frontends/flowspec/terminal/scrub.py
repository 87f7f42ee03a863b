"""`python flow.py logs scrub RUN/STEP[/TASK]`: what tasks wrote, wiped from the files that keep it."""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Sequence
from pathlib import Path

from nbflow.cards.figures import several
from nbflow.client.attempt import Stream, log_file
from nbflow.client.facts import RunFacts
from nbflow.frontends.flowspec.terminal.call import Call
from nbflow.frontends.flowspec.terminal.lines import stamp
from nbflow.frontends.flowspec.terminal.logs import add_what, tasks_of
from nbflow.frontends.flowspec.terminal.naming import named_tasks
from nbflow.model.ids import Pathspec
from nbflow.model.record import AttemptRecord, TaskRecord


def add(parser: argparse.ArgumentParser, call: Call) -> None:  # noqa: ARG001 - as every command has it
    """Declare the arguments."""
    add_what(parser)
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--latest", action="store_false", dest="all", help="of the last attempt (the default)")
    which.add_argument("--all", action="store_true", help="of all attempts")
    parser.add_argument("--include-not-done", action="store_true", help="also of tasks that have not ended")


def main(call: Call, arguments: argparse.Namespace) -> int:
    """Wipe them; 1 when some were left out because their tasks still run."""
    spec = named_tasks(call, arguments.what)
    facts = RunFacts(call.workspace, spec.flow, spec.run or "")
    records = tasks_of(facts, spec)
    done = [task for task in records if task.status.ended or arguments.include_not_done]
    said = f"[scrubbed {stamp(time.time())} by {call.workspace.user}]\n"
    count = 0
    for task in done:
        if task.origin:
            call.console.say(f"{task.step}/{task.id} was taken over: what it wrote is in {task.origin}")
        attempts = facts.attempts(task.step, task.id)
        for attempt in attempts if arguments.all else attempts[-1:]:
            count += _wipe(call, spec, attempt, arguments.streams, said)
    call.console.tell(f"{several(count, 'log')} scrubbed")
    if any(task.failure for task in done):
        call.console.say("note: what a task failed with is part of its record, and stays")
    return _say_left_out(call, [task for task in records if task not in done])


def _wipe(call: Call, spec: Pathspec, attempt: AttemptRecord, streams: Sequence[Stream], said: str) -> int:
    """Put `said` in the place of what an attempt wrote, and return how many files held something."""
    files = [log_file(call.workspace, spec, attempt, stream) for stream in streams]
    return sum(_replaced(file, said) for file in files)


def _replaced(file: Path, said: str) -> bool:
    if not file.exists():
        return False
    # in place: a task that still runs goes on writing into the same file, at its end
    with file.open("r+", encoding="utf-8") as opened:
        opened.truncate()
        opened.write(said)
        opened.flush()
        os.fsync(opened.fileno())
    return True


def _say_left_out(call: Call, running: Sequence[TaskRecord]) -> int:
    for task in running:
        call.console.complain(f"{task.step}/{task.id} has not ended: left out (--include-not-done takes it along)")
    return 1 if running else 0
