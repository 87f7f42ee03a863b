"""Storage in a local folder: a key is a plain file below it, read-only once written.

A file appears under its key whole: it is written beside it under a temporary name and renamed. Nothing is synced to
disk, so a crash of the machine may lose the last files; readers check sizes and digests and say so.
"""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from nbflow.storage.base import Key

if TYPE_CHECKING:
    from typing_extensions import Buffer

#: one write() call takes at most about 2 GiB; smaller pieces also let a hashing thread follow in the cache
_PIECE = 64 << 20
_TEMPORARY = ".part-"
_numbers = count()


class LocalStorage:
    """Files below `root`."""

    def __init__(self, root: str | os.PathLike[str]) -> None:
        self.root = Path(root)
        self._made: set[Path] = set()

    def put(self, key: Key, parts: Sequence[Buffer]) -> str:
        near = self.root / key if isinstance(key, str) else self.root / _TEMPORARY
        temporary = self._write(near, parts)
        try:
            name = key if isinstance(key, str) else key()
            target = self.root / name
            self._make_parent(target)
            temporary.rename(target)
        except BaseException:
            temporary.unlink()
            raise
        return name

    def put_new(self, key: str, parts: Sequence[Buffer]) -> bool:
        target = self.root / key
        if target.exists():
            return False
        temporary = self._write(target, parts)
        try:
            return _claim(temporary, target)
        finally:
            # gone already where links are not supported
            with suppress(FileNotFoundError):
                temporary.unlink()

    def get(self, key: str, start: int = 0, size: int | None = None) -> bytes:
        with (self.root / key).open("rb", buffering=0) as file:
            if size is None:
                size = max(os.fstat(file.fileno()).st_size - start, 0)
            data = os.pread(file.fileno(), size, start)
            while len(data) < size and (more := os.pread(file.fileno(), size - len(data), start + len(data))):
                data += more
        return data

    def size(self, key: str) -> int | None:
        try:
            return (self.root / key).stat().st_size
        except (FileNotFoundError, NotADirectoryError):
            return None

    def list(self, prefix: str = "") -> Iterator[str]:
        # only the folder that the prefix names is walked: `blobs/ab` does not touch the other 255
        folder = self.root / prefix.rpartition("/")[0]
        for parent, _, names in os.walk(folder):
            for name in names:
                key = (Path(parent) / name).relative_to(self.root).as_posix()
                if key.startswith(prefix) and not name.startswith(_TEMPORARY):
                    yield key

    def delete(self, key: str) -> None:
        with suppress(FileNotFoundError, NotADirectoryError):
            (self.root / key).unlink()

    def file(self, key: str, /) -> Path | None:
        return self.root / key

    def _make_parent(self, path: Path) -> None:
        if path.parent not in self._made:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._made.add(path.parent)

    def _write(self, near: Path, parts: Sequence[Buffer]) -> Path:
        """Write a temporary file in the folder of `near` and return its path; it is gone when anything fails."""
        try:
            self._make_parent(near)
            return _write_file(near.parent, parts)
        except FileNotFoundError:
            # someone removed the folder since it was made
            self._made.clear()
            self._make_parent(near)
            return _write_file(near.parent, parts)


def _write_file(folder: Path, parts: Sequence[Buffer]) -> Path:
    path = folder / f"{_TEMPORARY}{os.getpid()}-{threading.get_ident()}-{next(_numbers)}"
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o444)
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


def _claim(temporary: Path, target: Path) -> bool:
    """Give the finished file the name `target` unless it is taken; says whether it got it."""
    try:
        target.hardlink_to(temporary)
    except FileExistsError:
        return False
    except OSError as error:
        if error.errno not in {errno.EPERM, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK}:
            raise
        return _claim_without_links(temporary, target)
    return True


def _claim_without_links(temporary: Path, target: Path) -> bool:
    # an exclusive empty file takes the name, then the whole one replaces it
    try:
        os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o444))
    except FileExistsError:
        return False
    temporary.rename(target)
    return True
