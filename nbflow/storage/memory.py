"""Storage in this process's memory: for tests, and for trying things out without leaving files behind."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from nbflow.storage.base import Key

if TYPE_CHECKING:
    from typing_extensions import Buffer


class MemoryStorage:
    """A dictionary of bytes that fits the Storage port."""

    def __init__(self) -> None:
        self._held: dict[str, bytes] = {}
        self._lock = threading.Lock()

    def put(self, key: Key, parts: Sequence[Buffer]) -> str:
        data = b"".join(memoryview(part).cast("B") for part in parts)
        name = key if isinstance(key, str) else key()
        with self._lock:
            self._held[name] = data
        return name

    def put_new(self, key: str, parts: Sequence[Buffer]) -> bool:
        data = b"".join(memoryview(part).cast("B") for part in parts)
        with self._lock:
            return self._held.setdefault(key, data) is data

    def get(self, key: str, start: int = 0, size: int | None = None) -> bytes:
        data = self._held.get(key)
        if data is None:
            raise FileNotFoundError(key)
        return data[start:] if size is None else data[start : start + size]

    def size(self, key: str) -> int | None:
        data = self._held.get(key)
        return None if data is None else len(data)

    def list(self, prefix: str = "") -> Iterator[str]:
        with self._lock:
            found = [key for key in self._held if key.startswith(prefix)]
        yield from found

    def delete(self, key: str) -> None:
        with self._lock:
            self._held.pop(key, None)

    def file(self, _key: str, /) -> Path | None:
        return None
