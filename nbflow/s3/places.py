"""Which objects an `S3` is about: below a URL, below a run's own place, or wherever full URLs lead."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote

from nbflow.errors import problem
from nbflow.model.s3_errors import S3UrlError
from nbflow.s3.shelves import Shelf, shelf_of
from nbflow.storage.urls import parse

if TYPE_CHECKING:
    from nbflow.workspace import Workspace

#: below which runs keep their objects
_DATA = "data"


class Spot(NamedTuple):
    """Where a key is."""

    shelf: Shelf
    key: str
    url: str
    #: the URL without the key that was asked for; None: it is all of it
    root: str | None = None


class Session:
    """Opens buckets, each once, with what a person said about credentials and encryption."""

    def __init__(
        self,
        encryption: str | None = None,
        role: str | None = None,
        session_vars: Mapping[str, Any] | None = None,
        client_params: Mapping[str, Any] | None = None,
    ) -> None:
        self.encryption = encryption
        self._role = role
        self._session_vars = dict(session_vars or {})
        self._client_params = dict(client_params or {})
        self._buckets: dict[tuple[str, str | None], Shelf] = {}
        self._lock = Lock()

    def bucket(self, name: str, encryption: str | None = None) -> Shelf:
        """Return the objects of a bucket; `encryption`: of what is put, instead of the session's."""
        kind = encryption or self.encryption
        with self._lock:
            if (name, kind) not in self._buckets:
                self._buckets[name, kind] = self._opened(name, kind)
            return self._buckets[name, kind]

    def _opened(self, name: str, kind: str | None) -> Shelf:
        from nbflow.storage.aws import S3Opener, session_with
        from nbflow.storage.objects import ObjectStorage

        session = session_with(self._role, self._session_vars, self._client_params)
        options = {"server_side_encryption": kind} if kind else {}
        endpoint, region = (self._client_params.get(each) for each in ("endpoint_url", "region_name"))
        return shelf_of(
            ObjectStorage(S3Opener(name, region=region, endpoint=endpoint, session=session, options=options))
        )


class Anywhere:
    """Objects by their full URLs."""

    #: where keys begin; None: they are URLs
    url: str | None = None

    def __init__(self, session: Session) -> None:
        self._session = session

    def spot(self, key: str, encryption: str | None = None) -> Spot:
        if not key.startswith("s3://") or not key[5:].partition("/")[2]:
            raise S3UrlError(problem("S020", key=key, why="this S3 has no root", fix=_ROOT))
        parts = parse(key)
        return Spot(self._session.bucket(parts.bucket, encryption), key[5:].partition("/")[2], key)

    def spots(self, key: str) -> Iterator[Spot]:
        yield self.spot(key)

    def folders(self, key: str) -> Iterator[Spot]:
        if not key.startswith("s3://"):
            raise S3UrlError(problem("S020", key=key, why="this S3 has no root", fix=_ROOT))
        parts = parse(key)
        yield Spot(self._session.bucket(parts.bucket), _folder(parts.prefix), key.rstrip("/"))


class Below:
    """Objects below an s3root."""

    def __init__(self, session: Session, root: str) -> None:
        if not root.startswith("s3://"):
            raise S3UrlError(
                problem("S020", key=root, why="an s3root begins with s3://", fix="write s3://bucket/prefix")
            )
        parts = parse(root.rstrip("/"))
        self.url: str | None = root.rstrip("/")
        self._session = session
        self._bucket = parts.bucket
        self._prefix = f"{parts.prefix}/" if parts.prefix else ""

    def spot(self, key: str, encryption: str | None = None) -> Spot:
        checked(key)
        return Spot(
            self._session.bucket(self._bucket, encryption),
            f"{self._prefix}{key}",
            f"{self.url}/{key}".rstrip("/"),
            self.url,
        )

    def spots(self, key: str) -> Iterator[Spot]:
        yield self.spot(key)

    def folders(self, key: str) -> Iterator[Spot]:
        yield _as_folder(self.spot(key))


