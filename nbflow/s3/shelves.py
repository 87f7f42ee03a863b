"""Objects with what is said about them, wherever they are: in a bucket, or in the files of a local workspace."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from nbflow.s3.objects import Info
from nbflow.storage.base import Storage
from nbflow.storage.telling import FETCHED, SENT

if TYPE_CHECKING:
    from nbflow.storage.objects import ObjectStorage


class Shelf(Protocol):
    """Where objects are, by key."""

    def put(self, key: str, what: bytes | Path, attributes: Mapping[str, str] | None) -> None:
        """Put bytes or a file."""
        ...

    def fetch(self, key: str, path: Path, start: int, size: int | None) -> Info:
        """Write bytes of a key to a file, and return what is known of it. Raises FileNotFoundError."""
        ...

    def info(self, key: str) -> Info:
        """Return what is known of a key. Raises FileNotFoundError."""
        ...

    def entries(self, prefix: str) -> Iterator[tuple[str, Info]]:
        """Yield the keys that start with `prefix`, with their sizes."""
        ...


def shelf_of(storage: Storage) -> Shelf:
    """Return the objects of a storage."""
    # a local workspace needs no obstore
    from nbflow.storage.local import LocalStorage
    from nbflow.storage.memory import MemoryStorage

    if isinstance(storage, LocalStorage | MemoryStorage):
        return FileShelf(storage)
    bucket: Any = storage
    return BucketShelf(bucket)


class BucketShelf:
    """Objects of a bucket, whose service keeps what is said about them."""

    def __init__(self, storage: ObjectStorage) -> None:
        self._storage = storage

    def put(self, key: str, what: bytes | Path, attributes: Mapping[str, str] | None) -> None:
        if isinstance(what, Path):
            with SENT.add(what.stat().st_size) as told:
                self._storage.put_file(key, what, told, attributes)
        else:
            self._storage.put(key, [what], attributes)

    def fetch(self, key: str, path: Path, start: int, size: int | None) -> Info:
        if not start and size is None:
            with FETCHED.add() as told:
                return Info.of(self._storage.fetch(key, path, told))
        path.write_bytes(self._storage.get(key, start, size))
        return self.info(key)

    def info(self, key: str) -> Info:
        return Info.of(self._storage.info(key))

    def entries(self, prefix: str) -> Iterator[tuple[str, Info]]:
        return ((each["path"], Info.of(each)) for each in self._storage.entries(prefix))


class FileShelf:
    """Objects of a folder, with what is said about each in a file of its own."""

    #: begins the key of what is said
    _ABOUT = ".about"

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def put(self, key: str, what: bytes | Path, attributes: Mapping[str, str] | None) -> None:
        if isinstance(what, Path):
            self._storage.put_file(key, what)
        else:
            self._storage.put(key, [what])
        if attributes:
            self._storage.put(self._about(key), [json.dumps(dict(attributes)).encode()])
        else:
            self._storage.delete(self._about(key))

    def fetch(self, key: str, path: Path, start: int, size: int | None) -> Info:
        if start or size is not None:
            path.write_bytes(self._storage.get(key, start, size))
        else:
            self._storage.get_file(key, path)
        return self.info(key)

    def info(self, key: str) -> Info:
        size = self._storage.size(key)
        if size is None:
            raise FileNotFoundError(key)
        told: dict[str, Any] = {"size": size}
        if file := self._storage.file(key):
            told["last_modified"] = datetime.fromtimestamp(file.stat().st_mtime, UTC)
        try:
            told["attributes"] = json.loads(self._storage.get(self._about(key)))
        except FileNotFoundError:
            told["attributes"] = {"Content-Type": "binary/octet-stream"}
        return Info.of(told)

    def entries(self, prefix: str) -> Iterator[tuple[str, Info]]:
        for key in sorted(self._storage.list(prefix)):
            yield key, Info(self._storage.size(key) or 0)

    def _about(self, key: str) -> str:
        return f"{self._ABOUT}/{key}"
