"""Bytes of files in chunks: in a store, or held until they go into one.

A file of some size is a row of chunks of its own, so that a file that grew shares its beginning with what it was. Small
files share a chunk. Where one such chunk ends is decided by the files in it: a change in one file changes one chunk.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from nbflow.errors import raise_for
from nbflow.frozen import frozen
from nbflow.model.artifact import BlobRef
from nbflow.model.ids import Digest
from nbflow.store.blobs import Blobs, digest_of
from nbflow.store.files.listing import Regular

#: bytes of a chunk
CHUNK = 16 << 20
#: a file of fewer bytes shares a chunk with others
SMALL = 64 << 10
#: bytes from which on a shared chunk ends in any case
SHARED = 1 << 20


@frozen
class Chunk:
    """Some bytes of files."""

    digest: Digest
    size: int
    #: where in `home` they are; None: they are `data`
    ref: BlobRef | None = None
    home: Blobs | None = None
    data: bytes = b""

    def view(self) -> memoryview:
        """Return the bytes, read-only. Raises S001, S002."""
        if self.ref is None or self.home is None:
            return memoryview(self.data)
        whole = self.ref.offset == 0 and self.digest == self.ref.blob
        # of a blob that is this chunk and nothing else no second copy is kept in memory
        payload = self.home.map(self.ref.blob).toreadonly() if whole else self.home.read(self.ref.blob)
        if self.ref.offset + self.size > len(payload):
            raise_for("S001", digest=self.ref.blob, why="it is shorter than a reference into it says")
        return payload[self.ref.offset : self.ref.offset + self.size]

    def part(self, start: int, size: int, digest: Digest) -> Chunk:
        """Return the chunk that some of its bytes are, whose digest is known."""
        if self.ref is None:
            return Chunk(digest, size, data=self.data[start : start + size])
        return Chunk(digest, size, BlobRef(self.ref.blob, size, self.ref.offset + start), self.home)


#: makes a chunk of bytes that change afterwards
Put = Callable[[memoryview], Chunk]


def chunks_of(file: Regular, chunks: tuple[Chunk, ...]) -> tuple[Chunk, ...]:
    """Return the bytes of a file as chunks that hold nothing else. Raises S001 where its listing does not fit them."""
    found, left, number, start = [], file.size, file.first, file.start
    while left:
        if number >= len(chunks) or start >= chunks[number].size:
            raise_for("S001", digest="of a file", why="its listing does not fit its bytes")
        chunk = chunks[number]
        size = min(left, chunk.size - start)
        if size == file.size:
            found.append(chunk if size == chunk.size else chunk.part(start, size, file.digest))
        elif start or size < chunk.size:
            raise_for("S001", digest="of a file", why="its listing does not fit its bytes")
        else:
            found.append(chunk)
        left, number, start = left - size, number + 1, 0
    return tuple(found)


def views(file: Regular, chunks: tuple[Chunk, ...]) -> Iterator[memoryview]:
    """Yield the bytes of a file, chunk by chunk."""
    return (chunk.view() for chunk in chunks_of(file, chunks))


def into(blobs: Blobs) -> Put:
    """Return what puts chunks into a store; small ones are held until the step ends, for the pack of its artifacts."""

    def put(view: memoryview) -> Chunk:
        digest = digest_of(view)
        if len(view) < SMALL:
            return Chunk(digest, len(view), data=bytes(view))
        blobs.put(view, digest)
        return Chunk(digest, len(view), BlobRef(digest, len(view)), blobs)

    return put


def only_looked_at(view: memoryview) -> Chunk:
    """Put a chunk nowhere."""
    return Chunk(digest_of(view), len(view))
