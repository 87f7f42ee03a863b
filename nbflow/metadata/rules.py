"""What may be done to a run as it stands. Each rule reads the database and returns the change, None when there is none."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from typing import Any, NoReturn

from nbflow.errors import did_you_mean, raise_for
from nbflow.metadata import sql
from nbflow.metadata.change import Coded, Updated, Written
from nbflow.metadata.rows import run_record, task_record
from nbflow.metadata.tags import changed
from nbflow.model.ids import Digest
from nbflow.model.record import RunRecord, TaskRecord
from nbflow.model.status import RunStatus

#: what a run that has ended keeps
_FINAL = {"status", "finished_at", "reason", "heartbeat_at"}


def run_key(database: sqlite3.Connection, flow: str, run: str) -> tuple[int, str, RunStatus]:
    """Return a run's key in the database, its kind and its status. Raises M002."""
    row = database.execute(sql.RUN_KEY, (flow, run)).fetchone()
    if row is None:
        unknown(database, flow, run)
    return row["key"], row["kind"], RunStatus(row["status"])


def record_of(database: sqlite3.Connection, flow: str, run: str) -> RunRecord:
    """Return a run as it was recorded. Raises M002."""
    row = database.execute(sql.RUN, (flow, run)).fetchone()
    if row is None:
        unknown(database, flow, run)
    return run_record(row)


def update(database: sqlite3.Connection, flow: str, run: str, wanted: Mapping[str, Any]) -> Updated | None:
    """How a run (not a draft) ended is final. Raises M002."""
    record = record_of(database, flow, run)
    final = _FINAL if record.kind == "run" and record.status.ended else frozenset[str]()
    fields = {name: value for name, value in wanted.items() if name not in final and getattr(record, name) != value}
    return Updated(fields) if fields else None


def cancel(database: sqlite3.Connection, flow: str, run: str, now: float) -> Updated | None:
    """A run under way is asked once. Raises M002."""
    record = record_of(database, flow, run)
    return None if record.status.ended or record.cancel_asked_at is not None else Updated({"cancel_asked_at": now})


def tag(
    database: sqlite3.Connection, flow: str, run: str, add: Iterable[str], remove: Iterable[str]
) -> tuple[frozenset[str], Updated | None]:
    """Return the tags of people afterwards, too. Raises M002, M013, M014, M016."""
    record = record_of(database, flow, run)
    tags = changed(f"{flow}/{run}", record.tags, record.system_tags, add=add, remove=remove)
    return tags, Updated({"tags": tags}) if tags != record.tags else None


def write(database: sqlite3.Connection, flow: str, run: str, wanted: Written) -> Written | None:
    """A result in a run is final, and a run that has ended takes no more. Raises M002, M008, M011."""
    key, kind, status = run_key(database, flow, run)
    if kind == "run" and status.ended:
        raise_for("M011", run=f"{flow}/{run}", status=status)
    if kind != "draft":
        _refuse_to_replace(database, f"{flow}/{run}", key, wanted.tasks)
    return wanted if wanted.tasks or wanted.attempts or wanted.items else None


def note_code(
    database: sqlite3.Connection, flow: str, run: str, code: Digest, tasks: Iterable[TaskRecord]
) -> Coded | None:
    """Raises M002."""
    record = record_of(database, flow, run)
    named = tuple((each.step, each.id, each.started_at) for each in tasks)
    return Coded(code, named) if named or code != record.code else None


def unknown(database: sqlite3.Connection, flow: str, run: str) -> NoReturn:
    """Raise M002."""
    known = [each["id"] for each in database.execute(sql.IDS, (flow,))]
    raise_for("M002", flow=flow, run=run, hint=did_you_mean(run, known))


def _refuse_to_replace(database: sqlite3.Connection, run: str, key: int, tasks: Iterable[TaskRecord]) -> None:
    before: dict[tuple[str, str], TaskRecord] = {}
    for task in tasks:
        place = task.step, task.id
        row = database.execute(sql.COMMITTED, (key, *place)).fetchone()
        committed = task_record(row["record"]) if row is not None else before.get(place)
        if committed is not None and committed != task:
            raise_for("M008", task=f"{run}/{task.step}/{task.id}")
        if task.status.is_outcome:
            before[place] = task
