"""The port that every place for bytes fits: a local folder, memory, an object store.

Keys are slash-separated, relative and already checked by the caller that builds them. A key holds all of its bytes
or does not exist: readers never see half a write.

What fails raises OSError: a full disk as Python says it, what a bucket's service refuses as BucketError, which says in
plain words what to do about it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from typing_extensions import Buffer

#: a key, or what gives it once the bytes were handed over (a blob is named by a digest computed meanwhile)
Key = str | Callable[[], str]

#: told, on any thread, how many bytes of how many are through
Progress = Callable[[int, int], None]


class Storage(Protocol):
    """Where bytes are."""

    @property
    def near(self) -> Storage:
        """What can be asked without going far: this storage itself, or its part on this machine."""
        ...

    def put(self, key: Key, parts: Sequence[Buffer]) -> str:
        """Store the bytes of `parts`, one after the other, and return the key; what was there is replaced at once."""
        ...

    def put_new(self, key: str, parts: Sequence[Buffer]) -> bool:
        """Store the bytes only if the key is free. Return False, and change nothing, when it is not.

        Of many who put different bytes one is told True. Give bytes that nobody else puts: where the reply to a
        request got lost, what is there tells whether it was ours.
        """
        ...

    def put_file(self, key: str, path: Path, progress: Progress | None = None) -> None:
        """Store what the file at `path` holds, without taking all of it into memory."""
        ...

    def keep(self, key: str) -> None:
        """Have a key stay that `near` was found to hold, as if its bytes had been put again."""
        ...

    def renew(self, key: str, /) -> bool:
        """Replace the copy that `near` has by the bytes as they are far. Return False where that is no other place."""
        ...

    def get(self, key: str, start: int = 0, size: int | None = None) -> bytes:
        """Return `size` bytes from `start`, or all that follow. Raises FileNotFoundError."""
        ...

    def get_file(self, key: str, path: Path, progress: Progress | None = None) -> None:
        """Write the key's bytes to a file at `path`, which has them all or is not there.

        Raises:
            FileNotFoundError: there is no such key.
        """
        ...

    def size(self, key: str) -> int | None:
        """Return how many bytes the key holds, or None when there is no such key."""
        ...

    def list(self, prefix: str = "", after: str = "") -> Iterator[str]:
        """Yield every key that starts with `prefix`: all in no particular order, or those `after` a key in order."""
        ...

    def delete(self, key: str) -> None:
        """Leave no such key. It need not have existed."""
        ...

    def delete_many(self, keys: Iterable[str]) -> None:
        """Leave none of these keys."""
        ...

    def file(self, key: str, /) -> Path | None:
        """Return the file on this machine that holds the key's bytes, for memory maps; None when there is none."""
        ...

    def settle(self) -> None:
        """Return when everything that was put is where others see it. Raises what kept something from it."""
        ...
