"""The bytes of one stored value, opened where they are looked at and not before."""

from __future__ import annotations

from nbflow.errors import raise_for
from nbflow.model.artifact import ArtifactRef, BlobRef
from nbflow.store import framing
from nbflow.store.blobs import Blobs
from nbflow.store.store import Store

#: up to here a blob is read whole and compared with its digest; a larger one is mapped, and its digest left alone
_WHOLE = 1 << 20
#: bytes that are fetched for a look where blobs are no files
_FETCHED = 16 << 20


class Source:
    """The stream and the buffers of one reference."""

    def __init__(self, store: Store, ref: ArtifactRef) -> None:
        self._store = store
        self._ref = ref
        # whoever opens the value compares its digest; a look at a few of its pages must not read them all
        self._unread = Blobs(store.blobs.storage, verify="never")

    @property
    def stream(self) -> memoryview:
        """The stream. Raises S001, S002."""
        return self._part(self._ref.header)

    def buffer(self, number: int) -> memoryview:
        """Return a buffer that stands beside the stream. Raises S001, S002."""
        if not 0 <= number < len(self._ref.buffers):
            raise_for("S001", digest=self._ref.digest, why="its stream names a buffer that it does not have")
        return self._part(self._ref.buffers[number])

    def beginning(self, number: int, start: int, size: int) -> bytes:
        """Return some of a buffer's bytes and bring no others. They are not compared with their digest. Raises S002."""
        if not 0 <= number < len(self._ref.buffers):
            raise_for("S001", digest=self._ref.digest, why="its stream names a buffer that it does not have")
        ref = self._ref.buffers[number]
        size = max(0, min(size, ref.size - start))
        try:
            key = f"blobs/{ref.blob[:2]}/{ref.blob}"
            return self._store.blobs.storage.get(key, framing.OFFSET + ref.offset + start, size)
        except FileNotFoundError:
            raise_for("S002", digest=ref.blob)
        except OSError as error:
            raise_for("S001", digest=ref.blob, why=f"it cannot be read: {error}")

    def _part(self, ref: BlobRef | None) -> memoryview:
        if ref is None:
            raise_for("S001", digest=self._ref.digest, why="its reference names no stream")
        storage = self._store.blobs.storage
        key = f"blobs/{ref.blob[:2]}/{ref.blob}"
        size = storage.size(key)
        if size is None:
            raise_for("S002", digest=ref.blob)
        if size <= _WHOLE + framing.OFFSET:
            return self._store.part(ref)
        if storage.file(key) is None and size > _FETCHED:
            raise_for("V031", size=f"{size} bytes")
        payload = self._unread.map(ref.blob).toreadonly()
        if ref.offset + ref.size > len(payload):
            raise_for("S001", digest=ref.blob, why="it is shorter than a reference into it says")
        return payload[ref.offset : ref.offset + ref.size]
