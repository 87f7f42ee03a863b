"""Checks of the folder that a store is in: where it is and why, whether it can be written, how much room there is."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from pathlib import Path

from nbflow.cards.figures import duration, size
from nbflow.configuration.settings import Settings
from nbflow.configuration.settings import settings as settings_here
from nbflow.errors import NbflowError
from nbflow.frozen import frozen
from nbflow.hosted import here
from nbflow.metadata.filesystem import network_type, type_of
from nbflow.upkeep.finding import Finding, broken, fine, warning
from nbflow.workspace import Workspace
from nbflow.workspace.shared import is_url, window_of

_ROOM_WARNING = 1_000_000_000
_ROOM_BROKEN = 50_000_000
_FEW_FILES = 1000
#: seconds by which the clock of a file system may differ from ours
_SKEW = 5.0


@frozen
class Place:
    """Where the store is, or would be made."""

    root: Path
    #: how it was found
    why: str
    exists: bool
    #: of the bucket that the folder is a window on
    url: str | None = None

    @property
    def folder(self) -> Path:
        """The store, or the nearest folder above it that there is."""
        return next(each for each in (self.root, *self.root.parents) if each.exists())


def place_of(named: str | None, settings: Settings | None = None) -> Place:
    """Return the place of the store `named`, else of the one that commands typed here use.

    `settings`: what is set, if that is known already. Raises ConfigurationError where it has to be looked up in vain.
    """
    if named is not None:
        return _place(named, "named by --store")
    found = settings_here() if settings is None else settings
    if found.root:
        return _place(found.root, f"named by {found.sources['root']}")
    near = Workspace.nearest()
    if near is None:
        made = Workspace.made_at()
        return _place(str(made), "here" if made.parent == Path.cwd() else f"where {here().name} keeps files")
    return _place(str(near), "in this folder" if near.parent == Path.cwd().resolve() else "found above this folder")


def _place(root: str, why: str) -> Place:
    url = root.rstrip("/") if is_url(root) else None
    folder = window_of(url) if url else Path(root).expanduser().absolute()
    return Place(folder, why, (folder / "format").exists(), url)


def store(place: Place) -> Finding:
    """Whether there is a store, of a version that is known. Of a bucket only its place is told."""
    if place.url:
        return fine("store", f"{place.url} · {place.why}")
    if not place.exists:
        if place.why == "named by --store":
            return broken("store", f"there is none at {place.root}", "name a folder that has a file 'format'")
        return fine("store", f"none yet; the first run makes {place.root}")
    try:
        Workspace.open(place.root)
    except NbflowError as error:
        first = error.problems[0]
        return broken("store", first.what, first.fix)
    return fine("store", f"{place.root} · {place.why}")


def disk(place: Place) -> Finding:
    """Whether the store can be written, and how much room there is."""
    kind = _file_system(place.folder)
    elsewhere = "set NBFLOW_ROOT to a folder that can be written"
    try:
        skew = _written(place.folder)
    except OSError as error:
        return broken("disk", f"{place.folder} cannot be written: {error.strerror}", elsewhere)
    room = shutil.disk_usage(place.folder).free
    said = " · ".join(part for part in (f"{size(room)} free", kind) if part)
    if room < _ROOM_BROKEN:
        return broken("disk", said, "free some space, or set NBFLOW_ROOT to a folder on another disk")
    if room < _ROOM_WARNING:
        return warning("disk", said, "free some space before it ends a run")
    files = os.statvfs(place.folder)
    if files.f_files and files.f_favail < _FEW_FILES:
        return warning(
            "disk", f"{said} · room for {files.f_favail} more files", "delete some files before it ends a run"
        )
    if abs(skew) > _SKEW:
        return warning(
            "disk", f"{said} · its clock differs by {duration(abs(skew))}", "set both clocks by a time server"
        )
    if network_type(place.folder):
        return warning(
            "disk",
            f"{said}: readers and writers of the store wait for each other",
            "set NBFLOW_ROOT to a folder on a local disk, if that is too slow",
        )
    return fine("disk", said)


def _file_system(folder: Path) -> str:
    try:
        return type_of(folder.resolve(), Path("/proc/self/mountinfo").read_text()) or ""
    except OSError:
        return ""


def _written(folder: Path) -> float:
    """Write a file that is gone at once, and return the seconds by which its clock is ahead. Raises OSError."""
    with tempfile.NamedTemporaryFile(prefix=".part-", dir=folder) as file:
        file.write(b"\0")
        file.flush()
        return os.fstat(file.fileno()).st_mtime - time.time()
