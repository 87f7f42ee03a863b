"""The SQLite file of the metadata: opened once per process, brought up to this version, used by one thread at a time.

Others, in this process or another, read and write beside it (WAL). Where WAL cannot be had, as on network file systems,
SQLite's older way is used and a warning says so.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from nbflow.errors import problem, raise_for
from nbflow.metadata import sql
from nbflow.metadata.filesystem import network_type
from nbflow.metadata.forking import heed_forks
from nbflow.metadata.metrics import metrics_text

#: seconds to wait for another process that writes
_PATIENCE = 30.0

_CANNOT_WRITE = {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_FULL, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR}


Prepare = Callable[[sqlite3.Connection, int], None]


class Database:
    """One connection to the file at `path`, which is made when missing, and the lock of those who use it."""

    def __init__(self, path: Path, prepare: Prepare | None = None) -> None:
        """`prepare` is told of each new connection, and of the version of the tables it found there (0: none)."""
        self.path = path
        self._prepare = prepare
        self._lock = threading.RLock()
        self._connection: sqlite3.Connection | None = None
        self._opener = 0
        heed_forks(self)

    def forked(self) -> None:
        """Have a lock of its own: a thread of the parent may have been reading."""
        self._lock = threading.RLock()

    def __del__(self) -> None:
        # who forgets it lets go of the file; since Python 3.13 a connection that nobody closed is a warning.
        # At the interpreter's end modules may be gone already, contextlib among them
        try:  # noqa: SIM105 - see above: contextlib may be gone
            self.close()
        except Exception:  # noqa: BLE001, S110 - nobody is left to be told
            pass

    def close(self) -> None:
        """Let go of the file; the next use opens it again."""
        with self._lock:
            if self._connection is not None and self._opener == os.getpid():
                self._connection.close()
            self._connection = None

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """Give the connection for one transaction: all of it is done, or nothing."""
        with self.read() as database:
            database.execute("BEGIN IMMEDIATE")
            try:
                yield database
                database.execute("COMMIT")
            except BaseException:
                if database.in_transaction:
                    database.execute("ROLLBACK")
                raise

    @contextmanager
    def trial(self) -> Iterator[sqlite3.Connection]:
        """Give the connection for a transaction of which nothing stays."""
        with self.read() as database:
            database.execute("BEGIN IMMEDIATE")
            try:
                yield database
            finally:
                if database.in_transaction:
                    database.execute("ROLLBACK")

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """Give the connection. Raises M007, S006."""
        with self._lock:
            try:
                yield self._open()
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF in _CANNOT_WRITE:
                    raise_for("S006", path=self.path, message=error)
                raise_for("M007", path=self.path, message=error)
            except sqlite3.DatabaseError as error:
                raise_for("M007", path=self.path, message=error)

    def _open(self) -> sqlite3.Connection:
        # a connection must not be used across a fork
        if self._connection is None or self._opener != os.getpid():
            self._connection = _connect(self.path, self._prepare)
            self._opener = os.getpid()
        return self._connection


def _connect(path: Path, prepare: Prepare | None) -> sqlite3.Connection:
    database = sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None, check_same_thread=False)
    try:
        database.row_factory = sqlite3.Row
        _choose_journal(database, path)
        database.execute("PRAGMA synchronous = NORMAL")
        database.execute("PRAGMA foreign_keys = ON")
        found = _migrate(database, path)
        if prepare is not None:
            prepare(database, found)
    except BaseException:
        database.close()
        raise
    return database


def _choose_journal(database: sqlite3.Connection, path: Path) -> None:
    """Writers and readers do not block each other, where the file system allows that."""
    network = network_type(path.parent)
    wanted = "DELETE" if network else "WAL"
    got = database.execute(f"PRAGMA journal_mode = {wanted}").fetchone()[0].upper()
    if got != "WAL":
        if got != "DELETE":
            database.execute("PRAGMA journal_mode = DELETE")
        warnings.warn(str(problem("M009", path=path, kind=network or "this one")), RuntimeWarning, stacklevel=2)


def _migrate(database: sqlite3.Connection, path: Path) -> int:
    """The tables are those of this version; return which they were. Each step is a transaction: a crash between two leaves the older one."""
    database.execute(sql.CREATE_SCHEMA)
    found: int = database.execute(sql.READ_SCHEMA).fetchone()[0] or 0
    if found > sql.VERSION:
        raise_for("S003", path=path, found=found, known=sql.VERSION)
    database.create_function(sql.METRICS_OF, 1, metrics_text, deterministic=True)
    for version in range(found + 1, sql.VERSION + 1):
        database.execute("BEGIN IMMEDIATE")
        # another process may have been faster
        if (database.execute(sql.READ_SCHEMA).fetchone()[0] or 0) < version:
            for statement in sql.MIGRATIONS[version]:
                database.execute(statement)
            database.execute(sql.WRITE_SCHEMA, (version,))
        database.execute("COMMIT")
    return found
