"""News: empty objects whose names say in which minute something happens to which run.

They go out before the entry that they announce: one that nobody was told of would be found by the next look through
all journals only.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from itertools import takewhile

from nbflow.metadata.bucket import keys, sql
from nbflow.metadata.bucket.index import Index
from nbflow.metadata.bucket.journals import reaching
from nbflow.metadata.bucket.keys import Name
from nbflow.metadata.bucket.pace import Pace
from nbflow.metadata.forking import heed_forks
from nbflow.storage.base import Storage


class News:
    """The news in `storage`."""

    def __init__(self, storage: Storage, index: Index, clock: Callable[[], float], pace: Pace) -> None:
        self._storage = storage
        self._index = index
        self._clock = clock
        self._pace = pace
        self._lock = threading.Lock()
        self._told: dict[Name, str] = {}
        heed_forks(self)

    def forked(self) -> None:
        """Have a lock of its own."""
        self._lock = threading.Lock()

    def tell(self, name: Name) -> None:
        """See to it that there are news of a run in this minute. Raises M020."""
        key = keys.news(self._clock(), name)
        if self._told.get(name) == key:
            return
        with reaching():
            self._storage.put(key, [b""])
        with self._lock:
            self._told[name] = key

    def fresh(self, looked: float, now: float) -> tuple[set[Name], Callable[[sqlite3.Connection], None]]:
        """Return the runs to look at, of which there may be news since `looked`, and what notes that they were seen.

        News are looked into until they are so old that what they announced is written.
        """
        first = keys.news_before(looked - self._pace.skew)
        with reaching():
            listed = list(self._storage.list(keys.NEWS, first))
        seen = self._index.seen()
        open_ = [key for key in listed if not self._pace.settle <= now - seen.get(key, now)]

        def note(database: sqlite3.Connection) -> None:
            database.executemany(sql.SEE, [(key, now) for key in open_ if key not in seen])
            database.execute(sql.FORGET_NEWS, (first,))
            database.execute(sql.SET_NOTE, ("looked", now))

        return {name for key in open_ if (name := keys.named(key))}, note

    def sweep(self) -> None:
        """Delete news that everybody has seen, or will find by a look through all journals. Raises M020."""
        now = self._clock()
        if now - (self._index.note("swept") or 0.0) < self._pace.sweep:
            return
        self._index.set_note("swept", now)
        last = keys.news_before(now - self._pace.keep)
        with reaching():
            # in order, so that what is young is not listed
            old = list(takewhile(lambda key: key < last, self._storage.list(keys.NEWS, keys.NEWS)))
            self._storage.delete_many(old)
