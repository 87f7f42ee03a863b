"""Which blobs were found whole on this machine since it started, so that a large one is hashed once and not per open.

A mark holds a blob's digest, its file's inode and modification time: a file that was replaced or written to since has
no mark. Marks belong to one boot: what a crash of the machine lost is found on the next open.
"""

from __future__ import annotations

import os
import struct
from functools import cached_property
from pathlib import Path

_MARK = struct.Struct("<32sQq")
_BOOT = Path("/proc/sys/kernel/random/boot_id")


class Verified:
    """The marks of this machine, in a file of `folder` that all processes append to; in memory only without one."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._marks: set[bytes] = set()
        self._read = 0

    @cached_property
    def _file(self) -> Path | None:
        """The file; looked for at the first large blob, which few workers see."""
        return self._folder / _boot_id() if self._folder and _BOOT.exists() else None

    def __contains__(self, blob: tuple[str, os.stat_result]) -> bool:
        mark = _mark(*blob)
        return mark in self._marks or (self._refresh() and mark in self._marks)

    def add(self, digest: str, file: os.stat_result) -> None:
        """From now on every process of this machine takes this file for whole."""
        mark = _mark(digest, file)
        if mark in self._marks:
            return
        self._marks.add(mark)
        if self._file:
            try:
                self._file.parent.mkdir(exist_ok=True)
                with self._file.open("ab", buffering=0) as file_of_marks:
                    file_of_marks.write(mark)
            except OSError:
                # a mark only saves time; a store that cannot be written says so elsewhere
                self._file = None

    def _refresh(self) -> bool:
        """Read the marks other processes added; says whether there were any."""
        if not self._file:
            return False
        try:
            with self._file.open("rb", buffering=0) as file:
                file.seek(self._read)
                data = file.read()
        except OSError:
            return False
        whole = len(data) - len(data) % _MARK.size
        self._read += whole
        self._marks.update(data[at : at + _MARK.size] for at in range(0, whole, _MARK.size))
        return whole > 0


def _mark(digest: str, file: os.stat_result) -> bytes:
    return _MARK.pack(bytes.fromhex(digest), file.st_ino, file.st_mtime_ns)


def _boot_id() -> str:
    return _BOOT.read_text().strip()
