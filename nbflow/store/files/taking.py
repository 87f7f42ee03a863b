"""Files of this machine taken into chunks, never a whole one in memory; trees of them, with what cannot be taken told."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

from blake3 import blake3

from nbflow.errors import raise_for
from nbflow.frozen import frozen
from nbflow.model.ids import Digest
from nbflow.store.blobs import digest_of
from nbflow.store.files.chunks import CHUNK, SHARED, SMALL, Chunk, Put, chunks_of
from nbflow.store.files.listing import DEEPEST, Entry, Link, Regular, Tree

#: of the digests of small files, one in so many ends a shared chunk
_ENDS = 32


@frozen
class Taken:
    """A file or a folder, and the chunks it is in."""

    entry: Entry
    chunks: tuple[Chunk, ...]


def take_file(path: Path, put: Put) -> Taken:
    """Take the file at `path`. Raises S030, S031."""
    taker = _Taker(put, "File", path)
    alone: Tree = {}
    taker.file(path, alone, "")
    return taker.taken(alone)[""]


def take_folder(path: Path, put: Put) -> Taken:
    """Take the folder at `path`, with all that is below. Raises S030, S031."""
    taker = _Taker(put, "Directory", path)
    return taker.taken({"": taker.folder(path, 0)})[""]


def arranged(tree: Tree, chunks: tuple[Chunk, ...], put: Put, again: Callable[[Chunk], Chunk]) -> Taken:
    """Return a folder out of another one in chunks of its own, as if it had been taken by itself.

    `again` is given the chunks that are as they were, in the order of all.
    """
    taker = _Taker(put, "Directory", Path())
    return taker.taken({"": taker.again(tree, chunks, again)})[""]


class _Taker:
    """Fills chunks, in the order of names: what is equal is in equal chunks."""

    def __init__(self, put: Put, kind: str, root: Path) -> None:
        self._put = put
        self._kind = kind
        self._root = root
        self._chunks: list[Chunk] = []
        #: the shared chunk that is being filled, and the files in it
        self._shared = bytearray()
        self._sharing: list[tuple[Tree, str]] = []

    def taken(self, alone: Tree) -> dict[str, Taken]:
        """Return what was taken, with the last chunk."""
        self._close()
        return {name: Taken(entry, tuple(self._chunks)) for name, entry in alone.items()}

    def file(self, path: Path, into: Tree, name: str) -> None:
        try:
            # what is no file may wait for somebody who writes to it
            handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        except OSError as error:
            self._refuse(path, _said(error))
        try:
            before = os.fstat(handle)
            if not stat.S_ISREG(before.st_mode):
                self._refuse_kind(path, before)
            executable = bool(before.st_mode & 0o100)
            if before.st_size < SMALL:
                data = _all(handle)
                size = len(data)
                self._share(data, into, name, executable=executable)
            else:
                size = self._large(handle, into, name, executable=executable)
            if size != before.st_size or stamp_of(os.fstat(handle)) != stamp_of(before):
                raise_for("S031", path=path, kind=self._kind, when="while it was being read")
        except OSError as error:
            self._refuse(path, _said(error))
        finally:
            os.close(handle)

    def folder(self, path: Path, depth: int) -> Tree:
        if depth > DEEPEST:
            self._refuse(path, f"it is more than {DEEPEST} folders deep")
        try:
            names = sorted(each.name for each in path.iterdir())
        except NotADirectoryError:
            self._refuse(path, "it is a file", "use nbflow.File")
        except OSError as error:
            self._refuse(path, _said(error))
        found: Tree = {}
        for name in names:
            self._enter(path / name, found, name, depth)
        return found

    def again(self, tree: Tree, chunks: tuple[Chunk, ...], again: Callable[[Chunk], Chunk]) -> Tree:
        found: Tree = {}
        for name, entry in sorted(tree.items()):
            if isinstance(entry, Link):
                found[name] = entry
            elif isinstance(entry, dict):
                found[name] = self.again(entry, chunks, again)
            elif entry.size < SMALL:
                data = b"".join(each.view() for each in chunks_of(entry, chunks))
                self._share(data, found, name, executable=entry.executable)
            else:
                found[name] = replace(entry, first=len(self._chunks), start=0)
                self._chunks += map(again, chunks_of(entry, chunks))
        return found

    def _enter(self, path: Path, into: Tree, name: str, depth: int) -> None:
        try:
            mode = path.lstat().st_mode
        except OSError as error:
            self._refuse(path, _said(error))
        if stat.S_ISDIR(mode):
            into[name] = self.folder(path, depth + 1)
        elif stat.S_ISLNK(mode) and (link := self._link(path)):
            into[name] = link
        else:
            self.file(path, into, name)

    def _link(self, path: Path) -> Link | None:
        """Return a link within the tree as one; None: it leads to a file elsewhere, which is taken instead."""
        target = str(path.readlink())
        if not path.exists():
            self._refuse(path, f"it is a link to {target}, which is not there")
        if not target.startswith(os.sep) and self._is_within(path, target):
            return Link(target)
        if path.is_dir():
            self._refuse(path, f"it is a link to a folder elsewhere, {path.resolve()}", "put that folder there itself")
        return None

    def _is_within(self, path: Path, target: str) -> bool:
        """Whether a link leads to something in the tree, both by its text and in truth."""
        root = os.path.realpath(self._root)
        by_text = os.path.normpath(f"{os.path.realpath(path.parent)}/{target}")
        return all(each.startswith(f"{root}{os.sep}") for each in (by_text, os.path.realpath(path)))

    def _share(self, data: bytes, into: Tree, name: str, *, executable: bool) -> None:
        digest = digest_of(data)
        into[name] = Regular(len(data), digest, 0, len(self._shared), executable)
        if not data:
            into[name] = Regular(0, digest, 0, 0, executable)
            return
        self._sharing.append((into, name))
        self._shared += data
        if len(self._shared) >= SHARED or int(digest[:4], 16) % _ENDS == 0:
            self._close()

    def _close(self) -> None:
        for tree, name in self._sharing:
            entry = tree[name]
            assert isinstance(entry, Regular)
            tree[name] = replace(entry, first=len(self._chunks))
        if self._shared:
            self._chunks.append(self._put(memoryview(self._shared)))
        self._shared, self._sharing = bytearray(), []

    def _large(self, handle: int, into: Tree, name: str, *, executable: bool) -> int:
        first, size, hasher = len(self._chunks), 0, blake3()
        for piece in _pieces(handle):
            hasher.update(piece)
            self._chunks.append(self._put(piece))
            size += len(piece)
        into[name] = Regular(size, Digest(hasher.hexdigest()), first, 0, executable)
        return size

    def _refuse_kind(self, path: Path, found: os.stat_result) -> NoReturn:
        if stat.S_ISDIR(found.st_mode):
            self._refuse(path, "it is a folder", "use nbflow.Directory")
        what = "a pipe" if stat.S_ISFIFO(found.st_mode) else "a device" if found.st_rdev else "no file"
        self._refuse(path, f"it is {what}")

    def _refuse(self, path: Path, why: str, fix: str = "") -> NoReturn:
        raise_for("S030", path=path, kind=self._kind, why=why, fix=fix or "make it first, or leave it out")


def _all(handle: int) -> bytes:
    """Return what a small file holds, or a byte more than a small one has."""
    data = b""
    while len(data) <= SMALL and (more := os.read(handle, SMALL + 1 - len(data))):
        data += more
    return data


def _pieces(handle: int) -> Iterator[memoryview]:
    """Yield what a file holds; each piece is in the place of the one before."""
    room = memoryview(bytearray(CHUNK))
    while True:
        filled = 0
        while filled < CHUNK and (more := os.readv(handle, [room[filled:]])):
            filled += more
        if filled:
            yield room[:filled]
        if filled < CHUNK:
            return


def stamp_of(found: os.stat_result) -> tuple[int, ...]:
    """Return what is another when a file was written to or replaced."""
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


def _said(error: OSError) -> str:
    if error.errno == errno.ENXIO:
        return "it is a socket, or a pipe"
    return {errno.ENOENT: "there is no such file", errno.ELOOP: "its links lead in a circle"}.get(
        error.errno or 0, (error.strerror or str(error)).lower()
    )


def stamps_of(path: Path) -> tuple[tuple[int, ...], ...]:
    """Return the stamps of a file, or of all that is in a folder."""
    found = [stamp_of(path.stat())]
    for folder, folders, names in os.walk(path):
        found += (stamp_of(os.lstat(Path(folder) / name)) for name in (*folders, *names))
    return tuple(sorted(found))
