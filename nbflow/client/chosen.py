"""Which store the client reads: that of the working directory, or one that was chosen."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path

from nbflow.errors import raise_for
from nbflow.workspace import NAME, Workspace
from nbflow.workspace.shared import Shared, is_url

#: kinds of stores: a folder; a bucket with a folder of this machine before it
_LOCAL, _BUCKET = "local", "bucket"


class _Choice:
    """What this process chose; nothing at first."""

    #: folder of the store; None: the one nearest to the working directory
    root: Path | None = None
    #: flows list tasks that ran alone, too
    spins = False


def metadata(metadata: str) -> str:
    """Let the client read another store, and return what `get_metadata` says from now on.

    Args:
        metadata: `local@FOLDER`, or the folder alone: the store itself, or the folder that `.nbflow` is in. For a
            store in a bucket `bucket@URL`, or its URL alone, as in `s3://bucket/prefix`.

    Raises M015 when there is no store.
    """
    _Choice.root, _Choice.spins = _root_of(metadata), False
    return get_metadata()


def get_metadata() -> str:
    """Return which store the client reads, as `metadata` takes it: `local@/data/.nbflow`."""
    return described((_Choice.root or Workspace.nearest() or Path.cwd() / NAME).resolve())


def default_metadata() -> str:
    """Let the client read the store of the working directory again, and return it."""
    _Choice.root, _Choice.spins = None, False
    return get_metadata()


def inspect_spin(datastore_root: str | os.PathLike[str] = ".") -> None:
    """Let the client list the tasks that `spin` ran alone, too, in the store at `datastore_root`.

    As it stands that is the store of the working directory; else see `metadata`. They are runs of the same store, as `Run("Sales/spin-2")`, and found by that name at any time. Flows leave them
    out of their runs until this is called; `metadata` and `default_metadata` take it back.
    """
    named = os.fspath(datastore_root)
    _Choice.root = None if named == "." else _root_of(named)
    _Choice.spins = True


def spins_shown() -> bool:
    """Say whether flows list tasks that ran alone."""
    return _Choice.spins


def described(root: Path) -> str:
    """Return a store as `metadata` takes it."""
    shared = Shared.at(root)
    return f"{_BUCKET}@{shared.url}" if shared else f"{_LOCAL}@{root}"


def workspace_here(name: str) -> Workspace:
    """Return the store the client reads. Raises M001 (no flow `name`), without a name M019, where there is none."""
    found = workspace_if_any()
    if found is None:
        why = f"nothing has run in {Path.cwd()} or a folder above it"
        if not name:
            raise_for("M019", why=why)
        raise_for("M001", name=name, hint="", why=why)
    return found


def workspace_if_any() -> Workspace | None:
    """Return the store the client reads, None where there is none: looking makes nothing."""
    root = _Choice.root or Workspace.nearest()
    return workspace_at(root) if root else None


def workspace_at(root: Path) -> Workspace | None:
    """Return the store in folder `root`; None when there is none."""
    return _opened(root, root.stat().st_ino) if root.exists() else None


@lru_cache(maxsize=8)
def _opened(root: Path, _folder: int) -> Workspace:
    # a folder that was deleted and made again has the same name, but is another one
    return Workspace.open(root)


def _root_of(metadata: str) -> Path:
    kind, at, rest = metadata.partition("@")
    url = rest if kind == _BUCKET else metadata
    if is_url(url) and not url.startswith(("http:", "https:")):
        return Workspace.open(url).root
    if "://" in metadata or (at and kind.isidentifier() and kind != _LOCAL):
        raise_for("M015", metadata=metadata, why="runs are kept in a folder or a bucket; no service is asked")
    folder = Path(rest if at and kind == _LOCAL else metadata).expanduser().resolve()
    for root in (folder / NAME, folder):
        if (root / "format").is_file():
            return root
    return raise_for("M015", metadata=metadata, why=f"nothing has run in {folder}")
