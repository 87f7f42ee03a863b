"""A bucket with a folder before it: blobs are kept near once they were fetched or made, everything else is far only.

What is put under `blobs/` is written near first, and goes far in threads meanwhile; `settle` waits for it. Until it has
arrived a mark in `uploads/` says so: should this process die before, whoever puts the same blob again sends it.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from nbflow.errors import NbflowError, raise_for
from nbflow.storage.base import Key, Progress, Storage
from nbflow.storage.local import LocalStorage
from nbflow.storage.telling import FETCHED, SENT, Transfer

if TYPE_CHECKING:
    from typing_extensions import Buffer

_BLOBS = "blobs/"
_MARKS = "uploads"
#: blobs that are sent at once
_THREADS = 8
#: from here on it pays to ask whether somebody else has sent the same
_LARGE = 1 << 20


class CachedStorage:
    """`far`, with `near` as the place of its blobs on this machine."""

    def __init__(self, near: LocalStorage, far: Storage) -> None:
        self._near = near
        self.far = far
        self._lock = Lock()
        self._process = os.getpid()
        self._threads: ThreadPoolExecutor | None = None
        self._sending: dict[str, Future[None]] = {}
        #: blobs that this process has seen far
        self._arrived: set[str] = set()

    @property
    def near(self) -> LocalStorage:
        return self._near

    def put(self, key: Key, parts: Sequence[Buffer]) -> str:
        if isinstance(key, str) and not key.startswith(_BLOBS):
            return self.far.put(key, parts)

        def named() -> str:
            name = key if isinstance(key, str) else key()
            if name.startswith(_BLOBS):
                self._mark(name)
            return name

        name = self._near.put(named, parts)
        if name.startswith(_BLOBS):
            self._send(name)
        else:
            self.far.put_file(name, self._near.root / name)
            self._near.delete(name)
        return name

    def put_new(self, key: str, parts: Sequence[Buffer]) -> bool:
        return not self._is_near(key) and self.far.put_new(key, parts)

    def put_file(self, key: str, path: Path, progress: Progress | None = None) -> None:
        if not key.startswith(_BLOBS):
            self.far.put_file(key, path, progress)
            return
        self._mark(key)
        self._near.put_file(key, path, progress)
        self._send(key)

    def keep(self, key: str) -> None:
        if key.startswith(_BLOBS) and key not in self._arrived:
            self._send(key)

    def renew(self, key: str, /) -> bool:
        if not key.startswith(_BLOBS):
            return False
        try:
            self._fetch(key)
        except FileNotFoundError:
            return False
        return True

    def get(self, key: str, start: int = 0, size: int | None = None) -> bytes:
        if not key.startswith(_BLOBS):
            return self.far.get(key, start, size)
        with suppress(FileNotFoundError):
            return self._near.get(key, start, size)
        if start or size is not None:
            # a look at a part does not bring the rest
            return self.far.get(key, start, size)
        self._fetch(key)
        return self._near.get(key)

    def get_file(self, key: str, path: Path, progress: Progress | None = None) -> None:
        (self._near if self._is_near(key) else self.far).get_file(key, path, progress)

    def size(self, key: str) -> int | None:
        found = self._near.size(key) if key.startswith(_BLOBS) else None
        return self.far.size(key) if found is None else found

    def list(self, prefix: str = "", after: str = "") -> Iterator[str]:
        if prefix.startswith(_BLOBS) or _BLOBS.startswith(prefix):
            self.settle()
        return self.far.list(prefix, after)

    def delete(self, key: str) -> None:
        self.delete_many([key])

    def delete_many(self, keys: Iterable[str]) -> None:
        names = [*keys]
        for name in names:
            if name.startswith(_BLOBS):
                self._forget(name)
        self.far.delete_many(names)

    def file(self, key: str, /) -> Path | None:
        if not key.startswith(_BLOBS):
            return None
        path = self._near.root / key
        if not path.exists():
            # whoever opens the path is told that it is missing
            with suppress(FileNotFoundError):
                self._fetch(key)
        return path

    def settle(self) -> None:
        self._leave_parent()
        with self._lock:
            sent, self._sending = self._sending, {}
        failed = {key: error for key, future in sent.items() if (error := future.exception())}
        for key in failed:
            # for whoever asks again
            self._send(key)
        for error in failed.values():
            raise error

    def _is_near(self, key: str) -> bool:
        return key.startswith(_BLOBS) and self._near.size(key) is not None

    def _fetch(self, key: str) -> None:
        try:
            with FETCHED.add() as told:
                self._near.take(key, lambda path: self.far.get_file(key, path, told))
        except (FileNotFoundError, NbflowError):
            raise
        except OSError as error:
            raise_for("S006", path=self._near.root, message=error.strerror or error)
        self._arrived.add(key)

    def _send(self, key: str) -> None:
        self._leave_parent()
        with self._lock:
            if key not in self._sending:
                self._threads = self._threads or ThreadPoolExecutor(_THREADS, thread_name_prefix="nbflow-send")
                told = SENT.add()
                self._sending[key] = self._threads.submit(self._upload, key, told)
                # one that is not begun may be called off
                self._sending[key].add_done_callback(lambda _: told.end())

    def _upload(self, key: str, told: Transfer) -> None:
        path, mark = self._near.root / key, self._mark_of(key)
        told.total = size = path.stat().st_size
        # without a mark it was far once, and may have been deleted there since
        if (mark.exists() and size < _LARGE) or self.far.size(key) != size:
            self.far.put_file(key, path, told)
        self._arrived.add(key)
        mark.unlink(missing_ok=True)

    def _forget(self, key: str) -> None:
        with self._lock:
            sending = self._sending.pop(key, None)
        if sending is not None and not sending.cancel():
            sending.exception()
        self._arrived.discard(key)
        self._mark_of(key).unlink(missing_ok=True)
        self._near.delete(key)

    def _mark(self, key: str) -> None:
        mark = self._mark_of(key)
        try:
            mark.touch()
        except FileNotFoundError:
            mark.parent.mkdir(parents=True, exist_ok=True)
            mark.touch()

    def _mark_of(self, key: str) -> Path:
        return self._near.root / _MARKS / key.rpartition("/")[2]

    def _leave_parent(self) -> None:
        """Forget, in a process that was forked, what its parent sends: the threads did not come along."""
        if self._process != os.getpid():
            self._process, self._lock, self._threads, self._sending = os.getpid(), Lock(), None, {}
