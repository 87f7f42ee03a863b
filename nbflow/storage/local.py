"""Storage in a local folder: a key is a plain file below it, read-only once written.

A file appears under its key whole: it is written beside it under a temporary name and renamed. Nothing is synced to
disk, so a crash of the machine may lose the last files; readers check sizes and digests and say so.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from nbflow.storage.base import Key, Progress
from nbflow.storage.whole import TEMPORARY, fill, name_in, open_new, pieces, whole

if TYPE_CHECKING:
    from typing_extensions import Buffer

#: of what is stored here
_READ_ONLY = 0o444


class LocalStorage:
    """Files below `root`."""

    def __init__(self, root: str | os.PathLike[str]) -> None:
        self.root = Path(root)
        self._made: set[Path] = set()

    @property
    def near(self) -> LocalStorage:
        return self

    def put(self, key: Key, parts: Iterable[Buffer]) -> str:
        beside = self.root / key if isinstance(key, str) else self.root / TEMPORARY
        temporary = self._write(beside, parts)
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

    def put_file(self, key: str, path: Path, progress: Progress | None = None) -> None:
        self.put(key, pieces(path, progress))

    def take(self, key: str, write: Callable[[Path], None]) -> Path:
        """Have `write` make the file of a key, at the path it is given, and return where it is then."""
        target = self.root / key
        target.parent.mkdir(parents=True, exist_ok=True)
        with whole(target) as part:
            write(part)
            part.chmod(_READ_ONLY)
        return target

    def keep(self, key: str) -> None:
        """Nothing is to be done: what was put is there."""

    def renew(self, _key: str, /) -> bool:
        return False

    def get(self, key: str, start: int = 0, size: int | None = None) -> bytes:
        with (self.root / key).open("rb", buffering=0) as file:
            if size is None:
                size = max(os.fstat(file.fileno()).st_size - start, 0)
            data = os.pread(file.fileno(), size, start)
            while len(data) < size and (more := os.pread(file.fileno(), size - len(data), start + len(data))):
                data += more
        return data

    def get_file(self, key: str, path: Path, progress: Progress | None = None) -> None:
        with whole(path) as part:
            fill(open_new(part, 0o666), part, pieces(self.root / key, progress))

    def size(self, key: str) -> int | None:
        try:
            return (self.root / key).stat().st_size
        except (FileNotFoundError, NotADirectoryError):
            return None

    def list(self, prefix: str = "", after: str = "") -> Iterator[str]:
        found = (key for key in self._walk(prefix) if key > after)
        yield from sorted(found) if after else found

    def delete(self, key: str) -> None:
        with suppress(FileNotFoundError, NotADirectoryError):
            (self.root / key).unlink()

    def delete_many(self, keys: Iterable[str]) -> None:
        for key in keys:
            self.delete(key)

    def file(self, key: str, /) -> Path | None:
        return self.root / key

    def settle(self) -> None:
        """Nothing is on its way."""

    def _walk(self, prefix: str) -> Iterator[str]:
        # only the folder that the prefix names is walked: `blobs/ab` does not touch the other 255
        folder = self.root / prefix.rpartition("/")[0]
        # texts, since a path for each of many names takes longer than to read the folder
        start = len(f"{self.root}{os.sep}")
        for parent, _, names in os.walk(folder):
            place = f"{parent}{os.sep}"[start:].replace(os.sep, "/")
            for name in names:
                key = f"{place}{name}"
                if key.startswith(prefix) and not name.startswith(TEMPORARY):
                    yield key

    def _make_parent(self, path: Path) -> None:
        if path.parent not in self._made:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._made.add(path.parent)

    def _write(self, beside: Path, parts: Iterable[Buffer]) -> Path:
        """Write a temporary file in the folder of `beside` and return its path; it is gone when anything fails."""
        self._make_parent(beside)
        path = name_in(beside.parent)
        try:
            handle = open_new(path)
        except FileNotFoundError:
            # someone removed the folder since it was made
            self._made.clear()
            self._make_parent(beside)
            handle = open_new(path)
        return fill(handle, path, parts)


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
