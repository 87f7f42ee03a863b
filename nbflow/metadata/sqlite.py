"""Metadata in one SQLite file, the default.

One connection and one lock: the scheduler's thread writes, the kernel's main thread reads, and neither waits for
more than a batch. Who looks through all runs has a connection beside it (`finding`). Other processes read beside these.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from nbflow.metadata import rules, sql
from nbflow.metadata.change import Written
from nbflow.metadata.database import Database, Prepare
from nbflow.metadata.finding import Finder
from nbflow.metadata.owner import as_it_stands, attempt_as_it_stands, task_as_it_stands
from nbflow.metadata.port import Known, next_id
from nbflow.metadata.query import RunQuery
from nbflow.metadata.rows import attempt_record, item_list, run_record, task_record
from nbflow.metadata.tags import as_tags
from nbflow.metadata.writing import add_run, carry_out
from nbflow.model.ids import Digest, FlowName, RunId, StepName
from nbflow.model.ids import Path as TaskPath
from nbflow.model.record import AttemptRecord, ItemList, ItemsRecord, RunRecord, TaskRecord
from nbflow.model.status import RunStatus


class SqliteMetadata:
    """Facts about runs in the database file at `path`, which is made when missing."""

    def __init__(self, path: str | os.PathLike[str], prepare: Prepare | None = None) -> None:
        """`prepare` adds to the tables what a kind of metadata built upon these needs (see `database`)."""
        self.path = Path(path)
        self.database = Database(self.path, prepare)
        self._read, self._write = self.database.read, self.database.write
        self._finder = Finder(Database(self.path, prepare))

    def close(self) -> None:
        """Let go of the file; the next use opens it again."""
        self.database.close()
        self._finder.close()

    # ---- runs

    def create_run(self, record: RunRecord) -> RunRecord:
        with self._write() as database:
            kinds = {kind: record.kind == kind for kind in ("run", "draft", "spin")}
            counts = database.execute(sql.COUNT_RUN, {"flow": record.flow, **kinds}).fetchone()
            made = replace(record, id=next_id(record.kind, counts[record.kind]))
            add_run(database, made)
        return made

    def begin_run(self, record: RunRecord) -> RunRecord:
        with self._write() as database:
            if database.execute(sql.RUN, (record.flow, record.id)).fetchone() is None:
                none = {"flow": record.flow, "run": 0, "draft": 0, "spin": 0}
                database.execute(sql.COUNT_RUN, none).fetchone()
                add_run(database, record)
            return rules.record_of(database, record.flow, record.id)

    def update_run(self, flow: str, run: str, **changes: Any) -> RunRecord:
        with self._write() as database:
            carry_out(database, flow, run, rules.update(database, flow, run, changes))
            return rules.record_of(database, flow, run)

    def ask_cancel(self, flow: str, run: str) -> bool:
        with self._write() as database:
            carry_out(database, flow, run, rules.cancel(database, flow, run, time.time()))
            return not rules.run_key(database, flow, run)[2].ended

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
            tags, change = rules.tag(database, flow, run, coming, going)
            carry_out(database, flow, run, change)
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
            wanted = Written(tuple(tasks), tuple(attempts), tuple(items))
            carry_out(database, flow, run, rules.write(database, flow, run, wanted))

    def note_code(self, flow: str, run: str, code: Digest, tasks: Iterable[TaskRecord]) -> None:
        with self._write() as database:
            carry_out(database, flow, run, rules.note_code(database, flow, run, code, tasks))

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
            key, _, _ = rules.run_key(database, flow, run)
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
            key, _, _ = rules.run_key(database, flow, run)
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
