"""Where a file goes that is made a value: in a task, into its store at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nbflow.store.blobs import Blobs

#: the stores of the bodies that this process runs, the last one begun at the end
_stores: list[Blobs] = []


@contextmanager
def files_kept_in(blobs: Blobs) -> Iterator[None]:
    """Have files that are made values meanwhile, on any thread, go into a store."""
    _stores.append(blobs)
    try:
        yield
    finally:
        _stores.remove(blobs)


def store_here() -> Blobs | None:
    """Return the store that files go into; None: this is no task."""
    return _stores[-1] if _stores else None
