"""The local index: the facts of a bucket in a database of the same tables as a local store's, and how far it has read.

All of it can be made anew from the bucket. Processes of one machine share it; what one has read, all have.
"""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from nbflow.errors import NbflowError, raise_for
from nbflow.metadata import rules
from nbflow.metadata import sql as facts_sql
from nbflow.metadata.bucket import sql
from nbflow.metadata.bucket.entry import Entry
from nbflow.metadata.bucket.fold import Fold
from nbflow.metadata.bucket.journals import Found
from nbflow.metadata.bucket.keys import Name
from nbflow.metadata.change import Change, Created, Written
from nbflow.metadata.rows import attempt_record, item_list, task_record
from nbflow.metadata.sqlite import SqliteMetadata
from nbflow.metadata.writing import add_run, carry_out
from nbflow.model.ids import StepName
from nbflow.model.record import ItemsRecord, RunRecord

#: says what is to be changed of a run as it stands; None: nothing
Judge = Callable[[sqlite3.Connection], Change | None]

#: bits of a run's key that tell runs of one microsecond apart
_APART = 10


class Refused(Exception):  # noqa: N818 - a refusal on its way to whoever asked
    """One of several things that were asked for must not be done."""

    def __init__(self, number: int, error: NbflowError) -> None:
        super().__init__(number)
        self.number = number
        self.error = error


class Index:
    """The index in the file at `path`, which is made when missing."""

    def __init__(self, path: Path) -> None:
        #: what is known, as a local store would say it
        self.facts = SqliteMetadata(path, partial(_prepare, path))
        self._database = self.facts.database

    # ---- what is known

    def next(self, name: Name) -> int:
        """Return how many entries of a run's journal are known; 0: there is no such run, as far as known."""
        with self._database.read() as database:
            return _next(database, name)

    def record(self, name: Name) -> RunRecord:
        """Return a run as it was recorded. Raises M002."""
        with self._database.read() as database:
            return rules.record_of(database, *name)

    def is_run_by(self, name: Name, owner: str) -> bool:
        """Say whether a run is under way and `owner` runs it."""
        with self._database.read() as database:
            return database.execute(sql.IS_RUN_BY, (*name, owner)).fetchone() is not None

    def positions(self) -> dict[Name, int]:
        """Return of each run how many entries of its journal are known."""
        with self._database.read() as database:
            return {(row["flow"], row["id"]): row["next"] for row in database.execute(sql.POSITIONS)}

    def free_number(self, flow: str, kind: str) -> int:
        """Return the number behind that of the last known run of a kind."""
        with self._database.read() as database:
            row = database.execute(sql.COUNTED, (flow,)).fetchone()
        return 1 if row is None else int(row[kind]) + 1

    def moment(self, now: float) -> int:
        """Return `now` in microseconds, or what follows the making of the latest known run, if that is later."""
        with self._database.read() as database:
            latest = database.execute(sql.LATEST).fetchone()[0]
        return max(round(now * 1e6), ((latest or 0) >> _APART) + 1)

    def judged(self, name: Name, judges: Sequence[Judge]) -> tuple[int, tuple[Change, ...]]:
        """Return what is to be changed, each judged after those before it, and the number of the entry it would be.

        Nothing is changed yet. Raises Refused.
        """
        changes = []
        with self._database.trial() as database:
            count = _next(database, name)
            for number, judge in enumerate(judges):
                try:
                    if not count:
                        rules.unknown(database, *name)
                    change = judge(database)
                except NbflowError as error:
                    raise Refused(number, error) from error
                if change is not None:
                    changes.append(change)
                    if number < len(judges) - 1:
                        carry_out(database, *name, change)
        return count, tuple(changes)

    def fold(self, name: Name) -> Fold | None:
        """Return what is known of a run, all of one moment."""
        with self._database.write() as database:
            key, _, _ = rules.run_key(database, *name)
            tasks = database.execute(facts_sql.TASKS, (key,)).fetchall()
            attempts = database.execute(facts_sql.ATTEMPTS.format(where="run = ?"), (key,)).fetchall()
            items = database.execute(facts_sql.ITEMS, (key,)).fetchall()
            record, count = rules.record_of(database, *name), _next(database, name)
        written = Written(
            tuple(task_record(row["record"]) for row in tasks),
            tuple(attempt_record(row["record"]) for row in attempts),
            tuple(
                ItemsRecord(StepName(row["step"]), tuple(json.loads(row["path"])), item_list(row["record"]))
                for row in items
            ),
        )
        return Fold(count, key, record, written) if count else None

    # ---- what was read or written

    def take(self, found: Iterable[Found], note: Callable[[sqlite3.Connection], None] | None = None) -> None:
        """Take in what journals say behind what is known; `note` is written with it."""
        with self._database.write() as database:
            news = [_take(database, each) for each in found]
            if any(news):
                database.execute(sql.COUNT_CHANGE)
            if note is not None:
                note(database)

    def change(self, name: Name, judge: Judge) -> RunRecord:
        """Change what no journal keeps, and return the run. Raises M002."""
        with self._database.write() as database:
            change = judge(database)
            if change is not None:
                carry_out(database, *name, change)
                database.execute(sql.COUNT_CHANGE)
            return rules.record_of(database, *name)

    def forget(self, names: Iterable[Name]) -> None:
        """Leave no trace of runs whose journals are gone."""
        with self._database.write() as database:
            for name in names:
                database.execute(sql.FORGET_RUN, name)
                database.execute(sql.FORGET_JOURNAL, name)
                database.execute(sql.COUNT_CHANGE)
            database.execute(sql.FORGET_FLOWS)

    # ---- notes

    def note(self, name: str) -> float | None:
        """Return a number that was noted."""
        with self._database.read() as database:
            row = database.execute(sql.NOTE, (name,)).fetchone()
        return None if row is None else float(row["value"])

    def set_note(self, name: str, value: float) -> None:
        """Note a number."""
        with self._database.write() as database:
            database.execute(sql.SET_NOTE, (name, value))

    def folded(self, name: Name) -> int:
        """Return how many entries the last fold of a run holds, as far as known."""
        with self._database.read() as database:
            row = database.execute(sql.FOLDED, name).fetchone()
        return 0 if row is None else int(row["folded"])

    def set_folded(self, name: Name, count: int) -> None:
        """Note that there is a fold of a run's first `count` entries."""
        with self._database.write() as database:
            database.execute(sql.NOTE_FOLDED, (count, *name))

    def seen(self) -> dict[str, float]:
        """Return which news were seen, and when first."""
        with self._database.read() as database:
            return {row["name"]: row["seen"] for row in database.execute(sql.SEEN)}

    def elsewhere(self, here: str) -> list[tuple[Name, float, float]]:
        """Return runs under way on other machines: their names, when their beat was asked for, and the last known."""
        with self._database.read() as database:
            rows = database.execute(sql.ELSEWHERE, {"here": f"{here}:"}).fetchall()
        return [((row["flow"], row["id"]), row["asked"], row["last"]) for row in rows]

    def hear(self, beats: Mapping[Name, float | None], now: float) -> None:
        """Note when owners were last alive, and that they were asked now."""
        with self._database.write() as database:
            for name, at in beats.items():
                database.execute(sql.NOTE_ASKED, (now, *name))
                if at is not None and database.execute(sql.HEAR, _place(name) | {"at": at}).rowcount:
                    database.execute(sql.COUNT_CHANGE)


