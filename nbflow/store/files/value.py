"""What a file and a folder have in common as values: where their bytes are, and how they cross into the store."""

from __future__ import annotations

import os
from abc import abstractmethod
from pathlib import Path
from typing import Any, ClassVar, Self

from nbflow.cards.figures import size as size_said
from nbflow.errors import raise_for
from nbflow.model.ids import Digest
from nbflow.storage.local import LocalStorage
from nbflow.store.blobs import Blobs
from nbflow.store.codecs.ports import Sink, Source
from nbflow.store.files import listing
from nbflow.store.files.chunks import Chunk, Put, into, only_looked_at
from nbflow.store.files.keeping import store_here
from nbflow.store.files.taking import Taken, stamps_of


class FileValue(os.PathLike[str]):
    """A file or folder. It never changes: what it is was settled when it was made.

    Responsibilities: hold the bytes' places; take them from a path of this machine; hand them to a sink.
    """

    _kind: ClassVar[str]

    def __init__(self, path: str | os.PathLike[str], *, name: str | None = None) -> None:
        #: what it was made of; None: it comes from a store
        self._origin: Path | None = Path(path).absolute()
        self._name = name or self._origin.name or self._kind.lower()
        if self._name in {".", ".."} or "/" in self._name:
            raise_for("S030", path=self._name, kind=self._kind, why="it is no name of a file", fix="give another name")
        self._taken: Taken | None = None
        self._local: Path | None = None
        store = store_here()
        if store is not None:
            self._taken = self._take(self._origin, into(store))
        self._stamps = self._stamps_now()

    @classmethod
    def stored(cls, name: str, taken: Taken) -> Self:
        """Return what is in a store already as a value; for nbflow itself."""
        made = cls.__new__(cls)
        vars(made).update(_name=name, _taken=taken, _origin=None, _local=None, _stamps=())
        return made

    @abstractmethod
    def _take(self, path: Path, put: Put) -> Taken:
        """Take what is at a path of this machine."""

    def _own(self, sink: Sink, numbers: list[int]) -> Taken:
        """Hand the chunks to a sink, and return them."""
        assert self._taken is not None
        numbers += [handed(chunk, sink) for chunk in self._taken.chunks]
        return self._taken

    @property
    def name(self) -> str:
        """Its name, without folders before it."""
        return self._name

    @property
    def digest(self) -> Digest:
        """BLAKE3-256 of what it holds: equal for equal content, whatever it is called."""
        entry = self._looked.entry
        return entry.digest if isinstance(entry, listing.Regular) else listing.digest_of_tree(entry)

    @property
    def entry(self) -> listing.Entry:
        """What there is of it; for nbflow itself."""
        return self._looked.entry

    @property
    def path(self) -> Path:
        """Where it is on this machine: what it was made of while that is unchanged, else a read-only copy.

        The copy is made when it is first asked for, and is gone when the task, or the kernel, ends.

        Raises:
            StoreError: S001, S002, its bytes are damaged or missing; S006, there is no room for it.
        """
        if self._origin is not None and self._is_unchanged():
            return self._origin
        if self._local is None or not self._local.exists():
            self._local = self._placed(self._as_taken)
        return self._local

    @abstractmethod
    def _placed(self, taken: Taken) -> Path:
        """Put it on this machine's disk."""

    @property
    def _as_taken(self) -> Taken:
        if self._taken is None:
            raise_for("S031", path=self._origin, kind=self._kind, when="after it was made a value")
        return self._taken

    @property
    def _looked(self) -> Taken:
        """What it is made of; outside of tasks it is looked through, and nothing is stored."""
        if self._taken is not None:
            return self._taken
        self._check_unchanged()
        assert self._origin is not None
        return self._take(self._origin, only_looked_at)

    @property
    def _home(self) -> Blobs | None:
        homes = (chunk.home for chunk in self._taken.chunks if chunk.home) if self._taken else ()
        return next(iter(homes), None) or store_here()

    def _stamps_now(self) -> tuple[tuple[int, ...], ...]:
        assert self._origin is not None
        try:
            return stamps_of(self._origin)
        except OSError:
            # says in our words why it cannot be taken
            self._take(self._origin, only_looked_at)
            raise

    def _is_unchanged(self) -> bool:
        assert self._origin is not None
        try:
            return stamps_of(self._origin) == self._stamps
        except OSError:
            return False

    def _check_unchanged(self) -> None:
        if not self._is_unchanged():
            raise_for("S031", path=self._origin, kind=self._kind, when="after it was made a value")

    # ---- into a store, and out of it

    def apart(self, sink: Sink) -> tuple[bytes, bytes]:
        """Hand the bytes to `sink`, and return what is needed to find them again. Raises S030, S031."""
        numbers: list[int] = []
        if self._taken is None:
            self._check_unchanged()
            assert self._origin is not None

            def put(view: memoryview) -> Chunk:
                numbers.append(sink.add(view))
                return only_looked_at(view)

            taken = self._take(self._origin, put)
        else:
            taken = self._own(sink, numbers)
        rows = (
            listing.ROW.pack(number, chunk.size, bytes.fromhex(chunk.digest))
            for number, chunk in zip(numbers, taken.chunks, strict=True)
        )
        return listing.written(self._name, taken.entry), b"".join(rows)

    @classmethod
    def together(cls, parts: tuple[bytes, bytes], source: Source) -> Self:
        """Return the value of what `apart` returned; its bytes stay where they are. Raises S001."""
        name, taken = taken_from(*parts, source)
        if isinstance(taken.entry, listing.Regular) is not (cls._kind == "File"):
            listing.refuse(f"it is of no {cls._kind}")
        return cls.stored(name, taken)

    # ---- as a value of Python

    def __fspath__(self) -> str:
        return str(self.path)

    def __repr__(self) -> str:
        return f"{self._kind}({self._name!r}, {size_said(self.size)})"

    @property
    @abstractmethod
    def size(self) -> int:
        """Bytes of what it holds."""

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and (self._name, self.digest) == (other._name, other.digest)

    def __hash__(self) -> int:
        return hash((self._name, self.digest))

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: Any) -> Self:
        return self

    def __reduce__(self) -> Any:
        """Cross to another process of this machine, as pools of processes do: the store is named, not copied."""
        if self._taken is None:
            return _at_path, (type(self), str(self._origin), self._name)
        home = self._home
        root = home.storage.near.file("") if home else None
        rows = tuple((chunk.digest, chunk.size, chunk.ref, chunk.data) for chunk in self._taken.chunks)
        return _in_store, (type(self), self._name, self._taken.entry, rows, None if root is None else str(root))


