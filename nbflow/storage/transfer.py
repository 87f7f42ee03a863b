"""Large objects in many requests at once; a file is never held in memory as a whole."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Lock
from typing import Any

from nbflow.storage.base import Progress
from nbflow.storage.native import obstore
from nbflow.storage.whole import whole

#: up to here one request takes an object
ONE = 8 << 20
#: what one of several requests brings
_FETCHED = 16 << 20
#: requests at once
_AT_ONCE = 8
#: a service takes 10,000 parts of one object, S3 among them
_PARTS = 9_000
#: times that a download starts again because the object was replaced meanwhile
_CHANGES = 3


def upload(store: Any, key: str, path: Path, progress: Progress | None, attributes: Mapping[str, str] | None) -> None:
    """Put the file at `path`. It becomes the key's when all of it has arrived."""
    with path.open("rb", buffering=0) as file:
        size = os.fstat(file.fileno()).st_size
        kept = dict(attributes) if attributes else None
        if size <= ONE:
            store.put(key, file.read(), attributes=kept, use_multipart=False)
            if progress:
                progress(size, size)
            return
        part = _part_size(size)
        pieces = _read(file.fileno(), size, part, progress)
        store.put(key, pieces, attributes=kept, chunk_size=part, max_concurrency=_AT_ONCE)


def upload_parts(store: Any, key: str, parts: Sequence[memoryview], attributes: Mapping[str, str] | None) -> None:
    """Put bytes that are in memory."""
    size = sum(map(len, parts))
    kept = dict(attributes) if attributes else None
    if size <= ONE:
        data = parts[0] if len(parts) == 1 else b"".join(parts)
        store.put(key, data, attributes=kept, use_multipart=False)
        return
    part = _part_size(size)
    pieces = (view[at : at + part] for view in parts for at in range(0, len(view), part))
    store.put(key, pieces, attributes=kept, chunk_size=part, max_concurrency=_AT_ONCE)


def download(store: Any, key: str, path: Path, progress: Progress | None) -> dict[str, Any]:
    """Write an object to `path`, which has all of it or is not there, and return what the service says of it."""
    with whole(path) as part:
        for _ in range(_CHANGES):
            try:
                return _download(store, key, part, progress)
            except obstore().exceptions.PreconditionError:
                # it was replaced: of what was read nothing fits
                part.unlink()
        return _download(store, key, part, progress)


def told(result: Any) -> dict[str, Any]:
    """Return what a reply says of its object: size, last_modified, e_tag, and attributes."""
    return {**result.meta, "attributes": dict(result.attributes)}


def _download(store: Any, key: str, path: Path, progress: Progress | None) -> dict[str, Any]:
    with path.open("xb", buffering=0) as file:
        try:
            first = store.get(key, options={"range": (0, _FETCHED)})
        except obstore().exceptions.GenericError:
            # no service gives a part of nothing
            if store.head(key)["size"] > 0:
                raise
            return told(store.get(key))
        total = int(first.meta["size"])
        done, lock, handle = 0, Lock(), file.fileno()

        def fetch(start: int) -> None:
            nonlocal done
            if start:
                end = min(start + _FETCHED, total)
                data = store.get(key, options={"range": (start, end), "if_match": first.meta["e_tag"]}).bytes()
            else:
                data = first.bytes()
            _write(handle, memoryview(data), start)
            with lock:
                done += len(data)
                if progress:
                    progress(done, total)

        starts = range(0, total, _FETCHED)
        if len(starts) == 1:
            fetch(0)
        else:
            with ThreadPoolExecutor(min(_AT_ONCE, len(starts)), thread_name_prefix="nbflow-fetch") as threads:
                for fetched in [threads.submit(fetch, start) for start in starts]:
                    fetched.result()
        return told(first)


def _write(handle: int, data: memoryview, at: int) -> None:
    while data:
        written = os.pwrite(handle, data, at)
        data, at = data[written:], at + written


def _read(handle: int, size: int, part: int, progress: Progress | None) -> Iterator[bytes]:
    for at in range(0, size, part):
        piece = os.pread(handle, part, at)
        yield piece
        if progress:
            # the last pieces are still on their way when they were handed over
            progress(min(at + len(piece), size), size)


def _part_size(size: int) -> int:
    return max(ONE, -(-size // _PARTS))
