"""What a run was doing at one moment: looked at while all its processes stand still."""

from __future__ import annotations

import contextlib
import sqlite3
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from crash.processes import Process, workers
from crash.shapes import NOTES

from nbflow.metadata.rows import attempt_record, task_record
from nbflow.model.record import TaskRecord
from nbflow.model.status import RunStatus

#: step and id of a task
Task = tuple[str, str]

PHASES = ("start", "body", "store", "commit", "join")
#: how a worker shows itself → what it does
_DOING = {"nbflow-body": "body", "nbflow-store": "store"}


@dataclass
class Moment:
    """A run under way."""

    processes: list[Process]
    #: tasks that had ended, as they were recorded
    recorded: dict[Task, TaskRecord] = field(default_factory=dict)
    #: tasks that ended a worker and are not recorded yet
    uncommitted: list[Task] = field(default_factory=list)
    #: lines of the notes
    noted: int = 0
    #: the run is recorded as ended: only its host is still there
    over: bool = False

    def phase_of(self, worker: Process, joins: frozenset[str]) -> str:
        """Return what a worker does; all that a join does is `join`."""
        if worker.task and worker.task[0] in joins:
            return "join"
        return _DOING.get(worker.name, "start")

    def phase(self, joins: frozenset[str], chance: Random) -> str:
        """Return what the run does: one of the things under way, by lot, as a kill of the host hits them all."""
        under_way = [self.phase_of(each, joins) for each in workers(self.processes)]
        under_way += ["commit"] * len(self.uncommitted)
        if under_way:
            return chance.choice(under_way)
        # between two tasks, or before the first
        return "commit" if self.noted else "start"


def moment(folder: Path, processes: list[Process], run: str) -> Moment:
    """Return what run `run` does whose frozen processes are `processes`."""
    lines = notes(folder)
    found = Moment(processes, noted=len(lines))
    ended: Counter[Task] = Counter()
    # a database in the making has no records yet
    with contextlib.suppress(sqlite3.OperationalError):
        _read(folder / ".nbflow" / "metadata.db", run, found, ended)
    begun = Counter((step, task) for word, its, step, task, _ in lines if word == "start" and its == run)
    alive = {each.task for each in workers(processes)}
    found.uncommitted = [each for each, times in begun.items() if times > ended[each] and each not in alive]
    return found


def notes(folder: Path) -> list[tuple[str, str, str, str, str]]:
    """Return what bodies noted: start or end, run, step, task, and the attempt's log."""
    file = folder / NOTES
    lines = file.read_text().splitlines() if file.exists() else []
    return [(word, *where.split("/")) for word, where in map(str.split, lines)]  # type: ignore[misc]


def _read(file: Path, run: str, found: Moment, ended: Counter[Task]) -> None:
    # not by nbflow's own door, which would wait for what stands still
    database = sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=0)
    with contextlib.closing(database):
        statuses = database.execute("SELECT status FROM run WHERE id = ?", (run,)).fetchall()
        found.over = any(RunStatus(status).ended for (status,) in statuses)
        for (text,) in database.execute(_RECORDS.format(table="task"), (run,)):
            task = task_record(text)
            if task.status.ended:
                found.recorded[task.step, task.id] = task
        for (text,) in database.execute(_RECORDS.format(table="attempt"), (run,)):
            attempt = attempt_record(text)
            ended[attempt.step, attempt.task] += attempt.status.ended


_RECORDS = "SELECT {table}.record FROM {table} JOIN run ON run.key = {table}.run WHERE run.id = ?"