def _prepare(path: Path, database: sqlite3.Connection, version: int) -> None:
    """See to it that the database has the tables of an index. Raises M023 when it is one of a local store."""
    if database.execute(sql.HAS_JOURNALS).fetchone() is None and database.execute(facts_sql.FLOWS).fetchone():
        raise_for("M023", path=path)
    database.execute("BEGIN IMMEDIATE")
    for statement in sql.TABLES:
        database.execute(statement)
    # what an older version did not know it has left out
    if 0 < version < facts_sql.VERSION:
        for statement in sql.FORGET_ALL:
            database.execute(statement)
    database.execute("COMMIT")


def _take(database: sqlite3.Connection, found: Found) -> bool:
    """Take in what is new; say whether anything was."""
    name, before = found.name, _next(database, found.name)
    count = before
    if found.fold is not None and not count:
        _add(database, found.fold.record, found.fold.key)
        carry_out(database, *name, found.fold.written)
        count = found.fold.count
    for number, entry in found.entries:
        # another process may have been faster, and what is missing before it comes with the next look
        if number == count:
            _do(database, name, entry)
            count += 1
    if count == before:
        return False
    database.execute(sql.MOVE, _place(name) | {"next": count})
    if found.fold is not None:
        database.execute(sql.NOTE_FOLDED, (found.fold.count, *name))
    return True


def _do(database: sqlite3.Connection, name: Name, entry: Entry) -> None:
    for change in entry.changes:
        if isinstance(change, Created):
            _add(database, change.record, entry.at << _APART | zlib.crc32("/".join(name).encode()) % (1 << _APART))
        else:
            carry_out(database, *name, change)


def _add(database: sqlite3.Connection, record: RunRecord, key: int) -> None:
    while database.execute(sql.HAS_KEY, (key,)).fetchone() is not None:
        key += 1
    add_run(database, record, key)
    digits = record.id.removeprefix(f"{record.kind}-")
    # a run that brought its own id does not count
    number = int(digits) if digits.isdecimal() else 0
    counts: dict[str, Any] = {kind: number if record.kind == kind else 0 for kind in ("run", "draft", "spin")}
    database.execute(sql.COUNT_UP_TO, {"flow": record.flow, **counts})


def _next(database: sqlite3.Connection, name: Name) -> int:
    row = database.execute(sql.NEXT, name).fetchone()
    return 0 if row is None else int(row["next"])


def _place(name: Name) -> dict[str, Any]:
    return {"flow": name[0], "id": name[1]}
