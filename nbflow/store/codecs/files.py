"""Files and folders: what there is of them in the stream, their bytes in chunks beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nbflow.store.codecs.ports import Sink, Source

if TYPE_CHECKING:
    from nbflow.store.files.directory import Directory
    from nbflow.store.files.file import File

#: a listing, and a table of chunks: see `nbflow.store.files`
Parts = tuple[bytes, bytes]


def file_apart(value: File | Directory, sink: Sink) -> Parts:
    """Return the form of a file or folder."""
    return value.apart(sink)


def file_together(parts: Any, source: Source) -> File:
    """Return the file of a form; its bytes stay where they are."""
    from nbflow.store.files.file import File

    return File.together(parts, source)


def directory_together(parts: Any, source: Source) -> Directory:
    """Return the folder of a form; its bytes stay where they are."""
    from nbflow.store.files.directory import Directory

    return Directory.together(parts, source)
