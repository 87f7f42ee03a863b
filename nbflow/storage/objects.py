"""Storage in an object store: S3 and what speaks like it, Google Cloud Storage, Azure, or obstore's own memory."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from nbflow.storage.base import Key, Progress
from nbflow.storage.failures import BucketError, failure, reply_of
from nbflow.storage.native import obstore
from nbflow.storage.openers import Opener
from nbflow.storage.transfer import download, told, upload, upload_parts

if TYPE_CHECKING:
    from typing_extensions import Buffer

#: keys that one request of a listing asks for
_PAGE = 1000
#: keys that are deleted at a time
_DELETED = 1000
#: seconds before a conditional create whose reply got lost is tried again
_WAITS = (0.1, 0.3, 0.8, 2.0, 4.0)


class ObjectStorage:
    """Objects below one prefix of a bucket.

    `opener` makes its store when it is first needed, and again in a process that is forked from this one.
    """

    def __init__(self, opener: Opener) -> None:
        self._opener = opener
        self._process = 0
        self._lock = Lock()
        self._stores: dict[bool, Any] = {}
        #: a request has succeeded: the bucket is there
        self._seen = False

    @property
    def near(self) -> ObjectStorage:
        return self

    def put(self, key: Key, parts: Sequence[Buffer], attributes: Mapping[str, str] | None = None) -> str:
        name = key if isinstance(key, str) else key()
        views = [memoryview(part).cast("B") for part in parts]
        self._do("put", name, lambda store: upload_parts(store, name, views, attributes))
        return name

    def put_new(self, key: str, parts: Sequence[Buffer]) -> bool:
        data = b"".join(memoryview(part).cast("B") for part in parts)
        unsure = False
        for wait in (*_WAITS, None):
            try:
                # repeated here and not by obstore, which would take its own first try for somebody else's
                create = partial(self._create, key, data, unsure)
                return bool(self._do("put", key, create, repeat=False))
            except BucketError as error:
                if wait is None or not error.passing:
                    raise
                unsure = True
            time.sleep(wait)
        raise AssertionError("the last try returns or raises")

    def put_file(
        self, key: str, path: Path, progress: Progress | None = None, attributes: Mapping[str, str] | None = None
    ) -> None:
        self._do("put", key, lambda store: upload(store, key, path, progress, attributes))

    def keep(self, key: str) -> None:
        """Nothing is to be done: what was put is there."""

    def renew(self, _key: str, /) -> bool:
        return False

    def get(self, key: str, start: int = 0, size: int | None = None) -> bytes:
        if start == 0 and size is None:
            return self._bytes(key, lambda store: store.get(key).bytes())
        if size:
            end = start + size
        elif start >= (end := self._size(key) if size is None else 0):
            self._size(key)
            return b""
        try:
            return self._bytes(key, lambda store: store.get_range(key, start=start, end=end))
        except BucketError:
            # what lies behind the end is refused
            if start < self._size(key):
                raise
            return b""

    def get_file(self, key: str, path: Path, progress: Progress | None = None) -> None:
        self.fetch(key, path, progress)

    def fetch(self, key: str, path: Path, progress: Progress | None = None) -> dict[str, Any]:
        """Do as `get_file` does, and return what `info` would."""
        info: dict[str, Any] = self._do("get", key, lambda store: download(store, key, path, progress))
        return info

    def size(self, key: str) -> int | None:
        try:
            return self._size(key)
        except FileNotFoundError:
            return None

    def info(self, key: str) -> dict[str, Any]:
        """Return what the service knows of a key: size, last_modified, e_tag, and its attributes.

        Raises:
            FileNotFoundError: there is no such key.
        """
        info: dict[str, Any] = self._do("get", key, lambda store: told(store.get(key, options={"head": True})))
        return info

    def list(self, prefix: str = "", after: str = "") -> Iterator[str]:
        return (each["path"] for each in self.entries(prefix, after))

    def entries(self, prefix: str = "", after: str = "") -> Iterator[dict[str, Any]]:
        """Yield of every key that starts with `prefix`, in order, its path, size, last_modified and e_tag."""
        folder = prefix.rpartition("/")[0] or None
        last = max(after, _before(prefix))
        opened: Any = None
        pages: Iterator[list[dict[str, Any]]] = iter(())

        def page(store: Any) -> list[dict[str, Any]]:
            nonlocal opened, pages
            if store is not opened:
                opened, pages = store, iter(store.list(folder, offset=last or None, chunk_size=_PAGE))
            return next(pages, [])

        while found := self._do("list", prefix, page):
            for each in found:
                last = each["path"]
                if last.startswith(prefix) and last > after:
                    yield each
                elif last > prefix:
                    return

    def delete(self, key: str) -> None:
        self.delete_many([key])

    def delete_many(self, keys: Iterable[str]) -> None:
        names = [*keys]
        for at in range(0, len(names), _DELETED):
            self._delete(names[at : at + _DELETED])

    def file(self, _key: str, /) -> Path | None:
        return None

    def settle(self) -> None:
        """Nothing is on its way."""

    def _size(self, key: str) -> int:
        try:
            return int(self._do("get", key, lambda store: store.head(key))["size"])
        except FileNotFoundError:
            if self._seen:
                raise
        except BucketError as error:
            if error.passing:
                raise
        # that reply has no body: what was the matter, or that the whole bucket is missing, another request says
        return int(self._do("get", key, lambda store: store.get(key).meta["size"]))

    def _bytes(self, key: str, read: Callable[[Any], Any]) -> bytes:
        data: bytes = self._do("get", key, lambda store: bytes(read(store)))
        return data

    def _create(self, key: str, data: bytes, unsure: bool, store: Any) -> bool:  # noqa: FBT001 - by a partial only
        try:
            store.put(key, data, mode="create", use_multipart=False)
        except obstore().exceptions.AlreadyExistsError as error:
            if reply_of(error).status == 409 and self.size(key) is None:
                # somebody deleted it at this very moment
                raise
            return unsure and self.get(key) == data
        return True

    def _delete(self, keys: Sequence[str]) -> None:
        try:
            self._do("delete", keys[0], lambda store: store.delete([*keys]))
        except FileNotFoundError:
            if len(keys) == 1:
                return
            for key in keys:
                self._delete([key])

    def _do(self, action: str, key: str, work: Callable[[Any], Any], *, repeat: bool = True) -> Any:
        """Return what `work` makes of the store, with what it raises in words of ours."""
        again = True
        while True:
            try:
                done = work(self._store(repeat=repeat))
            except Exception as error:
                if not _foreign(error):
                    raise
                reply = reply_of(error)
                if again and self._opener.learn(reply):
                    again = False
                    self._stores = {}
                    continue
                self._seen = self._seen or reply.code == "NoSuchKey"
                raise failure(error, self._opener.where(), action, key) from None
            self._seen = True
            return done

    def _store(self, *, repeat: bool) -> Any:
        if self._process != os.getpid():
            self._stores, self._lock, self._process = {}, Lock(), os.getpid()
        stores = self._stores
        store = stores.get(repeat)
        if store is None:
            # each has connections of its own
            with self._lock:
                if repeat not in stores:
                    stores[repeat] = self._opener.open(repeat=repeat)
                store = stores[repeat]
        return store


def _foreign(error: Exception) -> bool:
    """Whether it is obstore's: it raises FileNotFoundError, too, but without a number."""
    return isinstance(error, obstore().exceptions.BaseError) or (
        isinstance(error, FileNotFoundError) and error.errno is None
    )


def _before(prefix: str) -> str:
    """Return a key shortly before all that start with `prefix`, so that a listing begins near them."""
    last = prefix[-1:]
    # a whole folder is listed by itself; and what comes before 0 is a slash
    return f"{prefix[:-1]}{chr(ord(last) - 1)}~" if last not in {"/", "0"} and "!" < last < "~" else ""
