"""`nbflow.S3`: objects in a bucket, from steps and from anywhere else.

    from nbflow import S3, current

    with S3(run=current) as s3:                    # in a cell; S3(run=self) in a class
        s3.put("model.bin", data)
    with S3(run=Run("Train/12")) as s3:            # later, from anywhere
        data = s3.get("model.bin").blob
    with S3(s3root="s3://bucket/prefix") as s3:
        for found in s3.get_recursive(["images"]):
            look(found.key, found.path)

Names and meanings are those of Metaflow's S3. What differs:

- `run=` needs no bucket of its own: objects of a run are below `data/` of the shared store, or in files of a local one.
- A run that was resumed, or that took over results otherwise, has the objects of the runs it took them from, too: what
  is not its own is looked for there, and listings have both. Putting changes its own only.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from secrets import token_hex
from threading import Lock
from typing import IO, Any, Self, TypeVar

from nbflow.errors import StoreError, problem
from nbflow.model.s3_errors import S3NotFoundError, S3ObjectError, S3RangeError, S3UrlError
from nbflow.s3.asked import keys_of, one_key, puts_of
from nbflow.s3.listing import beginnings, entries
from nbflow.s3.objects import RangeInfo, S3GetObject, S3Object, S3PutObject, attributes_of
from nbflow.s3.places import Place, Session, Spot, place_of
from nbflow.s3.refusals import refusals
from nbflow.s3.temporary import folder_in, remove

T = TypeVar("T")
R = TypeVar("R")

#: objects that are got or put at once
_AT_ONCE = 32
#: bytes of a file that are read at a time
_PIECE = 8 << 20


class S3:
    """Objects in a bucket.

    Use it in a `with`: what was got is in files of a temporary folder, which is removed at the end. Processes that are
    forked meanwhile write to the same folder, so what they got is there, too.

    Args:
        tmproot: the folder in which that temporary folder is made. None: in a task, beside its store, where nothing
            stays even of a task that is killed; else where you work.
        bucket: with `run`, another bucket than that of the shared store.
        prefix: with `run` and `bucket`, what stands before the flow and the run in keys.
        run: whose objects: `self` in a class, `current` in a cell, a `Run` of the client, or its pathspec.
        s3root: a URL, as in `s3://bucket/prefix`, below which all keys are. Without it and `run`, keys are URLs.
        encryption: how objects that are put are encrypted at rest, as in `AES256` or `aws:kms`; None: as the bucket says.
        role: ARN of a role to assume.
        session_vars: arguments of `boto3.Session`, as in `{"profile_name": "work"}`.
        client_params: arguments of its `client`: region_name, endpoint_url, and the keys are heeded.

    Raises:
        S3UrlError: S020, it cannot be told which objects are meant.
    """

    def __init__(  # noqa: PLR0917 - the order is Metaflow's
        self,
        tmproot: str | None = None,
        bucket: str | None = None,
        prefix: str | None = None,
        run: Any = None,
        s3root: str | None = None,
        encryption: str | None = None,
        role: str | None = None,
        session_vars: Mapping[str, Any] | None = None,
        client_params: Mapping[str, Any] | None = None,
    ) -> None:
        self._encryption = encryption
        self._place: Place = place_of(
            run, Session(encryption, role, session_vars, client_params), bucket, prefix, s3root
        )
        self._tmproot = tmproot
        self._folder: Path | None = None
        self._lock = Lock()
        # now, that children of a fork have it; who only puts or lists may do without
        with suppress(StoreError):
            self._make_folder()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Remove the files of everything that was got."""
        if self._folder is not None:
            remove(self._folder)
            self._folder = None

    def list_paths(self, keys: Iterable[str] | None = None) -> list[S3Object]:
        """Return what is directly below each key: objects, and beginnings of keys, whose `exists` is False."""
        return [each for key in _several(keys, "list_paths") for each in beginnings(self._place, key)]

    def list_recursive(self, keys: Iterable[str] | None = None) -> list[S3Object]:
        """Return all objects below each key."""
        return [each.seen for key in _several(keys, "list_recursive") for each in entries(self._place, key)]

    def info(self, key: str | None = None, return_missing: bool = False) -> S3Object:  # noqa: FBT001, FBT002 - Metaflow's
        """Return an object with its size, content type and metadata, without its bytes.

        Raises:
            S3NotFoundError: S021, unless `return_missing`: then an object is returned whose `exists` is False.
        """
        return self._found(self._one(key), return_missing, self._info)

    def info_many(self, keys: Iterable[str], return_missing: bool = False) -> list[S3Object]:  # noqa: FBT001, FBT002 - as above
        """Return `info` of each key, in their order."""
        return _each(lambda key: self.info(key, return_missing), keys_of(keys, "info_many"))

    def get(
        self,
        key: str | S3GetObject | None = None,
        return_missing: bool = False,  # noqa: FBT001, FBT002 - as above
        return_info: bool = True,  # noqa: FBT001, FBT002 - as above
    ) -> S3Object:
        """Return an object with its bytes, which are in the file `path`; large ones come in many requests at once.

        Raises:
            S3NotFoundError: S021, unless `return_missing`: then an object is returned whose `exists` is False.
            S3RangeError: S023, the part begins behind the end.
            S3SpaceError: S024, the disk is full.
        """
        asked = key if isinstance(key, S3GetObject) else S3GetObject(self._one(key))
        return self._found(asked.key, return_missing, lambda spot: self._fetch(spot, asked, described=return_info))

    def get_many(
        self,
        keys: Iterable[str | S3GetObject],
        return_missing: bool = False,  # noqa: FBT001, FBT002 - as above
        return_info: bool = True,  # noqa: FBT001, FBT002 - as above
    ) -> list[S3Object]:
        """Return `get` of each key, in their order; many at once."""
        return _each(lambda key: self.get(key, return_missing, return_info), keys_of(keys, "get_many"))

    def get_recursive(self, keys: Iterable[str], return_info: bool = False) -> list[S3Object]:  # noqa: FBT001, FBT002 - as above
        """Return all objects below each key, with their bytes."""
        several = keys_of(keys, "get_recursive")
        found = [entry for key in several for entry in entries(self._place, one_key(key))]
        return _each(lambda each: self._fetch(each.spot, None, each.root, described=return_info), found)

    def get_all(self, return_info: bool = False) -> list[S3Object]:  # noqa: FBT001, FBT002 - as above
        """Return all objects below the root, with their bytes. Raises S3UrlError (S020) where there is no root."""
        return self.get_recursive([""], return_info)

    def put(
        self,
        key: str,
        obj: str | bytes | IO[bytes],
        overwrite: bool = True,  # noqa: FBT001, FBT002 - as above
        content_type: str | None = None,
        metadata: Mapping[str, str] | None = None,
    ) -> str:
        """Put text (as UTF-8), bytes, or what a file opened for reading bytes holds, and return the URL.

        Args:
            key: below the root, or a URL.
            obj: what to put.
            overwrite: False: an object that is there stays as it is.
            content_type: MIME type that the service is to tell.
            metadata: what else it is to tell.

        Raises:
            S3ObjectError: S022, these are no bytes.
            S3AccessError: the service denies it.
        """
        return self._put(S3PutObject(key, obj, None, content_type, None, metadata), overwrite)[1]  # type: ignore[arg-type]  # a file, too

    def put_many(
        self,
        key_objs: Iterable[tuple[str, str | bytes] | S3PutObject] | Mapping[str, str | bytes],
        overwrite: bool = True,  # noqa: FBT001, FBT002 - as above
    ) -> list[tuple[str, str]]:
        """Put several, many at once, and return the key and URL of each that was put.

        Args:
            key_objs: pairs of a key and what to put, a dict of them, or `S3PutObject` with a `value`.
            overwrite: False: objects that are there stay as they are, and are not returned.
        """
        asked = puts_of(key_objs, "put_many", S3PutObject)
        return [(key, url) for key, url, new in _each(lambda each: self._put(each, overwrite), asked) if new]

    def put_files(
        self,
        key_paths: Iterable[tuple[str, str | os.PathLike[str]] | S3PutObject] | Mapping[str, str | os.PathLike[str]],
        overwrite: bool = True,  # noqa: FBT001, FBT002 - as above
    ) -> list[tuple[str, str]]:
        """Put files, many at once and large ones in parts, and return the key and URL of each that was put.

        Args:
            key_paths: pairs of a key and a path, a dict of them, or `S3PutObject` with a `path`.
            overwrite: False: objects that are there stay as they are, and are not returned.

        Raises:
            S3NotFoundError: S021, there is no such file.
        """
        asked = puts_of(key_paths, "put_files", lambda key, path: S3PutObject(key, None, os.fspath(path)))
        for each in asked:
            if not Path(each.path or "").is_file():
                raise S3NotFoundError(problem("S021", url=each.path, why="no file is there"))
        return [(key, url) for key, url, new in _each(lambda each: self._put(each, overwrite), asked) if new]

    def _found(self, key: str, return_missing: bool, act: Callable[[Spot], S3Object]) -> S3Object:  # noqa: FBT001 - as above
        """Return what `act` makes of the first place where the key is."""
        looked = []
        for spot in self._place.spots(one_key(key)):
            looked.append(spot.url)
            with suppress(FileNotFoundError):
                return act(spot)
        if return_missing:
            return S3Object(self._place.url, looked[0])
        why = f"nor is it in {', '.join(looked[1:])}" if looked[1:] else ""
        raise S3NotFoundError(problem("S021", url=looked[0], why=why))

    def _one(self, key: str | None) -> str:
        """Return the key; None stands for the root itself."""
        if not key and self._place.url is None:
            raise S3UrlError(problem("S020", key="", why="this S3 has no root", fix="give a URL: s3://bucket/key"))
        return key or ""

    def _info(self, spot: Spot) -> S3Object:
        with refusals(spot.url):
            info = spot.shelf.info(spot.key)
        return S3Object(spot.root, spot.url, info=info, described=True, encryption=self._encryption)

    def _fetch(
        self, spot: Spot, part: S3GetObject | None = None, root: str | None = None, *, described: bool
    ) -> S3Object:
        """Get an object, or a part of it; `root`: what its key is relative to, if not as in the spot."""
        start, size = (part.offset or 0, part.length) if part else (0, None)
        path = self._file_for(spot.url)
        with refusals(spot.url, path):
            info = spot.shelf.fetch(spot.key, path, start, size)
        if start and start >= info.size:
            raise S3RangeError(problem("S023", url=spot.url, size=info.size, offset=start))
        ranged = RangeInfo(info.size, start, size) if start or size is not None else None
        return S3Object(
            root or spot.root,
            spot.url,
            path,
            info,
            range_info=ranged,
            described=described,
            encryption=self._encryption,
        )

    def _put(self, asked: S3PutObject, overwrite: bool) -> tuple[str, str, bool]:  # noqa: FBT001 - as above
        """Put one; say its key, its URL, and whether it was put."""
        spot = self._place.spot(one_key(asked.key), asked.encryption)
        what: bytes | Path = Path(asked.path) if asked.path else self._bytes(asked)
        with refusals(spot.url):
            if not overwrite:
                with suppress(FileNotFoundError):
                    spot.shelf.info(spot.key)
                    return asked.key, spot.url, False
            spot.shelf.put(spot.key, what, attributes_of(asked.content_type, asked.metadata))
        return asked.key, spot.url, True

    def _bytes(self, asked: S3PutObject) -> bytes | Path:
        value: Any = asked.value
        if isinstance(value, str):
            return value.encode()
        if isinstance(value, bytes | bytearray | memoryview):
            return bytes(value)
        if not hasattr(value, "read"):
            raise S3ObjectError(problem("S022", key=asked.key, type=type(value).__name__))
        # it may be larger than memory
        path = self._file_for(asked.key)
        with path.open("xb") as file:
            while piece := value.read(_PIECE):
                file.write(piece.encode() if isinstance(piece, str) else piece)
        return path

    def _file_for(self, url: str) -> Path:
        """Return the path of a file that nobody else writes, with a name that tells what it is of."""
        # the same number twice is what two children of a fork would get
        return self._make_folder() / f"{token_hex(6)}-{url.rstrip('/').rpartition('/')[2][-100:]}"

    def _make_folder(self) -> Path:
        with self._lock:
            if self._folder is None:
                self._folder = folder_in(self._tmproot)
            return self._folder


def _several(keys: Iterable[str] | None, call: str) -> list[str]:
    """Return the keys; None stands for the root."""
    return [""] if keys is None else [one_key(each) for each in keys_of(keys, call)]


def _each(act: Callable[[T], R], what: Iterable[T]) -> list[R]:
    """Return what `act` makes of each, in their order; many at once."""
    all_ = [*what]
    if len(all_) < 2:
        return [act(each) for each in all_]
    with ThreadPoolExecutor(min(_AT_ONCE, len(all_)), thread_name_prefix="nbflow-s3") as threads:
        return [*threads.map(act, all_)]
