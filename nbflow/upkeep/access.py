"""Check of what may be done in a store's bucket, by doing it: one small object is written, read and deleted."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from contextlib import suppress

from nbflow.errors import NbflowError
from nbflow.storage.base import Storage
from nbflow.upkeep.finding import Finding, broken, fine

_ABOUT = "access"
_DENIED = "NBF-S012"
#: the action that S3 calls what was tried, by what is tried
_S3 = {
    "list": "s3:ListBucket",
    "write": "s3:PutObject",
    "read": "s3:GetObject",
    "delete": "s3:DeleteObject",
}


def access(opened: Callable[[], Storage], url: str) -> Finding:
    """Whether keys can be listed, written, kept from being overwritten, read and deleted."""
    key, content = f"probes/{uuid.uuid4().hex}", b"nbflow doctor"
    what = "list"
    try:
        storage = opened()
        next(iter(storage.list("probes/")), None)
        what = "write"
        if not storage.put_new(key, [content]):
            return _no_conditions(url)
        try:
            what = "read"
            if storage.get(key) != content:
                return broken(_ABOUT, "what was written is not what is read", "is there a proxy that changes answers?")
            what = "write"
            if storage.put_new(key, [b"another"]):
                return _no_conditions(url)
        finally:
            with suppress(OSError, NbflowError):
                # told below, unless something else is
                storage.delete(key)
        what = "delete"
        storage.delete(key)
    except (OSError, NbflowError) as error:
        return _refused(what, error, url)
    return fine(_ABOUT, "list, write, create once, read, delete")


def _refused(what: str, error: Exception, url: str) -> Finding:
    scheme, _, place = url.partition("://")
    if scheme == "s3" and isinstance(error, NbflowError) and error.code == _DENIED:
        name, _, prefix = place.partition("/")
        resource = name if what == "list" else "/".join(part for part in (name, prefix.strip("/"), "*") if part)
        fix = f"have {_S3[what]} on arn:aws:s3:::{resource} allowed"
        return broken(_ABOUT, f"you may not {what}: {_S3[what]} is denied", fix, listed=[error.problems[0].why])
    said, fixes = _told(error)
    return broken(_ABOUT, f"you cannot {what}: {said[0]}", *fixes, listed=said[1:])


def _told(error: Exception) -> tuple[list[str], list[str]]:
    """Return what an error says, a line each, and its own fixes."""
    if isinstance(error, NbflowError) and error.problems:
        first = error.problems[0]
        return [first.what, *([first.why] if first.why else [])], [first.fix] if first.fix else []
    return [line.strip() for line in str(error).splitlines() if line.strip()] or [type(error).__name__], []


def _no_conditions(url: str) -> Finding:
    return broken(
        _ABOUT,
        "the server overwrites what is to stay: it does not know If-None-Match",
        f"use a newer server for {url}; two runs could take each other's results for theirs",
    )
