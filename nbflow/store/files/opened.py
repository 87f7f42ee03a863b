"""Files of the store as files that programs open: read-only, beside the store, gone with the process.

A file is put together once for all processes of this machine that use it at the same time: in `opened/whole/`, and each
has a link to it. Who gives the last one back removes it. What a process that was killed left, the next one removes: as
long as a process lives it holds a lock.
"""

from __future__ import annotations

import atexit
import fcntl
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from itertools import accumulate, count
from pathlib import Path
from threading import RLock

from nbflow.errors import raise_for
from nbflow.store import framing
from nbflow.store.blobs import Blobs
from nbflow.store.files.chunks import Chunk, chunks_of
from nbflow.store.files.listing import Link, Regular, Tree

#: from here on a file is shared with other processes
_SHARED = 1 << 20
#: chunks that are brought at once
_THREADS = 8
#: of every shared file: one that was written to has another
_TIME = 315_532_800_000_000_000
_lock = RLock()
_places: dict[tuple[int, Path | None], Place] = {}


def place_for(blobs: Blobs | None) -> Place:
    """Return the folder of this process for files of a store: beside it where it is a folder."""
    root = blobs.storage.near.file("opened") if blobs else None
    key = (os.getpid(), root)
    with _lock:
        if key not in _places:
            _places[key] = Place(root)
        return _places[key]


class Place:
    """A folder of this process.

    Responsibilities: it is gone when the process is, and so is what it shared when nobody else has it.
    """

    def __init__(self, root: Path | None) -> None:
        self._process = os.getpid()
        self._closed = False
        self._numbers = count()
        self._shared: set[Path] = set()
        try:
            self._root = root or Path(tempfile.mkdtemp(prefix="nbflow-files-"))
            self._alone = root is None
            self._whole = self._root / "whole"
            self._whole.mkdir(parents=True, exist_ok=True)
            self._sweep()
            self._handle, self._mark = _claimed(self._root)
            self._folder = self._mark.with_suffix("")
            self._folder.mkdir()
        except OSError as error:
            raise_for("S006", path=root or tempfile.gettempdir(), message=error.strerror or error)
        atexit.register(self.close)
        # a child of a fork calls these, and no function of atexit
        if forks := sys.modules.get("multiprocessing.util"):
            forks.Finalize(None, self.close, exitpriority=0)

    def file(self, name: str, file: Regular, chunks: tuple[Chunk, ...]) -> Path:
        """Return a file with these bytes. Raises S001, S002, S006."""
        return self._made(name, lambda path: self._fill(path, file, chunks))

    def tree(self, name: str, tree: Tree, chunks: tuple[Chunk, ...]) -> Path:
        """Return a folder with these files. Raises S001, S002, S006."""
        return self._made(name, lambda path: self._fill_folder(path, tree, chunks))

    def folder(self, prefix: str) -> Path:
        """Return a new folder, whose name begins with `prefix`. Raises OSError."""
        return Path(tempfile.mkdtemp(prefix=prefix, dir=self._folder))

    def close(self) -> None:
        """Remove all of it."""
        if self._process != os.getpid() or self._closed:
            return
        self._closed = True
        shutil.rmtree(self._root if self._alone else self._folder, ignore_errors=True)
        if not self._alone:
            for whole in self._shared:
                _remove_unused(whole)
            self._mark.unlink(missing_ok=True)
        with suppress(OSError):
            os.close(self._handle)

    def _made(self, name: str, make: Callable[[Path], None]) -> Path:
        target = self._folder / str(next(self._numbers)) / name
        try:
            target.parent.mkdir(parents=True)
            make(target)
        except OSError as error:
            raise_for("S006", path=self._folder, message=error.strerror or error)
        return target

    def _fill_folder(self, path: Path, tree: Tree, chunks: tuple[Chunk, ...]) -> None:
        path.mkdir()
        for name, entry in tree.items():
            if isinstance(entry, dict):
                self._fill_folder(path / name, entry, chunks)
            elif isinstance(entry, Link):
                (path / name).symlink_to(entry.target)
            else:
                self._fill(path / name, entry, chunks)

    def _fill(self, path: Path, file: Regular, chunks: tuple[Chunk, ...]) -> None:
        if file.size < _SHARED or self._alone:
            _write(path, file, chunks)
            return
        whole = self._whole / f"{file.digest}{'-x' if file.executable else ''}"
        with _locked(whole):
            if not _is_intact(whole, file):
                part = whole.with_suffix(".part")
                part.unlink(missing_ok=True)
                _write(part, file, chunks)
                os.utime(part, ns=(_TIME, _TIME))
                part.replace(whole)
            try:
                path.hardlink_to(whole)
            except OSError:
                # a file system without links, or with too many
                whole.rename(path)
        self._shared.add(whole)

    def _sweep(self) -> None:
        """Remove what processes left that are no more."""
        for mark in self._root.glob("*.held"):
            with suppress(OSError), mark.open("ab") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(mark.with_suffix(""), ignore_errors=True)
                mark.unlink()
        for whole in self._whole.iterdir():
            if whole.suffix != ".lock":
                _remove_unused(whole)


