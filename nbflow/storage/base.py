"""The port that every place for bytes fits: a local folder, memory, later an object store.

Keys are slash-separated, relative and already checked by the caller that builds them. A key holds all of its bytes
or does not exist: readers never see half a write.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from typing_extensions import Buffer

#: a key, or what gives it once the bytes were handed over (a blob is named by a digest computed meanwhile)
Key = str | Callable[[], str]


class Storage(Protocol):
    """Where bytes are."""

    def put(self, key: Key, parts: Sequence[Buffer]) -> str:
        """Store the bytes of `parts`, one after the other, and return the key; what was there is replaced at once."""
        ...

    def put_new(self, key: str, parts: Sequence[Buffer]) -> bool:
        """Store the bytes only if the key is free. Return False, and change nothing, when it is not."""
        ...

    def get(self, key: str, start: int = 0, size: int | None = None) -> bytes:
        """Return `size` bytes from `start`, or all that follow. Raises FileNotFoundError."""
        ...

    def size(self, key: str) -> int | None:
        """Return how many bytes the key holds, or None when there is no such key."""
        ...

    def list(self, prefix: str = "") -> Iterator[str]:
        """Yield every key that starts with `prefix`, in no particular order."""
        ...

    def delete(self, key: str) -> None:
        """Leave no such key. It need not have existed."""
        ...

    def file(self, key: str, /) -> Path | None:
        """Return the file on this machine that holds the key's bytes, for memory maps; None when there is none."""
        ...
