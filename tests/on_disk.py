"""Every byte that a folder holds, while whoever wrote them may still be at it."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from pathlib import Path


def contents(folder: Path) -> dict[Path, bytes]:
    """Return what each file below `folder` holds.

    Of a database there is also what its file does not hold yet, under the same path with `.dump`. What a process
    removes meanwhile, as SQLite its log when the last connection closes, has been written elsewhere by then.
    """
    found: dict[Path, bytes] = {}
    # a folder that goes meanwhile is passed over, which Path.rglob does not do
    paths = [Path(place, name) for place, _, names in os.walk(folder) for name in names]
    # the files that others are written into come last
    for path in sorted(paths, key=lambda each: each.suffix == ".db"):
        with contextlib.suppress(FileNotFoundError):
            found[path] = path.read_bytes()
        if path.suffix == ".db":
            with contextlib.closing(sqlite3.connect(path)) as connection:
                found[path.with_suffix(".dump")] = "\n".join(connection.iterdump()).encode()
    return found
