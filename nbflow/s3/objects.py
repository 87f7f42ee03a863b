"""What `S3` takes and returns."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

#: under which Metaflow, too, keeps a person's own metadata, as JSON
ATTRIBUTE = "metaflow-user-attributes"


class S3GetObject(NamedTuple):
    """A part of an object: `length` bytes (None: all that follow) from `offset`."""

    key: str
    offset: int = 0
    length: int | None = None


class S3PutObject(NamedTuple):
    """What to put under a key: `value` with `put_many`, the file at `path` with `put_files`."""

    key: str
    value: str | bytes | None = None
    path: str | None = None
    content_type: str | None = None
    encryption: str | None = None
    metadata: Mapping[str, str] | None = None


class RangeInfo(NamedTuple):
    """Which part of an object was got, in bytes."""

    total_size: int
    request_offset: int = 0
    request_length: int | None = None


class Info(NamedTuple):
    """What a service says of an object."""

    size: int
    last_modified: datetime | None = None
    content_type: str | None = None
    metadata: Mapping[str, str] | None = None

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Info:
        """Return it from what ObjectStorage tells."""
        attributes = told.get("attributes") or {}
        own = attributes.get(ATTRIBUTE)
        return cls(
            told["size"], told.get("last_modified"), attributes.get("Content-Type"), json.loads(own) if own else None
        )


def attributes_of(content_type: str | None, metadata: Mapping[str, str] | None) -> dict[str, str] | None:
    """Return what is to be kept with an object, None for nothing."""
    found = {"Content-Type": content_type} if content_type else {}
    return {**found, **({ATTRIBUTE: json.dumps(dict(metadata))} if metadata else {})} or None


class S3Object:
    """An object, or the beginning of keys, that `S3` found, got or looked for."""

    def __init__(
        self,
        root: str | None,
        url: str,
        path: Path | None = None,
        info: Info | None = None,
        *,
        range_info: RangeInfo | None = None,
        described: bool = False,
        encryption: str | None = None,
    ) -> None:
        self._root = root.rstrip("/") if root else None
        self._url = url
        self._path = path
        self._info = info
        self._range = range_info
        self._described = described
        self._encryption = encryption

    @property
    def exists(self) -> bool:
        """Whether there is such an object; a beginning of keys is none."""
        return self._info is not None

    @property
    def downloaded(self) -> bool:
        """Whether its bytes are in a file here."""
        return self._path is not None

    @property
    def url(self) -> str:
        """All of it, as in `s3://bucket/prefix/key`."""
        return self._url

    @property
    def prefix(self) -> str | None:
        """What the key is relative to: the root of the S3, or what was listed. None: the key is the URL."""
        return None if self.key == self._url else self._root

    @property
    def key(self) -> str:
        """The URL without its prefix."""
        if self._root is None or not self._url.startswith(f"{self._root}/"):
            return self._url
        return self._url[len(self._root) + 1 :].rstrip("/")

    @property
    def path(self) -> str | None:
        """The file that holds its bytes until the S3 is closed; None when they were not got."""
        return str(self._path) if self._path else None

    @property
    def blob(self) -> bytes | None:
        """Its bytes; None when they were not got."""
        return self._path.read_bytes() if self._path else None

    @property
    def text(self) -> str | None:
        """Its bytes as UTF-8 text; None when they were not got."""
        return self._path.read_text(encoding="utf-8") if self._path else None

    @property
    def size(self) -> int | None:
        """Bytes of it, or of the part that was got. None when there is none."""
        if self._path is not None:
            return self._path.stat().st_size
        return self._info.size if self._info else None

    @property
    def has_info(self) -> bool:
        """Whether `content_type` and `metadata` were asked for."""
        return self._described

    @property
    def metadata(self) -> Mapping[str, str] | None:
        """What `put` was given to be kept with it."""
        return self._info.metadata if self._info else None

    @property
    def content_type(self) -> str | None:
        """Its MIME type, as the service says."""
        return self._info.content_type if self._info else None

    @property
    def encryption(self) -> str | None:
        """How this S3 has objects encrypted, None for as the bucket does by default."""
        return self._encryption

    @property
    def range_info(self) -> RangeInfo | None:
        """Which part of it was got; None for all of it."""
        return self._range

    @property
    def last_modified(self) -> int | None:
        """When it was put, in seconds since 1970."""
        when = self._info.last_modified if self._info else None
        return int(when.timestamp()) if when else None

    def __str__(self) -> str:
        if self._path is not None:
            return f"<S3Object {self._url} ({self.size} bytes, local)>"
        return f"<S3Object {self._url} ({f'{self.size} bytes, in S3' if self.exists else 'no object'})>"

    __repr__ = __str__
