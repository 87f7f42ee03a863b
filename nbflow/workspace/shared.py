"""What makes a folder a window on a bucket: the file `shared` in it, which names the bucket.

Every process that opens the folder finds the bucket by it: a kernel, a terminal, a worker, a container.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from pathlib import Path
from typing import Any

from nbflow.errors import raise_for
from nbflow.frozen import frozen
from nbflow.storage.base import Storage
from nbflow.storage.local import LocalStorage

#: the file
MARK = "shared"
#: version of the keys in a bucket
FORMAT = 1

_FORMAT_KEY = "format"
_URL = re.compile(r"[a-z][a-z0-9+.-]*://")
_WORD = re.compile(r"[^A-Za-z0-9]+")


@frozen
class Shared:
    """A bucket, or a part of one, as the file says it."""

    #: as in `s3://bucket/prefix`
    url: str
    region: str | None = None
    #: address of the service, where it is not the usual one
    endpoint: str | None = None
    #: profile of AWS's configuration whose credentials are used
    profile: str | None = None

    def to_json(self) -> dict[str, Any]:
        return {"url": self.url, "region": self.region, "endpoint": self.endpoint, "profile": self.profile}

    @classmethod
    def at(cls, root: Path) -> Shared | None:
        """Return what the folder `root` is a window on, None when it is only a folder. Raises S003."""
        try:
            raw = json.loads((root / MARK).read_text())
            return cls(raw["url"], raw.get("region"), raw.get("endpoint"), raw.get("profile"))
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError):
            raise_for("S003", path=root / MARK, found="unreadable", known=FORMAT)

    def mark(self, root: Path) -> None:
        """Make the folder `root` a window on this bucket."""
        text = json.dumps(self.to_json(), indent=1)
        path = root / MARK
        if path.exists() and path.read_text() == text:
            return
        half = root / f".{MARK}-{os.getpid()}"
        half.write_text(text)
        half.replace(path)

    def storage(self) -> Storage:
        """Return the bucket below its prefix."""
        from nbflow.storage.urls import open_storage

        return open_storage(self.url, region=self.region, endpoint=self.endpoint, profile=self.profile)


def is_url(root: str) -> bool:
    """Say whether a store is named by a URL: `s3://bucket/prefix`."""
    return bool(_URL.match(root))


def window_of(url: str) -> Path:
    """Return the folder on this machine that is the window on the bucket at `url`; it may be missing."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    plain = url.rstrip("/")
    word = _WORD.sub("-", plain.partition("://")[2]).strip("-")[:40]
    return cache / "nbflow" / "stores" / f"{word}-{hashlib.sha256(plain.encode()).hexdigest()[:12]}"


def storage_at(root: Path) -> Storage:
    """Return the storage of the workspace in folder `root`: the folder, or the bucket with the folder before it."""
    shared = Shared.at(root)
    if shared is None:
        return LocalStorage(root)
    from nbflow.storage.cached import CachedStorage

    return CachedStorage(LocalStorage(root), shared.storage())


def prepare(far: Storage, url: str) -> None:
    """See to it that the bucket is a store of this version. Raises S003 when it is one of a newer version."""
    try:
        words = far.get(_FORMAT_KEY).decode(errors="replace").split()
    except FileNotFoundError:
        far.put_new(_FORMAT_KEY, [f"nbflow bucket {FORMAT}\n".encode()])
        return
    if words[:2] != ["nbflow", "bucket"] or not words[-1].isdigit() or int(words[-1]) > FORMAT:
        raise_for("S003", path=url, found=words[-1] if words else "none", known=FORMAT)
