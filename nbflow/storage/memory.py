"""Storage in this process's memory: for tests, and for trying things out without leaving files behind."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from nbflow.storage.base import Key, Progress
from nbflow.storage.whole import pieces, whole

if TYPE_CHECKING:
    from typing_extensions import Buffer


class MemoryStorage:
    """A dictionary of bytes that fits the Storage port."""

    def __init__(self) -> None:
        self._held: dict[str, bytes] = {}
        self._lock = threading.Lock()

    @property
    def near(self) -> MemoryStorage:
        return self

    def put(self, key: Key, parts: Iterable[Buffer]) -> str:
        data = b"".join(memoryview(part).cast("B") for part in parts)
        name = key if isinstance(key, str) else key()
        with self._lock:
            self._held[name] = data
        return name

    def put_new(self, key: str, parts: Sequence[Buffer]) -> bool:
        data = b"".join(memoryview(part).cast("B") for part in parts)
        with self._lock:
            free = key not in self._held
            self._held.setdefault(key, data)
            return free

    def put_file(self, key: str, path: Path, progress: Progress | None = None) -> None:
        self.put(key, pieces(path, progress))

    def keep(self, key: str) -> None:
        """Nothing is to be done: what was put is there."""

    def renew(self, _key: str, /) -> bool:
        return False

    def get(self, key: str, start: int = 0, size: int | None = None) -> bytes:
        data = self._held.get(key)
        if data is None:
            raise FileNotFoundError(key)
        return data[start:] if size is None else data[start : start + size]

    def get_file(self, key: str, path: Path, progress: Progress | None = None) -> None:
        data = self.get(key)
        with whole(path) as part:
            part.write_bytes(data)
        if progress:
            progress(len(data), len(data))

    def size(self, key: str) -> int | None:
        data = self._held.get(key)
        return None if data is None else len(data)

    def list(self, prefix: str = "", after: str = "") -> Iterator[str]:
        with self._lock:
            found = [key for key in self._held if key.startswith(prefix) and key > after]
        yield from sorted(found) if after else found

    def delete(self, key: str) -> None:
        self.delete_many([key])

    def delete_many(self, keys: Iterable[str]) -> None:
        with self._lock:
            for key in keys:
                self._held.pop(key, None)

    def file(self, _key: str, /) -> Path | None:
        return None

    def settle(self) -> None:
        """Nothing is on its way."""
