"""Where files are that were got: in a task beside its store, elsewhere where a person works."""

from __future__ import annotations

import atexit
import os
import shutil
import sys
import tempfile
from pathlib import Path

from nbflow.errors import problem
from nbflow.model.s3_errors import S3SpaceError
from nbflow.store.files.keeping import store_here
from nbflow.store.files.opened import place_for

_PREFIX = "nbflow.s3."
#: folders that are there, and which process made each
_made: dict[Path, int] = {}
#: processes that remove what they made when they end
_ending: set[int] = set()


def folder_in(root: str | None) -> Path:
    """Return a new folder in `root`; None: where it is gone with the task, else where one works. Raises S024, S006.

    It is there until `remove`, or the end of the process.
    """
    try:
        if root is None and (store := store_here()) is not None:
            folder = place_for(store).folder(_PREFIX)
        else:
            folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=root or ".")).resolve()
    except OSError as error:
        raise S3SpaceError(
            problem("S024", url="what S3 gets", path=root or Path.cwd(), why=error.strerror or error)
        ) from None
    _made[folder] = os.getpid()
    if os.getpid() not in _ending:
        _ending.add(os.getpid())
        atexit.register(_remove_all)
        # a child of a fork calls these, and no function of atexit
        if forks := sys.modules.get("multiprocessing.util"):
            forks.Finalize(None, _remove_all, exitpriority=0)
    return folder


def remove(folder: Path) -> None:
    """Remove a folder; children of a fork leave alone what they did not make."""
    if _made.pop(folder, None) == os.getpid():
        shutil.rmtree(folder, ignore_errors=True)


def _remove_all() -> None:
    for folder in [*_made]:
        remove(folder)
