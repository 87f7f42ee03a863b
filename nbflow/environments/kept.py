"""Locks kept in the workspace, so that what was locked once is neither resolved nor asked for again.

environments/<digest>.json        a lock
environments/asked/<key>          the digest of the lock that was made of what was asked for
"""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path

from nbflow.environments.lock import Lock
from nbflow.errors import raise_for


class Kept:
    """The locks of one workspace.

    Args:
        root: its folder.
    """

    def __init__(self, root: Path) -> None:
        self._folder = root / "environments"

    def find(self, key: str) -> Lock | None:
        """Return the lock that was kept under `key`; None where none was."""
        with contextlib.suppress(OSError, ValueError, KeyError):
            return self._read((self._folder / "asked" / key).read_text("ascii").strip())
        return None

    def get(self, digest: str) -> Lock:
        """Return the lock of this digest. Raises PackageError E016: there is none."""
        try:
            return self._read(digest)
        except (OSError, ValueError, KeyError):
            raise_for("E016", digest=digest[:12])

    def keep(self, key: str, lock: Lock) -> None:
        """Keep `lock` under `key`, in place of what was there."""
        _write(self._folder / f"{lock.digest}.json", json.dumps(lock.to_json(), indent=1) + "\n")
        _write(self._folder / "asked" / key, f"{lock.digest}\n")

    def _read(self, digest: str) -> Lock:
        lock = Lock.from_json(json.loads((self._folder / f"{digest}.json").read_text("utf-8")))
        if lock.digest != digest:
            raise ValueError("a lock of another format, or changed since")
        return lock


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(f".{path.name}-{os.getpid()}")
    half.write_text(text, "utf-8")
    half.replace(path)