def taken_from(data: bytes | memoryview, rows: bytes | memoryview, source: Source) -> tuple[str, Taken]:
    """Return the name of a stored file or folder, and what it is made of. Raises S001."""
    name, entry = listing.read(bytes(data))
    if len(rows) % listing.ROW.size:
        listing.refuse("its table of chunks is cut off")
    chunks = []
    for number, size, digest in listing.ROW.iter_unpack(rows):
        ref, home = source.where(number)
        if ref.size != size:
            listing.refuse("its chunks have other sizes")
        chunks.append(Chunk(Digest(digest.hex()), size, ref, home))
    return name, Taken(entry, tuple(chunks))


def handed(chunk: Chunk, sink: Sink) -> int:
    """Hand a chunk to a sink, read only where it is not in its store."""
    if chunk.ref is not None and chunk.home is not None:
        number = sink.kept(chunk.digest, chunk.ref, chunk.home)
        if number is not None:
            return number
    return sink.add(chunk.view())


def _at_path(kind: type[FileValue], path: str, name: str) -> FileValue:
    return kind(path, name=name)


def _in_store(kind: type[FileValue], name: str, entry: listing.Entry, rows: Any, root: str | None) -> FileValue:
    home = store_here() or (Blobs(LocalStorage(root)) if root else None)
    chunks = (Chunk(digest, size, ref, home if ref else None, data) for digest, size, ref, data in rows)
    return kind.stored(name, Taken(entry, tuple(chunks)))