def _claimed(root: Path) -> tuple[int, Path]:
    """Return a file of this process in `root`, locked as long as it lives, and its path."""
    while True:
        handle, name = tempfile.mkstemp(suffix=".held", prefix=f"{os.getpid()}-", dir=root)
        fcntl.flock(handle, fcntl.LOCK_EX)
        if os.fstat(handle).st_nlink:
            return handle, Path(name)
        # somebody who sweeps was faster
        os.close(handle)


@contextmanager
def _locked(whole: Path, *, wait: bool = True) -> Iterator[None]:
    with whole.with_suffix(".lock").open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield


def _remove_unused(whole: Path) -> None:
    with suppress(OSError), _locked(whole, wait=False):
        if not whole.exists() or whole.stat().st_nlink == 1:
            whole.unlink(missing_ok=True)
            whole.with_suffix(".lock").unlink(missing_ok=True)


def _is_intact(whole: Path, file: Regular) -> bool:
    try:
        found = whole.stat()
    except FileNotFoundError:
        return False
    return found.st_size == file.size and found.st_mtime_ns == _TIME


def _write(path: Path, file: Regular, chunks: tuple[Chunk, ...]) -> None:
    """Write the bytes of a file to a new one that nobody may write to."""
    own = chunks_of(file, chunks)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        starts = (0, *accumulate(each.size for each in own))
        if len(own) == 1:
            _copy(own[0], handle, 0)
        elif own:
            with ThreadPoolExecutor(_THREADS, thread_name_prefix="nbflow-open") as threads:
                for done in [threads.submit(_copy, each, handle, at) for each, at in zip(own, starts, strict=False)]:
                    done.result()
        os.fchmod(handle, 0o555 if file.executable else 0o444)
    except BaseException:
        path.unlink()
        raise
    finally:
        os.close(handle)


def _copy(chunk: Chunk, handle: int, at: int) -> None:
    """Write a chunk: within the system, or even as the very blocks of its blob, where that can be."""
    view = chunk.view()
    done = 0
    if chunk.ref is not None and (source := _blob_of(chunk)) and hasattr(os, "copy_file_range"):
        # what cannot be copied so is written
        with suppress(OSError), source.open("rb", buffering=0) as blob:
            begin = framing.OFFSET + chunk.ref.offset
            while done < chunk.size:
                copied = os.copy_file_range(blob.fileno(), handle, chunk.size - done, begin + done, at + done)
                if not copied:
                    break
                done += copied
    while done < chunk.size:
        done += os.pwrite(handle, view[done:], at + done)


def _blob_of(chunk: Chunk) -> Path | None:
    if chunk.home is None or chunk.ref is None:
        return None
    return chunk.home.storage.near.file(f"blobs/{chunk.ref.blob[:2]}/{chunk.ref.blob}")
