"""What codecs stand on: a sink takes the large buffers of a value, a source gives them back by number."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from typing_extensions import Buffer

    from nbflow.model.artifact import BlobRef
    from nbflow.model.ids import Digest
    from nbflow.store.blobs import Blobs

#: a buffer of fewer bytes stands in the header itself
IN_HEADER = 4096


class Memory(NamedTuple):
    """Where in this process a buffer's content is used: the key by which it is recognised unread."""

    #: (address, bytes), all of which must be untouched
    ranges: tuple[tuple[int, int], ...]
    #: what else must be equal for the content to be
    form: str = ""


class Sink(Protocol):
    """Takes buffers and numbers them from 0."""

    def add(self, data: Buffer) -> int:
        """Take the bytes of `data`, which may change once this returns, and return their number."""
        ...

    def again(self, memory: Memory) -> int | None:
        """Return a number for content that came from the store and is untouched; None: hand it over with add."""
        ...

    def kept(self, digest: Digest, ref: BlobRef, home: Blobs) -> int | None:
        """Return a number for bytes of that digest that are in `home`; None: hand them over with add."""
        ...


class Source(Protocol):
    """Gives the buffers of one value."""

    def buffer(self, number: int) -> memoryview:
        """Return the bytes as memory of the caller's own, writable."""
        ...

    def opened(self, number: int, memory: Memory) -> None:
        """From now on `memory`, while untouched, is known to hold what `number` holds in the store."""
        ...

    def where(self, number: int) -> tuple[BlobRef, Blobs]:
        """Return where the bytes are, unread."""
        ...
