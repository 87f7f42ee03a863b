"""Signs of life of runs: an object of each, written over and over. No journal keeps them."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable

from nbflow.metadata.bucket import keys
from nbflow.metadata.bucket.index import Index
from nbflow.metadata.bucket.journals import reaching
from nbflow.metadata.bucket.keys import Name
from nbflow.metadata.bucket.pace import Pace
from nbflow.metadata.bucket.pool import Pool
from nbflow.metadata.forking import heed_forks
from nbflow.storage.base import Storage

#: one that was silent for so many seconds when it was asked last is asked again after a second
_RARER = 10


class Beats:
    """The signs of life in `storage`."""

    def __init__(self, storage: Storage, index: Index, pool: Pool, clock: Callable[[], float], pace: Pace) -> None:
        self._storage = storage
        self._index = index
        self._pool = pool
        self._clock = clock
        self._pace = pace
        self._here = socket.gethostname()
        self._lock = threading.Lock()
        self._beaten: dict[Name, float] = {}
        heed_forks(self)

    def forked(self) -> None:
        """Have a lock of its own."""
        self._lock = threading.Lock()

    def beat(self, name: Name, at: float) -> None:
        """Say that the owner of a run is alive; not more often than others need it. Nobody waits for it."""
        now = self._clock()
        with self._lock:
            if 0 <= now - self._beaten.get(name, 0.0) < self._pace.beat:
                return
            self._beaten[name] = now
        self._pool.aside(self._put, name, at)

    def end(self, name: Name) -> None:
        """Leave no sign of a run that has ended. Raises M020."""
        with self._lock:
            self._beaten.pop(name, None)
        with reaching():
            self._storage.delete(keys.beat(name))

    def listen(self, now: float) -> None:
        """Note of the runs under way elsewhere when their owners were last alive. Raises M020."""
        due = [name for name, asked, last in self._index.elsewhere(self._here) if self._is_due(now, asked, last)]
        if due:
            self._index.hear(dict(zip(due, self._pool.many(self._get, due), strict=True)), now)

    def _is_due(self, now: float, asked: float, last: float) -> bool:
        # one that has been silent for long is hardly alive
        return not 0 <= now - asked < max(self._pace.listen, (asked - last) / _RARER)

    def _put(self, name: Name, at: float) -> None:
        self._storage.put(keys.beat(name), [repr(at).encode()])

    def _get(self, name: Name) -> float | None:
        try:
            with reaching():
                return float(self._storage.get(keys.beat(name)))
        except (FileNotFoundError, ValueError):
            return None