class OfRun:
    """Objects of a run: its own, and below them those of the runs whose results it took over.

    They are in the bucket of a shared workspace, and in files of a local one.
    """

    def __init__(self, workspace: Workspace, flow: str, run: str) -> None:
        self._workspace = workspace
        self._flow = flow
        self._run = run
        self.url: str | None = self._url(run)

    @cached_property
    def _shelf(self) -> Shelf:
        from nbflow.storage.local import LocalStorage

        return shelf_of(self._workspace.far or LocalStorage(self._workspace.root))

    @cached_property
    def _origins(self) -> tuple[str, ...]:
        """The runs it took over from, the nearest first; asked for when a key is not its own."""
        known, left = [self._run], [self._run]
        while left:
            for origin in self._origins_of(left.pop(0)):
                if origin not in known:
                    known.append(origin)
                    left.append(origin)
        return tuple(known[1:])

    def spot(self, key: str, encryption: str | None = None) -> Spot:
        if encryption:
            raise S3UrlError(
                problem("S020", key=key, why="a run's objects are encrypted as its bucket says", fix=_ROOT)
            )
        return self._spot(self._run, key)

    def spots(self, key: str) -> Iterator[Spot]:
        yield self._spot(self._run, key)
        for origin in self._origins:
            yield self._spot(origin, key)

    def folders(self, key: str) -> Iterator[Spot]:
        yield from map(_as_folder, self.spots(key))

    def _spot(self, run: str, key: str) -> Spot:
        checked(key)
        root = self._url(run)
        return Spot(self._shelf, f"{_DATA}/{self._flow}/{run}/{key}", f"{root}/{key}".rstrip("/"), root)

    def _url(self, run: str) -> str:
        root = self._workspace.url or f"file://{quote(str(self._workspace.root))}"
        return f"{root.rstrip('/')}/{_DATA}/{self._flow}/{run}"

    def _origins_of(self, run: str) -> Iterator[str]:
        metadata = self._workspace.metadata
        record = metadata.run(self._flow, run)
        if record is not None and record.origin_run:
            yield str(record.origin_run)
        taken = {each.origin.split("/")[1] for each in metadata.tasks(self._flow, run) if each.origin}
        yield from sorted(taken, key=lambda each: (len(each), each), reverse=True)


Place = Anywhere | Below | OfRun


def _as_folder(spot: Spot) -> Spot:
    return Spot(spot.shelf, _folder(spot.key), spot.url.rstrip("/"))


def _folder(key: str) -> str:
    return f"{key.rstrip('/')}/" if key.strip("/") else ""


def place_of(run: Any, session: Session, bucket: str | None, prefix: str | None, s3root: str | None) -> Place:
    """Return what an S3 is about; the arguments are those of `S3`."""
    if run is None:
        return Below(session, s3root) if s3root else Anywhere(session)
    workspace, flow, number = _run(run)
    if bucket is None and prefix is None:
        return OfRun(workspace(), flow, number)
    if bucket is None:
        raise S3UrlError(problem("S020", key=prefix, why="a prefix alone is in no bucket", fix="give bucket=, too"))
    return Below(session, "/".join(["s3:/", bucket, *filter(None, [(prefix or "").strip("/")]), flow, number]))


def checked(key: str) -> None:
    """Raise S020 for a key that is a URL."""
    if key.startswith("s3://"):
        raise S3UrlError(problem("S020", key=key, why="this S3 has a root, below which all keys are", fix=_RELATIVE))


def _run(run: Any) -> tuple[Callable[[], Workspace], str, str]:
    """Return the workspace, the flow and the id of `run`: the one that runs here, one of the client, or a pathspec."""
    from nbflow.flowspec.current import Current, current
    from nbflow.flowspec.flow import FlowBody
    from nbflow.workspace import Workspace

    if isinstance(run, Current | FlowBody):
        if not current.is_running_flow:
            raise S3UrlError(
                problem("S020", key="run", why="no flow runs here", fix="give a run: S3(run=Run('Flow/7'))")
            )
        root = current._root  # noqa: SLF001 - what the worker told, of no use to a person
        return lambda: Workspace.open(root), current.flow_name, current.run_id
    spec = str(getattr(run, "pathspec", run))
    flow, _, number = spec.partition("/")
    if not number or "/" in number:
        raise S3UrlError(problem("S020", key=spec, why="run= is no run", fix="give self, current, or Run('Flow/7')"))
    known = getattr(run, "_workspace", None)
    return (lambda: known) if known is not None else Workspace.find, flow, number


_ROOT = "write S3(s3root='s3://bucket/prefix') and keys below it, or give full URLs: s3://bucket/key"
_RELATIVE = "give the key without it, or use S3() for full URLs"
