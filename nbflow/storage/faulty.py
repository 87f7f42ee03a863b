"""A storage that fails on purpose, to see what everything above makes of a full disk or a lost connection."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from nbflow.storage.base import Key, Progress, Storage

if TYPE_CHECKING:
    from typing_extensions import Buffer


class FaultyStorage:
    """`inner`, whose operation number `at` (from 0) and all that follow raise OSError until `mend` is called."""

    def __init__(self, inner: Storage, at: int, number: int = errno.ENOSPC) -> None:
        self.inner = inner
        #: operations asked for so far
        self.count = 0
        self._at = at
        self._number = number
        self._broken = True

    def mend(self) -> None:
        """From now on everything works."""
        self._broken = False

    @property
    def near(self) -> Storage:
        return self if self.inner.near is self.inner else self.inner.near

    def put(self, key: Key, parts: Sequence[Buffer]) -> str:
        self._operation()
        return self.inner.put(key, parts)

    def put_new(self, key: str, parts: Sequence[Buffer]) -> bool:
        self._operation()
        return self.inner.put_new(key, parts)

    def put_file(self, key: str, path: Path, progress: Progress | None = None) -> None:
        self._operation()
        self.inner.put_file(key, path, progress)

    def keep(self, key: str) -> None:
        self._operation()
        self.inner.keep(key)

    def renew(self, key: str, /) -> bool:
        self._operation()
        return self.inner.renew(key)

    def get(self, key: str, start: int = 0, size: int | None = None) -> bytes:
        self._operation()
        return self.inner.get(key, start, size)

    def get_file(self, key: str, path: Path, progress: Progress | None = None) -> None:
        self._operation()
        self.inner.get_file(key, path, progress)

    def size(self, key: str) -> int | None:
        self._operation()
        return self.inner.size(key)

    def list(self, prefix: str = "", after: str = "") -> Iterator[str]:
        self._operation()
        return self.inner.list(prefix, after)

    def delete(self, key: str) -> None:
        self._operation()
        self.inner.delete(key)

    def delete_many(self, keys: Iterable[str]) -> None:
        self._operation()
        self.inner.delete_many(keys)

    def file(self, key: str, /) -> Path | None:
        return self.inner.file(key)

    def settle(self) -> None:
        self._operation()
        self.inner.settle()

    def _operation(self) -> None:
        number, self.count = self.count, self.count + 1
        if self._broken and number >= self._at:
            raise OSError(self._number, os.strerror(self._number))
