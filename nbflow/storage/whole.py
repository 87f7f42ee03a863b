"""Files that appear under their name whole: written beside it under a temporary name, and renamed."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from nbflow.storage.base import Progress

if TYPE_CHECKING:
    from typing_extensions import Buffer

#: how names begin that are none yet
TEMPORARY = ".part-"
#: one write() call takes at most about 2 GiB; smaller pieces also let a hashing thread follow in the cache
_PIECE = 64 << 20
_READ = 8 << 20
_numbers = count()


def name_in(folder: Path) -> Path:
    """Return a path in `folder` that no other thread or process is given."""
    return folder / f"{TEMPORARY}{os.getpid()}-{threading.get_ident()}-{next(_numbers)}"


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Give a path to write to: what is there at the end gets the name `path`. After an error nothing is left."""
    part = name_in(path.parent)
    try:
        yield part
        part.replace(path)
    finally:
        with suppress(FileNotFoundError):
            part.unlink()


def open_new(path: Path, mode: int = 0o444) -> int:
    """Return the descriptor of a new file."""
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)


def fill(handle: int, path: Path, parts: Iterable[Buffer]) -> Path:
    """Write these bytes to the new file at `path`, and close it; it is gone when anything fails."""
    try:
        try:
            for part in parts:
                view = memoryview(part).cast("B")
                done = 0
                while done < len(view):
                    done += os.write(handle, view[done : done + _PIECE])
        finally:
            # some file systems report a full disk or an exceeded quota only here
            os.close(handle)
    except BaseException:
        path.unlink()
        raise
    return path


def pieces(path: Path, progress: Progress | None = None, size: int = _READ) -> Iterator[bytes]:
    """Yield what the file holds, in pieces of `size` bytes."""
    with path.open("rb", buffering=0) as file:
        total, done = os.fstat(file.fileno()).st_size, 0
        while piece := file.read(size):
            yield piece
            done += len(piece)
            if progress:
                progress(done, max(total, done))
