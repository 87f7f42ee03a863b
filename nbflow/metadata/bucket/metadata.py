"""Metadata in a bucket: journals of runs as objects, which everybody writes and reads, and a local index of them."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from nbflow.metadata import rules
from nbflow.metadata.bucket.beats import Beats
from nbflow.metadata.bucket.folding import Folding
from nbflow.metadata.bucket.index import Index
from nbflow.metadata.bucket.journals import Journals
from nbflow.metadata.bucket.keys import Name
from nbflow.metadata.bucket.looking import Looker
from nbflow.metadata.bucket.news import News
from nbflow.metadata.bucket.pace import Pace
from nbflow.metadata.bucket.pool import Pool
from nbflow.metadata.bucket.writer import Writer
from nbflow.metadata.change import Updated, Written
from nbflow.metadata.owner import owner_here
from nbflow.metadata.port import Known
from nbflow.metadata.query import RunQuery
from nbflow.metadata.sqlite import SqliteMetadata
from nbflow.metadata.tags import as_tags
from nbflow.model.ids import Digest, FlowName, RunId, StepName
from nbflow.model.ids import Path as TaskPath
from nbflow.model.record import AttemptRecord, ItemList, ItemsRecord, RunRecord, TaskRecord
from nbflow.model.status import RunStatus
from nbflow.storage.base import Storage

#: fields that tell no result: a change of these may wait a moment
_MAY_WAIT = {"status", "steps", "parameters", "started_at", "heartbeat_at", "cancel_asked_at"}


class BucketMetadata:
    """Facts about runs in `storage`, and in an index in the file `path`, which can be made anew from it.

    Everything is judged by SqliteMetadata's rules. What others wrote is seen after a second or so, own writes at once;
    other machines see what tells a result at once, too, and the rest within a second.
    """

    def __init__(
        self,
        storage: Storage,
        path: str | os.PathLike[str],
        *,
        clock: Callable[[], float] = time.time,
        pace: Pace | None = None,
    ) -> None:
        self.path = Path(path)
        self._clock = clock
        self._pace = pace = pace or Pace()
        self._pool = pool = Pool()
        self._index = index = Index(self.path)
        news = News(storage, index, clock, pace)
        self._beats = beats = Beats(storage, index, pool, clock, pace)
        journals = Journals(storage, pool)
        self._looker = looker = Looker(journals, index, news, beats, clock, pace)
        folding = Folding(journals, index, news, beats, pool)
        self._writer = Writer(journals, index, news, looker, folding, clock, pace)
        #: runs whose owner looks whether they are to end, and when it looked last
        self._heeded: dict[Name, float] = {}

    def close(self) -> None:
        """Write what waits, and let go of the index; the next use opens it again."""
        self._writer.flush()
        self._pool.close()
        self._index.facts.close()

    def check(self) -> None:
        """Look through all journals, which is else done once a day: news may not have told of everything.

        Raises M020, M022.
        """
        self._looker.check()

    # ---- runs

    def create_run(self, record: RunRecord) -> RunRecord:
        self._looker.look()
        return self._writer.create(record)

    def begin_run(self, record: RunRecord) -> RunRecord:
        return self._writer.begin(record)

    def update_run(self, flow: str, run: str, **changes: Any) -> RunRecord:
        name = (flow, run)
        if changes.keys() == {"heartbeat_at"}:
            return self._beat(name, changes["heartbeat_at"])
        status = changes.get("status")
        ends = status is not None and status.ended

        def judge(database: sqlite3.Connection) -> Updated | None:
            change = rules.update(database, flow, run, changes)
            if change is None or not ends or "status" not in change.fields:
                return change
            # no journal has its beats, but whoever looks later wants to know the last one
            return Updated({"heartbeat_at": rules.record_of(database, flow, run).heartbeat_at, **change.fields})

        if ends or not changes.keys() <= _MAY_WAIT or self._writer.waits(name):
            self._writer.now(name, judge)
            return self._index.record(name)
        soon = self._writer.later(name, judge)
        return replace(self._index.record(name), **(soon.fields if isinstance(soon, Updated) else {}))

    def ask_cancel(self, flow: str, run: str) -> bool:
        self._writer.now((flow, run), lambda database: rules.cancel(database, flow, run, self._clock()))
        return not self._index.record((flow, run)).status.ended

    def cancel_asked(self, flow: str, run: str) -> bool:
        name = (flow, run)
        self._writer.flush(name)
        now = self._clock()
        if not 0 <= now - self._heeded.get(name, 0.0) < self._pace.heed:
            self._heeded[name] = now
            # who asks runs the run, and must not wait for the bucket
            self._pool.aside(self._looker.follow, name)
        return self._index.facts.cancel_asked(flow, run)

    def flows(self) -> tuple[FlowName, ...]:
        return self._facts().flows()

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
        return self._facts().runs(flow, drafts=drafts, spins=spins, limit=limit, status=status, tags=tags)

    def began(self, flow: str) -> float | None:
        return self._facts().began(flow)

    def run(self, flow: str, run: str) -> RunRecord | None:
        return self._facts((flow, run)).run(flow, run)

    def tag(self, flow: str, run: str, *, add: Iterable[str] = (), remove: Iterable[str] = ()) -> frozenset[str]:
        coming, going = as_tags(add), as_tags(remove)
        tags: frozenset[str] = frozenset()

        def judge(database: sqlite3.Connection) -> Updated | None:
            nonlocal tags
            tags, change = rules.tag(database, flow, run, coming, going)
            return change

        self._writer.now((flow, run), judge)
        return tags

    # ---- looking through all runs

    def find(self, wanted: RunQuery, *, limit: int | None = None, offset: int = 0) -> tuple[RunRecord, ...]:
        return self._facts().find(wanted, limit=limit, offset=offset)

    def names(self, wanted: RunQuery, *, limit: int | None = None) -> tuple[tuple[FlowName, RunId], ...]:
        return self._facts().names(wanted, limit=limit)

    def count(self, wanted: RunQuery) -> Mapping[RunStatus, int]:
        return self._facts().count(wanted)

    def metrics(self, runs: Iterable[tuple[str, str]]) -> Mapping[tuple[str, str], Mapping[str, float]]:
        return self._facts().metrics(runs)

    def known(self, what: Known, flows: Iterable[str] = ()) -> tuple[str, ...]:
        return self._facts().known(what, flows)

    def version(self) -> int:
        self._facts()
        # that of the database changes with what is noted of looks, too
        return int(self._index.note("version") or 0)

    # ---- tasks

    def write(
        self,
        flow: str,
        run: str,
        tasks: Iterable[TaskRecord] = (),
        attempts: Iterable[AttemptRecord] = (),
        items: Iterable[ItemsRecord] = (),
    ) -> None:
        wanted = Written(tuple(tasks), tuple(attempts), tuple(items))

        def judge(database: sqlite3.Connection) -> Written | None:
            return rules.write(database, flow, run, wanted)

        statuses = [each.status for each in wanted.tasks] + [each.status for each in wanted.attempts]
        if any(status.ended for status in statuses):
            self._writer.now((flow, run), judge)
        else:
            self._writer.later((flow, run), judge)

    def note_code(self, flow: str, run: str, code: Digest, tasks: Iterable[TaskRecord]) -> None:
        ran = tuple(tasks)
        write = self._writer.now if ran else self._writer.later
        write((flow, run), lambda database: rules.note_code(database, flow, run, code, ran))

    def items(self, flow: str, run: str) -> Mapping[tuple[StepName, TaskPath], ItemList]:
        return self._facts((flow, run)).items(flow, run)

    def tasks(self, flow: str, run: str, step: str | None = None) -> tuple[TaskRecord, ...]:
        return self._facts((flow, run)).tasks(flow, run, step)

    def attempts(
        self, flow: str, run: str, step: str | None = None, task: str | None = None
    ) -> tuple[AttemptRecord, ...]:
        return self._facts((flow, run)).attempts(flow, run, step, task)

    def results(self, flow: str, fingerprints: Sequence[str]) -> Mapping[str, tuple[str, TaskRecord]]:
        return self._facts().results(flow, fingerprints)

    # ---- what is known

    def _facts(self, name: Name | None = None) -> SqliteMetadata:
        """Return the facts, with own writes and, but for those of the last moment, all others'."""
        self._writer.flush()
        # who runs a run wrote nearly all of it, and must not wait for what little others did
        if name is not None and self._pace.look and self._index.is_run_by(name, owner_here()):
            self._pool.aside(self._looker.look)
            return self._index.facts
        self._looker.look()
        if name is not None and not self._index.next(name):
            # somebody names a run that was made just now, or one that does not exist
            self._looker.look_for(name)
        return self._index.facts

    def _beat(self, name: Name, at: float) -> RunRecord:
        def judge(database: sqlite3.Connection) -> Updated | None:
            return rules.update(database, *name, {"heartbeat_at": at})

        if not self._index.next(name):
            self._looker.follow(name)
        record = self._index.change(name, judge)
        if record.heartbeat_at == at:
            self._beats.beat(name, at)
        return record
