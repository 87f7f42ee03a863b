"""Changes, carried out in the database. They were judged: nothing is refused here."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from typing import Any

from nbflow.metadata import sql
from nbflow.metadata.change import Change, Coded, Created, Updated, Written
from nbflow.metadata.metrics import counts, metrics_of
from nbflow.metadata.rows import attempt_text, fields_of, items_text, run_columns, task_text
from nbflow.model.record import AttemptRecord, ItemsRecord, RunRecord, TaskRecord
from nbflow.model.status import TaskStatus


def carry_out(database: sqlite3.Connection, flow: str, run: str, change: Change | None) -> None:
    """Let a change be true of a run that is there; a run that is created anew gets the next key."""
    match change:
        case Created(record):
            add_run(database, record)
        case Updated(fields):
            _update(database, flow, run, dict(fields))
        case Written(tasks, attempts, items):
            key, kind, _ = database.execute(sql.RUN_KEY, (flow, run)).fetchone()
            for task in tasks:
                database.execute(sql.WRITE_TASK, {"run": key, **_task_row(task)})
                if counts(task):
                    _note_metrics(database, key, task, again=kind == "draft" or task.iteration > 0)
            database.executemany(sql.WRITE_ATTEMPT, [_attempt_row(key, attempt) for attempt in attempts])
            database.executemany(sql.WRITE_ITEMS, [_items_row(key, each) for each in items])
        case Coded(code, tasks):
            key, _, _ = database.execute(sql.RUN_KEY, (flow, run)).fetchone()
            _update(database, flow, run, {"code": code})
            named = ({"step": step, "id": id_, "started_at": started} for step, id_, started in tasks)
            database.executemany(sql.NOTE_CODE, [{"run": key, "code": code, **each} for each in named])


def add_run(database: sqlite3.Connection, record: RunRecord, key: int | None = None) -> None:
    """Add a run under `key`, by which runs are ordered, or under the next one."""
    columns = run_columns(fields_of(record))
    made = database.execute(sql.INSERT_RUN, {**columns, "key": key}).fetchone()["key"]
    database.executemany(sql.ADD_TAG, [(made, tag) for tag in sorted(record.tags)])


def _update(database: sqlite3.Connection, flow: str, run: str, fields: dict[str, Any]) -> None:
    if columns := run_columns(fields):
        given = ", ".join(f"{name} = :{name}" for name in columns)
        database.execute(sql.UPDATE_RUN.format(fields=given), {**columns, "flow": flow, "id": run})
    if "tags" in fields:
        key, _, _ = database.execute(sql.RUN_KEY, (flow, run)).fetchone()
        _retag(database, key, fields["tags"])


def _retag(database: sqlite3.Connection, key: int, tags: Iterable[str]) -> None:
    wanted = set(tags)
    kept = {row["name"] for row in database.execute(sql.TAGS, (key,))}
    database.executemany(sql.REMOVE_TAG, [(key, tag) for tag in kept - wanted])
    database.executemany(sql.ADD_TAG, [(key, tag) for tag in sorted(wanted - kept)])


def _note_metrics(database: sqlite3.Connection, key: int, task: TaskRecord, *, again: bool) -> None:
    """Keep the numbers that a task left. `again`: its step may have left others before."""
    if again:
        database.execute(sql.FORGET_METRICS, (key, task.step))
    for name, value in metrics_of(task).items():
        database.execute(sql.WRITE_METRIC, (key, task.step, name, value))


def _task_row(task: TaskRecord) -> dict[str, Any]:
    reusable = task.status in {TaskStatus.SUCCEEDED, TaskStatus.REUSED} and not (task.caught or task.sampled)
    return {
        "step": task.step,
        "id": task.id,
        "status": str(task.status),
        "fingerprint": task.fingerprint,
        "reusable": reusable and bool(task.fingerprint),
        "record": task_text(task),
    }


def _attempt_row(run: int, attempt: AttemptRecord) -> dict[str, Any]:
    where = {"run": run, "step": attempt.step, "task": attempt.task, "number": attempt.number}
    return {**where, "record": attempt_text(attempt)}


def _items_row(run: int, items: ItemsRecord) -> dict[str, Any]:
    return {"run": run, "step": items.step, "path": json.dumps(items.path), "record": items_text(items.listed)}
