"""Files of this machine's folder on their way into the bucket, beside everything else."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cached_property
from pathlib import Path

from nbflow.storage.base import Storage

_AT_ONCE = 8


class Outgoing:
    """Copies files of the folder `root` to the same keys of `far`; with no bucket there is nothing to do."""

    def __init__(self, root: Path, far: Storage | None) -> None:
        self._root = root
        self._far = far
        self._going: list[Future[None]] = []

    def send(self, names: Iterable[str | None]) -> None:
        """Begin to copy files, named relative to the folder."""
        if self._far is not None:
            self._going += [self._threads.submit(self._copy, self._far, name) for name in names if name]

    def settle(self) -> None:
        """Return when all have arrived. Raises what kept one from it."""
        going, self._going = self._going, []
        for each in going:
            each.result()
        if "_threads" in self.__dict__:
            self._threads.shutdown()
            del self.__dict__["_threads"]

    @cached_property
    def _threads(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="nbflow-outgoing")

    def _copy(self, far: Storage, name: str) -> None:
        path = self._root / name
        if path.exists():
            far.put_file(name, path)
