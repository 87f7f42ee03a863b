"""The kinds of metadata that one contract holds for, each as several machines see it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

from nbflow.metadata.bucket import BucketMetadata, Pace
from nbflow.metadata.port import Metadata
from nbflow.metadata.sqlite import SqliteMetadata
from nbflow.storage.base import Storage
from nbflow.storage.local import LocalStorage
from nbflow.storage.memory import MemoryStorage

#: looks whenever it is asked, so that nothing depends on how fast a test is
AT_ONCE = Pace(look=0.0, heed=0.0, beat=0.0, listen=0.0)

KINDS = ("sqlite", "bucket in memory", "bucket in a folder")

#: given its name, returns the metadata as a machine sees it: for SQLite, whose file is shared, as a process does
Machines = Callable[[str], Metadata]


@contextmanager
def machines_of(kind: str, folder: Path) -> Iterator[Machines]:
    """Give the machines that share metadata of a kind, kept below `folder`."""
    if kind == "sqlite":
        with ExitStack() as stack:
            yield lambda _: stack.enter_context(closing(SqliteMetadata(folder / "metadata.db")))
    else:
        storage = MemoryStorage() if kind == "bucket in memory" else LocalStorage(folder / "bucket")
        with machines_on(storage, folder) as machines:
            yield machines


@contextmanager
def machines_on(storage: Storage, folder: Path, pace: Pace = AT_ONCE) -> Iterator[Callable[[str], BucketMetadata]]:
    """Give the machines that share a bucket, each with an index of its own below `folder`."""
    with ExitStack() as stack:
        yield lambda name: stack.enter_context(closing(BucketMetadata(storage, folder / f"{name}.db", pace=pace)))
