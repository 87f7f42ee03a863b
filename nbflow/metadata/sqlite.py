"""Metadata in one SQLite file, the default.

One connection and one lock: the scheduler's thread writes, the kernel's main thread reads, and neither waits for
more than a batch. Who looks through all runs has a connection beside it (`finding`). Other processes read beside these.
"""

from __future__ import annotations

import json
import os
import sqlite3
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from nbflow.errors import did_you_mean, raise_for
from nbflow.metadata import sql
from nbflow.metadata.database import Database
from nbflow.metadata.finding import Finder
from nbflow.metadata.metrics import counts, metrics_of
from nbflow.metadata.owner import as_it_stands, attempt_as_it_stands, task_as_it_stands
from nbflow.metadata.port import Known, next_id
from nbflow.metadata.query import RunQuery
from nbflow.metadata.rows import (
    attempt_record,
    attempt_text,
    item_list,
    items_text,
    run_fields,
    run_record,
    run_row,
    task_record,
    task_text,
)
from nbflow.metadata.tags import as_tags, changed
from nbflow.model.ids import Digest, FlowName, RunId, StepName
from nbflow.model.ids import Path as TaskPath
from nbflow.model.record import AttemptRecord, ItemList, ItemsRecord, RunRecord, TaskRecord
from nbflow.model.status import RunStatus, TaskStatus


