"""A tar.gz without anything of when, where or by whom it was made; Python's standard library unpacks it."""

from __future__ import annotations

import gzip
import tarfile
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO

#: of 1 to 9: what takes longest is to send it, and beyond 1 it hardly gets smaller
_LEVEL = 1


def write_archive(files: Mapping[str, Path | bytes], to: BinaryIO) -> None:
    """Write an archive of files, or of bytes, by their names in it."""
    with (
        gzip.GzipFile("", "wb", _LEVEL, to, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as archive,
    ):
        for name in sorted(files):
            _add(archive, name, files[name])


def _add(archive: tarfile.TarFile, name: str, source: Path | bytes) -> None:
    entry = tarfile.TarInfo(name)
    if isinstance(source, bytes):
        import io

        entry.size, entry.mode = len(source), 0o644
        archive.addfile(entry, io.BytesIO(source))
        return
    status = source.stat()
    entry.size = status.st_size
    entry.mode = 0o755 if status.st_mode & 0o100 else 0o644
    with source.open("rb") as file:
        archive.addfile(entry, file)
