"""Looking through all runs: filtered, sorted, a page at a time, counted.

It has a connection of its own: somebody who looks through ten thousand runs holds up no commit.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from nbflow.metadata import sql
from nbflow.metadata.database import Database
from nbflow.metadata.owner import Owners, as_it_stands
from nbflow.metadata.query import Condition, RunQuery, Sort, all_met, conditions_text, plain, words_of
from nbflow.metadata.rows import run_record
from nbflow.model.ids import FlowName, RunId
from nbflow.model.record import RunRecord
from nbflow.model.status import RunStatus


class Finder:
    """Answers queries about the runs in a database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        #: the connection that knows our functions
        self._ready: sqlite3.Connection | None = None

    def close(self) -> None:
        """Let go of the file; the next use opens it again."""
        self._ready = None
        self._database.close()

    def version(self) -> int:
        """Return a number that is another one after somebody else has written."""
        with self._open() as database:
            found: int = database.execute("PRAGMA data_version").fetchone()[0]
        return found

    def find(self, wanted: RunQuery, limit: int | None, offset: int) -> tuple[RunRecord, ...]:
        """Return a page of runs."""
        with self._look(wanted) as (database, where, given):
            query = sql.FIND.format(what="key", where=where, order=_order(wanted.sort))
            keys = [row["key"] for row in database.execute(query, {**given, **_page(limit, offset)})]
            rows = {row["key"]: row for row in database.execute(sql.RUNS_BY_KEY, (json.dumps(keys),))}
        return tuple(as_it_stands(run_record(rows[key])) for key in keys if key in rows)

    def names(self, wanted: RunQuery, limit: int | None) -> tuple[tuple[FlowName, RunId], ...]:
        """Return which runs, by name."""
        with self._look(wanted) as (database, where, given):
            query = sql.FIND.format(what="flow, id", where=where, order=_order(wanted.sort))
            rows = database.execute(query, {**given, **_page(limit, 0)}).fetchall()
        return tuple((FlowName(row["flow"]), RunId(row["id"])) for row in rows)

    def count(self, wanted: RunQuery) -> dict[RunStatus, int]:
        """Return how many runs there are of each status."""
        with self._look(wanted) as (database, where, given):
            rows = database.execute(sql.COUNT_FOUND.format(where=where), given).fetchall()
        return {RunStatus(row["stands"]): row["count"] for row in rows}

    def metrics(self, runs: Iterable[tuple[str, str]]) -> dict[tuple[str, str], dict[str, float]]:
        """Return the metrics of runs; of two steps that left one name the later one counts."""
        found: dict[tuple[str, str], dict[str, float]] = {(flow, run): {} for flow, run in runs}
        with self._open() as database:
            rows = database.execute(sql.METRICS, (json.dumps(list(found)),)).fetchall()
        for row in rows:
            found[row["flow"], row["id"]][row["name"]] = row["value"]
        return found

    def known(self, what: str, flows: Iterable[str]) -> tuple[str, ...]:
        """Return the users, tags, parameters or metrics of flows, or of all."""
        named = list(flows)
        where = sql.OF_FLOWS if named else "1"
        with self._open() as database:
            rows = database.execute(sql.KNOWN[what].format(where=where), {"flows": json.dumps(named)}).fetchall()
        return tuple(str(row[0]) for row in rows)

    # ---- the database

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with self._database.read() as database:
            if self._ready is not database:
                database.create_function(sql.MEETS, 2, _meets, deterministic=True)
                database.create_function(sql.PLAIN, 2, _plain, deterministic=True)
                database.create_function(sql.HAS_WORDS, 3, _has_words, deterministic=True)
                self._ready = database
            yield database

    @contextmanager
    def _look(self, wanted: RunQuery) -> Iterator[tuple[sqlite3.Connection, str, dict[str, Any]]]:
        """Give one state of the database, the condition of `wanted` and what fills it."""
        with self._open() as database:
            database.execute("BEGIN")
            try:
                where, given = _condition(wanted)
                given |= {"lost": json.dumps(_lost(database, wanted)), "now": time.time()}
                yield database, where, given | {"sort": wanted.sort and wanted.sort.name}
            finally:
                database.execute("COMMIT")


def _lost(database: sqlite3.Connection, wanted: RunQuery) -> list[int]:
    """Return the keys of runs that are under way on paper, and whose owner is gone."""
    owners = Owners()
    rows = database.execute(sql.UNDER_WAY, (json.dumps(wanted.kinds),))
    return [row["key"] for row in rows if owners.is_gone(row["owner"], row["last"], row["kind"])]


def _condition(wanted: RunQuery) -> tuple[str, dict[str, Any]]:
    """Return the query as a condition of SQL, and the values it names."""
    given: dict[str, Any] = {"kinds": json.dumps(wanted.kinds)}
    parts = [sql.OF_KINDS_LISTED]
    for part, name, value in (
        (sql.OF_FLOWS, "flows", wanted.flows),
        (sql.OF_STATUSES, "statuses", [str(each) for each in wanted.statuses]),
        (sql.OF_USERS, "users", wanted.users),
        (sql.AMONG, "among", wanted.among),
    ):
        if value or (name == "among" and value is not None):
            parts.append(part)
            given[name] = json.dumps(value)
    for part, name, moment in ((sql.SINCE, "since", wanted.since), (sql.UNTIL, "until", wanted.until)):
        if moment is not None:
            parts.append(part)
            given[name] = moment
    for number, tag in enumerate(wanted.tags):
        parts.append(sql.WITH_TAG.format(name=f"tag{number}"))
        given[f"tag{number}"] = tag
    if wanted.where:
        parts.append(sql.MEETS_ALL)
        given["conditions"] = conditions_text(wanted.where)
    if wanted.text.split():
        parts.append(sql.SAYS)
        given["words"] = json.dumps(wanted.text.casefold().split())
    return " AND ".join(parts), given


def _order(sort: Sort | None) -> str:
    if sort is None:
        return "key DESC"
    value = sql.SORTED_BY[sort.name if sort.kind == "field" else sort.kind]
    return sql.ORDER.format(value=value, way="DESC" if sort.descending else "ASC")


def _page(limit: int | None, offset: int) -> dict[str, int]:
    return {"limit": -1 if limit is None else limit, "offset": offset}


# ---- what SQL asks Python


@lru_cache(maxsize=64)
def _conditions(text: str) -> tuple[Condition, ...]:
    return tuple(Condition(*each) for each in json.loads(text))


@lru_cache(maxsize=64)
def _words(text: str) -> tuple[str, ...]:
    return tuple(json.loads(text))


def _meets(parameters: str, conditions: str) -> bool:
    return all_met(json.loads(parameters), _conditions(conditions))


def _plain(parameters: str, name: str) -> str | int | float | None:
    given = json.loads(parameters).get(name)
    value = None if given is None else plain(given[1])
    # SQLite has integers of 64 bits
    return float(value) if isinstance(value, int) and abs(value) >= 2**63 else value


def _has_words(said: str, parameters: str, words: str) -> bool:
    text = said.casefold()
    missing = [word for word in _words(words) if word not in text]
    if not missing:
        return True
    text = words_of(json.loads(parameters)).casefold()
    return all(word in text for word in missing)