class SqliteMetadata:
    """Facts about runs in the database file at `path`, which is made when missing."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self._database = Database(self.path)
        self._read, self._write = self._database.read, self._database.write
        self._finder = Finder(Database(self.path))

    def close(self) -> None:
        """Let go of the file; the next use opens it again."""
        self._database.close()
        self._finder.close()

    def __del__(self) -> None:
        # at the interpreter's end modules may be gone already, contextlib among them
        try:  # noqa: SIM105
            self.close()
        except Exception:  # noqa: BLE001, S110 - nobody is left to be told
            pass

    # ---- runs

    def create_run(self, record: RunRecord) -> RunRecord:
        with self._write() as database:
            kinds = {kind: record.kind == kind for kind in ("run", "draft", "spin")}
            counts = database.execute(sql.COUNT_RUN, {"flow": record.flow, **kinds}).fetchone()
            made = replace(record, id=next_id(record.kind, counts[record.kind]))
            key = database.execute(sql.INSERT_RUN, run_row(made)).fetchone()["key"]
            database.executemany(sql.ADD_TAG, [(key, tag) for tag in sorted(made.tags)])
        return made

    def update_run(self, flow: str, run: str, **changes: Any) -> RunRecord:
        with self._write() as database:
            key, kind, kept = self._run(database, flow, run)
            if kind == "run" and kept.ended:
                changes = {name: value for name, value in changes.items() if name not in _FINAL}
            fields = run_fields(changes)
            if fields:
                given = ", ".join(f"{name} = :{name}" for name in fields)
                database.execute(sql.UPDATE_RUN.format(fields=given), {**fields, "flow": flow, "id": run})
            if "tags" in changes:
                self._retag(database, key, changes["tags"])
            return run_record(database.execute(sql.RUN, (flow, run)).fetchone())

    def ask_cancel(self, flow: str, run: str) -> bool:
        with self._write() as database:
            _, _, status = self._run(database, flow, run)
            if not status.ended:
                database.execute(sql.ASK_CANCEL, (time.time(), flow, run))
        return not status.ended

    def cancel_asked(self, flow: str, run: str) -> bool:
        with self._read() as database:
            row = database.execute(sql.CANCEL_ASKED, (flow, run)).fetchone()
        return row is not None and row["cancel_asked_at"] is not None

    def flows(self) -> tuple[FlowName, ...]:
        with self._read() as database:
            return tuple(FlowName(row["name"]) for row in database.execute(sql.FLOWS))

    def runs(
        self,
        flow: str,
        *,
        drafts: bool = False,
        spins: bool = False,
        limit: int | None = None,
        status: RunStatus | None = None,
        tags: Iterable[str] = (),
    ) -> tuple[RunRecord, ...]:
        named = {f"tag{number}": tag for number, tag in enumerate(tags)}
        kinds = ["'run'", *(["'draft'"] if drafts else []), *(["'spin'"] if spins else [])]
        where = [sql.OF_FLOW, sql.OF_KINDS.format(kinds=", ".join(kinds))]
        where += [sql.WITH_TAG.format(name=name) for name in named]
        if status is not None:
            where.append(sql.OF_STATUS)
        query = sql.RUNS.format(where=" AND ".join(where))
        given = {"flow": flow, "status": status and str(status), "limit": -1 if limit is None else limit, **named}
        with self._read() as database:
            rows = database.execute(query, given).fetchall()
        return tuple(as_it_stands(run_record(row)) for row in rows)

    def began(self, flow: str) -> float | None:
        with self._read() as database:
            found: float | None = database.execute(sql.BEGAN, (flow,)).fetchone()[0]
        return found

    def run(self, flow: str, run: str) -> RunRecord | None:
        with self._read() as database:
            row = database.execute(sql.RUN, (flow, run)).fetchone()
        return None if row is None else as_it_stands(run_record(row))

    def tag(self, flow: str, run: str, *, add: Iterable[str] = (), remove: Iterable[str] = ()) -> frozenset[str]:
        coming, going = as_tags(add), as_tags(remove)
        with self._write() as database:
            key, _, _ = self._run(database, flow, run)
            kept = frozenset(row["name"] for row in database.execute(sql.TAGS, (key,)))
            system = frozenset(json.loads(database.execute(sql.SYSTEM_TAGS, (key,)).fetchone()[0]))
            tags = changed(f"{flow}/{run}", kept, system, add=coming, remove=going)
            self._retag(database, key, tags)
        return tags

    # ---- looking through all runs

    def find(self, wanted: RunQuery, *, limit: int | None = None, offset: int = 0) -> tuple[RunRecord, ...]:
        return self._finder.find(wanted, limit, offset)

    def names(self, wanted: RunQuery, *, limit: int | None = None) -> tuple[tuple[FlowName, RunId], ...]:
        return self._finder.names(wanted, limit)

    def count(self, wanted: RunQuery) -> Mapping[RunStatus, int]:
        return self._finder.count(wanted)

    def metrics(self, runs: Iterable[tuple[str, str]]) -> Mapping[tuple[str, str], Mapping[str, float]]:
        return self._finder.metrics(runs)

    def known(self, what: Known, flows: Iterable[str] = ()) -> tuple[str, ...]:
        return self._finder.known(what, flows)

    def version(self) -> int:
        return self._finder.version()

    # ---- tasks

    def write(
        self,
        flow: str,
        run: str,
        tasks: Iterable[TaskRecord] = (),
        attempts: Iterable[AttemptRecord] = (),
        items: Iterable[ItemsRecord] = (),
    ) -> None:
        with self._write() as database:
            key, kind, status = self._run(database, flow, run)
            if kind == "run" and status.ended:
                raise_for("M011", run=f"{flow}/{run}", status=status)
            for task in tasks:
                if kind != "draft":
                    self._refuse_to_replace(database, f"{flow}/{run}", key, task)
                database.execute(sql.WRITE_TASK, {"run": key, **_task_row(task)})
                if counts(task):
                    self._note_metrics(database, key, task, again=kind == "draft" or task.iteration > 0)
            database.executemany(sql.WRITE_ATTEMPT, [_attempt_row(key, attempt) for attempt in attempts])
            database.executemany(sql.WRITE_ITEMS, [_items_row(key, each) for each in items])

    def note_code(self, flow: str, run: str, code: Digest, tasks: Iterable[TaskRecord]) -> None:
        with self._write() as database:
            key, _, _ = self._run(database, flow, run)
            database.execute(sql.UPDATE_RUN.format(fields="code = :code"), {"code": code, "flow": flow, "id": run})
            database.executemany(
                sql.NOTE_CODE,
                [
                    {"run": key, "step": each.step, "id": each.id, "started_at": each.started_at, "code": code}
                    for each in tasks
                ],
            )

    def items(self, flow: str, run: str) -> Mapping[tuple[StepName, TaskPath], ItemList]:
        with self._read() as database:
            row = database.execute(sql.RUN_KEY, (flow, run)).fetchone()
            rows = database.execute(sql.ITEMS, (row["key"],)).fetchall() if row is not None else []
        return {(StepName(each["step"]), tuple(json.loads(each["path"]))): item_list(each["record"]) for each in rows}

    def tasks(self, flow: str, run: str, step: str | None = None) -> tuple[TaskRecord, ...]:
        found = self.run(flow, run)
        if found is None:
            return ()
        with self._read() as database:
            key, _, _ = self._run(database, flow, run)
            query, given = (sql.TASKS, (key,)) if step is None else (sql.TASKS_OF_STEP, (key, step))
            rows = database.execute(query, given).fetchall()
        records = [task_record(row["record"]) for row in rows]
        order = {name: place for place, name in enumerate(dict.fromkeys(record.step for record in records))}
        records.sort(key=lambda record: (order[record.step], record.path, record.iteration))
        return tuple(task_as_it_stands(record, found) for record in records)

    def attempts(
        self, flow: str, run: str, step: str | None = None, task: str | None = None
    ) -> tuple[AttemptRecord, ...]:
        found = self.run(flow, run)
        if found is None:
            return ()
        with self._read() as database:
            key, _, _ = self._run(database, flow, run)
            given = {"run": key, "step": step, "task": task}
            where = " AND ".join(f"{name} = :{name}" for name, value in given.items() if value is not None)
            rows = database.execute(sql.ATTEMPTS.format(where=where), given).fetchall()
        return tuple(attempt_as_it_stands(attempt_record(row["record"]), found) for row in rows)

    def results(self, flow: str, fingerprints: Sequence[str]) -> Mapping[str, tuple[str, TaskRecord]]:
        with self._read() as database:
            rows = database.execute(sql.RESULTS, (flow, json.dumps(list(fingerprints)))).fetchall()
        found = {}
        for row in rows:
            record = task_record(row["record"])
            found[row["fingerprint"]] = f"{row['flow']}/{row['id']}/{record.step}/{record.id}", record
        return found

    # ---- within a transaction

    def _run(self, database: sqlite3.Connection, flow: str, run: str) -> tuple[int, str, RunStatus]:
        row = database.execute(sql.RUN_KEY, (flow, run)).fetchone()
        if row is None:
            known = [each["id"] for each in database.execute("SELECT id FROM run WHERE flow = ?", (flow,))]
            raise_for("M002", flow=flow, run=run, hint=did_you_mean(run, known))
        return row["key"], row["kind"], RunStatus(row["status"])

    def _retag(self, database: sqlite3.Connection, key: int, tags: Iterable[str]) -> None:
        wanted = set(tags)
        kept = {row["name"] for row in database.execute(sql.TAGS, (key,))}
        database.executemany(sql.REMOVE_TAG, [(key, tag) for tag in kept - wanted])
        database.executemany(sql.ADD_TAG, [(key, tag) for tag in sorted(wanted - kept)])

    def _note_metrics(self, database: sqlite3.Connection, key: int, task: TaskRecord, *, again: bool) -> None:
        """Keep the numbers that a task left. `again`: its step may have left others before."""
        if again:
            database.execute(sql.FORGET_METRICS, (key, task.step))
        for name, value in metrics_of(task).items():
            database.execute(sql.WRITE_METRIC, (key, task.step, name, value))

    def _refuse_to_replace(self, database: sqlite3.Connection, run: str, key: int, task: TaskRecord) -> None:
        row = database.execute(sql.COMMITTED, (key, task.step, task.id)).fetchone()
        if row is not None and task_record(row["record"]) != task:
            raise_for("M008", task=f"{run}/{task.step}/{task.id}")


#: what a run that has ended keeps
_FINAL = {"status", "finished_at", "reason", "heartbeat_at"}


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
    return {"run": run, "step": items.step, "path": json.dumps(items.path), "record": items_text(items)}
