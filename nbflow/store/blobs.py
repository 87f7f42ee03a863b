"""Blobs: bytes under their own digest, framed, written once, checked when read.

A blob that holds one large buffer is opened as a private copy-on-write map: whoever gets it may change it, the file
stays as it is. Small blobs and packs are read whole and kept for a while, since many artifacts are parts of one pack.
"""

from __future__ import annotations

import mmap
import os
import sys
from collections import OrderedDict
from threading import Lock, Thread
from typing import TYPE_CHECKING, Literal

from blake3 import blake3

from nbflow.errors import NbflowError, raise_for
from nbflow.model.ids import Digest
from nbflow.storage.base import Storage
from nbflow.store import framing
from nbflow.store.verified import Verified

if TYPE_CHECKING:
    from typing_extensions import Buffer

#: when a blob's content is hashed again: at its first open on a machine, at every open, never
Verify = Literal["first", "always", "never"]

#: the code of a blob that is not what its digest says
_DAMAGED = "NBF-S001"
#: from here on hashing runs beside writing
_PARALLEL = 8 << 20
#: up to here a blob is hashed at every open: it costs less than looking for its mark
_SMALL = 1 << 20
#: payloads of packs kept in memory
_KEPT = 8
#: MAP_NORESERVE (mmap names it since 3.13): a map may be larger than memory, as few of its pages are ever written
_PRIVATE = mmap.MAP_PRIVATE | (0x4000 if sys.platform == "linux" else 0)


def digest_of(*parts: Buffer) -> Digest:
    """Return the BLAKE3-256 of the bytes of `parts`, one after the other."""
    hasher = blake3()
    for part in parts:
        hasher.update(memoryview(part).cast("B"))
    return Digest(hasher.hexdigest())


class Blobs:
    """Puts and opens blobs in a storage.

    Responsibilities: naming, framing, integrity. It knows nothing of values.
    """

    def __init__(self, storage: Storage, verify: Verify = "first") -> None:
        self.storage = storage
        self.verify = verify
        self._verified = Verified(storage.near.file("verified"))
        self._kept: OrderedDict[Digest, memoryview] = OrderedDict()
        self._lock = Lock()

    def put(self, data: Buffer, digest: Digest | None = None) -> Digest:
        """Store `data` and return its digest; nothing is written when a whole blob of that digest is there.

        Of large data that is known only after it was written, unless `digest`, its digest, is given.
        """
        view = memoryview(data).cast("B")
        header = framing.frame(len(view))
        try:
            if digest is None and len(view) >= _PARALLEL:
                digest = self._put_large(header, view)
            else:
                digest = digest or digest_of(view)
                if self._is_whole(digest, len(view)):
                    self.storage.keep(_key(digest))
                else:
                    self.storage.put(_key(digest), (header, view))
            self._mark(digest, len(view))
        except NbflowError:
            # a bucket says itself what is the matter
            raise
        except OSError as error:
            raise_for("S006", path=self.storage.near.file("") or "this storage", message=error.strerror or error)
        return digest

    def has(self, digest: Digest) -> bool:
        """Return whether there is such a blob; whether it is whole shows when it is opened."""
        return self.storage.size(_key(digest)) is not None

    def map(self, digest: Digest) -> memoryview:
        """Return the payload as memory that is the caller's own: changes stay private."""
        try:
            return self._map(digest)
        except NbflowError as error:
            if error.code != _DAMAGED or not self.storage.renew(_key(digest)):
                raise
        return self._map(digest)

    def read(self, digest: Digest) -> memoryview:
        """Return the payload, read-only; shared with others who read it."""
        with self._lock:
            if digest in self._kept:
                self._kept.move_to_end(digest)
                return self._kept[digest]
        payload = self._fetch(digest)
        with self._lock:
            self._kept[digest] = payload
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return payload

    def _map(self, digest: Digest) -> memoryview:
        path = self.storage.file(_key(digest))
        if path is None:
            return memoryview(bytearray(self._fetch(digest)))
        try:
            with path.open("rb", buffering=0) as file:
                stat = os.fstat(file.fileno())
                if stat.st_size <= framing.OFFSET:
                    return memoryview(bytearray(self._fetch(digest)))
                mapped = mmap.mmap(file.fileno(), 0, flags=_PRIVATE, prot=mmap.PROT_READ | mmap.PROT_WRITE)
        except FileNotFoundError:
            raise_for("S002", digest=digest)
        except OSError as error:
            raise_for("S001", digest=digest, why=f"its file cannot be read: {error.strerror}")
        size = framing.check(mapped[:64], stat.st_size, digest)
        payload = memoryview(mapped)[framing.OFFSET : framing.OFFSET + size]
        if self._must_hash(digest, stat):
            self._compare(digest, payload)
            self._verified.add(digest, stat)
        return payload

    def _put_large(self, header: bytes, view: memoryview) -> Digest:
        hasher = blake3()
        hashing = Thread(target=hasher.update, args=(view,), name="nbflow-hash")
        hashing.start()

        def name() -> str:
            hashing.join()
            return _key(Digest(hasher.hexdigest()))

        try:
            return Digest(self.storage.put(name, (header, view)).rpartition("/")[2])
        finally:
            hashing.join()

    def _is_whole(self, digest: Digest, size: int) -> bool:
        """Return whether the blob need not be written: a damaged one is, which mends it."""
        key, near = _key(digest), self.storage.near
        if near.size(key) != framing.OFFSET + size:
            return False
        path = near.file(key)
        if path is None:
            return True
        if size > _SMALL:
            return (digest, path.stat()) in self._verified
        try:
            self._fetch_once(digest)
        except NbflowError:
            return False
        return True

    def _mark(self, digest: Digest, size: int) -> None:
        if size > _SMALL and (path := self.storage.near.file(_key(digest))):
            self._verified.add(digest, path.stat())

    def _must_hash(self, digest: Digest, stat: os.stat_result) -> bool:
        if self.verify != "first":
            return self.verify == "always"
        return stat.st_size <= _SMALL or (digest, stat) not in self._verified

    def _fetch(self, digest: Digest) -> memoryview:
        """Return the checked payload. A read that does not fit is repeated once: the second may be right."""
        try:
            return self._fetch_once(digest)
        except NbflowError as error:
            if error.code != _DAMAGED:
                raise
        self.storage.renew(_key(digest))
        return self._fetch_once(digest)

    def _fetch_once(self, digest: Digest) -> memoryview:
        try:
            data = self.storage.get(_key(digest))
        except FileNotFoundError:
            raise_for("S002", digest=digest)
        except NbflowError:
            raise
        except OSError as error:
            raise_for("S001", digest=digest, why=f"its file cannot be read: {error.strerror}")
        size = framing.check(data[:64], len(data), digest)
        payload = memoryview(data)[framing.OFFSET : framing.OFFSET + size]
        if self.verify != "never":
            self._compare(digest, payload)
        return payload

    def _compare(self, digest: Digest, payload: memoryview) -> None:
        if digest_of(payload) != digest:
            raise_for("S001", digest=digest, why="its content has another digest: it changed after it was written")


def _key(digest: Digest) -> str:
    return f"blobs/{digest[:2]}/{digest}"
