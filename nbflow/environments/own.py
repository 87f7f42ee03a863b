"""nbflow itself as an archive: where a step runs it is the one that started the run."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path

import nbflow
from nbflow.environments.archive import write_archive
from nbflow.environments.packs import Pack, stored
from nbflow.storage.base import Storage


def own_pack(storage: Storage) -> Pack:
    """Return the archive of the nbflow that is running, stored if it is not there.

    Unpacked, its folder is one for `sys.path`. It is named by what is in it.
    """
    files = _files()
    contents = hashlib.sha256()
    for name, path in sorted(files.items()):
        data = path.read_bytes()
        contents.update(f"{name}\0{len(data)}\0".encode())
        contents.update(data)
    with tempfile.TemporaryDirectory(prefix="nbflow-pack-") as temporary:
        archive = Path(temporary, "nbflow.tar.gz")
        with archive.open("wb") as file:
            write_archive(files, file)
        return stored(storage, f"nbflow-{contents.hexdigest()[:32]}", archive)


def _files() -> dict[str, Path]:
    package = Path(nbflow.__file__).resolve().parent
    return {
        f"nbflow/{path.relative_to(package).as_posix()}": path
        for path in package.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and path.suffix not in {".pyc", ".so"}
    }
