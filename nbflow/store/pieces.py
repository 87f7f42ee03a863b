"""The bytes of one value on their way into the store, and the digest they add up to."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from nbflow.model.artifact import BlobRef
from nbflow.model.ids import Digest
from nbflow.store.blobs import Blobs, digest_of
from nbflow.store.codecs import Encoded
from nbflow.store.codecs.ports import Memory
from nbflow.store.mapped import Mapped

if TYPE_CHECKING:
    from typing_extensions import Buffer

#: bytes from which on a buffer is a blob of its own; smaller ones share a pack
OWN_BLOB = 64 << 10

#: where a piece starts in a pack, so that arrays in it are aligned
_ALIGNMENT = 64
_DOMAIN = b"nbflow artifact 1\0"


class Piece(NamedTuple):
    """A buffer of a value: stored, or still to be packed."""

    digest: Digest
    size: int
    ref: BlobRef | None
    #: its bytes, when it is still to be packed
    data: bytes = b""


class Digests:
    """A sink that stores nothing: it finds the digests of what it is given."""

    def __init__(self, mapped: Mapped) -> None:
        self._mapped = mapped
        self.pieces: list[Piece] = []

    def add(self, data: Buffer) -> int:
        view = memoryview(data).cast("B")
        return self._take(Piece(digest_of(view), len(view), None))

    def again(self, memory: Memory) -> int | None:
        ref = self._mapped.find(memory)
        return None if ref is None else self._take(Piece(ref.blob, ref.size, ref))

    def kept(self, digest: Digest, ref: BlobRef, _home: Blobs) -> int | None:
        return self._take(Piece(digest, ref.size, ref))

    def _take(self, piece: Piece) -> int:
        self.pieces.append(piece)
        return len(self.pieces) - 1


class Pieces(Digests):
    """A sink that stores large buffers at once and holds small ones for the pack."""

    def __init__(self, mapped: Mapped, blobs: Blobs) -> None:
        super().__init__(mapped)
        self._blobs = blobs

    def add(self, data: Buffer) -> int:
        view = memoryview(data).cast("B")
        if len(view) < OWN_BLOB:
            held = bytes(view)
            return self._take(Piece(digest_of(held), len(held), None, held))
        digest = self._blobs.put(view)
        return self._take(Piece(digest, len(view), BlobRef(digest, len(view))))

    def kept(self, digest: Digest, ref: BlobRef, home: Blobs) -> int | None:
        # of another store there may be the same blobs here
        return super().kept(digest, ref, home) if home is self._blobs or self._blobs.has(ref.blob) else None


def artifact_digest(encoded: Encoded, type_name: str, pieces: Iterable[Piece]) -> Digest:
    """Return the digest of a value: equal for equal values, wherever their bytes are."""
    if encoded.kind == "scalar":
        text = json.dumps([type_name, encoded.data], sort_keys=True, separators=(",", ":"))
        return digest_of(_DOMAIN, b"scalar\0", text.encode())
    parts = [bytes.fromhex(piece.digest) for piece in pieces]
    return digest_of(_DOMAIN, encoded.kind.encode(), b"\0", *parts)


class Pack:
    """Small pieces of many values, to become one blob."""

    def __init__(self) -> None:
        self._places: dict[Digest, int] = {}
        self._data = bytearray()
        self._blob: Digest | None = None

    def add(self, pieces: Iterable[Piece]) -> None:
        for piece in pieces:
            if piece.ref is None and piece.digest not in self._places:
                self._data.extend(bytes(-len(self._data) % _ALIGNMENT))
                self._places[piece.digest] = len(self._data)
                self._data += piece.data

    def store(self, blobs: Blobs) -> None:
        """The pack is in the store; its pieces have references."""
        if self._data:
            self._blob = blobs.put(self._data)

    def ref(self, piece: Piece) -> BlobRef:
        if piece.ref is not None:
            return piece.ref
        assert self._blob is not None, "the pack was not stored"
        return BlobRef(self._blob, piece.size, self._places[piece.digest])
