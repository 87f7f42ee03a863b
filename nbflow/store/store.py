"""The store: values in, references out, and back. All flows share one."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from nbflow.errors import NbflowError, StoreError, raise_for
from nbflow.model.artifact import ArtifactRef, BlobRef
from nbflow.model.ids import Digest
from nbflow.storage.base import Storage
from nbflow.storage.local import LocalStorage
from nbflow.store.blobs import Blobs, Verify
from nbflow.store.codecs import Encoded, decode, encode
from nbflow.store.codecs.describe import summary, type_name
from nbflow.store.codecs.ports import Memory
from nbflow.store.codecs.scalars import judged
from nbflow.store.mapped import Mapped
from nbflow.store.pieces import OWN_BLOB, Digests, Pack, Piece, Pieces, artifact_digest
from nbflow.store.unwrapped import unwrapped

if TYPE_CHECKING:
    from typing_extensions import Buffer

#: package of the flows' importable definitions
_DEFINITIONS = "nbflow_defs"


class Store:
    """Artifacts in a storage.

    Responsibilities: values to references and back. `local` names the folders whose modules belong to the flow:
    references list what they need of them.
    """

    def __init__(
        self, storage: Storage | str | os.PathLike[str], *, local: Iterable[str] = (), verify: Verify = "first"
    ) -> None:
        where = LocalStorage(storage) if isinstance(storage, (str, os.PathLike)) else storage
        self.blobs = Blobs(where, verify)
        self.mapped = Mapped()
        #: name → a secret that is in no value that is stored
        self.withheld: Mapping[str, str] = {}
        self.is_own = _own_modules(tuple(local))

    def writer(self, loaded: Loaded | None = None) -> Writer:
        """Return a writer for what one attempt leaves. What equals a value of `loaded` is not stored again."""
        return Writer(self, loaded.refs.values() if loaded else ())

    def put(self, value: object) -> ArtifactRef:
        """Store one value. Raises S004 when it cannot be."""
        writer = self.writer()
        writer.add("value", value)
        return writer.close()["value"]

    def get(self, ref: ArtifactRef, *, name: str = "", trusted: bool = True) -> Any:
        """Return the value: a fresh one, which may be changed. Not `trusted`: S005 rather than run a pickle's code."""
        data = ref.data if ref.kind == "scalar" else self.part(ref.header)
        try:
            return decode(ref.kind, ref.type, data, _Buffers(self, ref), trusted=trusted)
        except NbflowError:
            raise
        except Exception as error:  # noqa: BLE001 - opening a pickle may raise anything
            raise_for(
                "S007",
                name=name or ref.type,
                message=f"{type(error).__name__}: {error}",
                why=f"it is a {ref.type}, and opening it needs the code it was made with",
                fix="install or define what is missing, or run the step that left it again",
            )

    def has(self, ref: ArtifactRef) -> bool:
        """Return whether all that `ref` points to is still there."""
        parts = (*([ref.header] if ref.header else ()), *ref.buffers)
        return all(map(self.blobs.has, {part.blob for part in parts}))

    def digest(self, value: object) -> Digest:
        """Return the digest `value` has, or would have, as an artifact. Nothing is stored."""
        return self.look(value)[0]

    def look(self, value: object) -> tuple[Digest, bool]:
        """Return the digest of `value`, and whether a value of another digest must be another value."""
        sink = Digests(self.mapped)
        encoded = encode(value, sink, self.is_own)
        return _draft(value, encoded, sink)[0].digest, encoded.exact

    def load(self, refs: Mapping[str, ArtifactRef]) -> Loaded:
        """Return the values, together with what is needed to tell later whether they were changed."""
        return Loaded(self, refs)

    def put_bytes(self, data: Buffer) -> Digest:
        """Store plain bytes as a blob."""
        return self.blobs.put(data)

    def get_bytes(self, digest: Digest) -> bytes:
        """Return the bytes of a blob."""
        return bytes(self.blobs.read(digest))

    def settle(self) -> None:
        """Return when all that was put is where others find it. Raises what could not be put there."""
        self.blobs.storage.settle()

    def part(self, ref: BlobRef | None) -> memoryview:
        """Return the bytes of a part of a blob, read-only."""
        assert ref is not None, "a reference without a header"
        payload = self.blobs.read(ref.blob)
        if ref.offset + ref.size > len(payload):
            raise_for("S001", digest=ref.blob, why="it is shorter than a reference into it says")
        return payload[ref.offset : ref.offset + ref.size]


class _Buffers:
    """The buffers of one reference."""

    def __init__(self, store: Store, ref: ArtifactRef) -> None:
        self._store = store
        self._refs = ref.buffers
        self._views: dict[int, memoryview] = {}

    def buffer(self, number: int) -> memoryview:
        ref = self._refs[number]
        if ref.size < OWN_BLOB:
            return memoryview(bytearray(self._store.part(ref)))
        view = self._views[number] = self._store.blobs.map(ref.blob)
        return view

    def opened(self, number: int, memory: Memory) -> None:
        if number in self._views:
            self._store.mapped.remember(memory, self._views[number], self._refs[number])

    def where(self, number: int) -> tuple[BlobRef, Blobs]:
        return self._refs[number], self._store.blobs


class Writer:
    """Stores what one attempt leaves; the small parts of all its values become one blob when it is closed."""

    def __init__(self, store: Store, known: Iterable[ArtifactRef]) -> None:
        self._store = store
        self._known = {ref.digest: ref for ref in known}
        self._pack = Pack()
        self._made: dict[str, ArtifactRef | tuple[ArtifactRef, list[Piece]]] = {}

    def add(self, name: str, value: object) -> None:
        """Store `value` under `name`.

        Raises:
            StoreError: S004, with the type and the path to the member that cannot be stored; S033, it holds a secret.
        """
        sink = Pieces(self._store.mapped, self._store.blobs)
        encoded = encode(value, sink, self._store.is_own)
        if self._store.withheld:
            _refuse_secrets(value, encoded, sink, self._store.withheld)
        ref, pieces = _draft(value, encoded, sink)
        if known := self._known.get(ref.digest):
            self.keep(name, known)
        elif encoded.kind == "scalar":
            self.keep(name, ref)
        else:
            self._pack.add(pieces)
            self._made[name] = ref, pieces

    def keep(self, name: str, ref: ArtifactRef) -> None:
        """Leave `name` by reference."""
        self._made[name] = ref

    def close(self) -> dict[str, ArtifactRef]:
        """Store the small parts and return the references, in the order the names were given."""
        self._pack.store(self._store.blobs)
        return {name: self._finish(made) for name, made in self._made.items()}

    def _finish(self, made: ArtifactRef | tuple[ArtifactRef, list[Piece]]) -> ArtifactRef:
        if isinstance(made, ArtifactRef):
            return made
        ref, pieces = made
        header, *buffers = map(self._pack.ref, pieces)
        return ArtifactRef(
            ref.digest, ref.kind, ref.type, ref.size, ref.summary, None, header, tuple(buffers), ref.scalar, ref.uses
        )


class Loaded:
    """Values as they were loaded, by name."""

    def __init__(self, store: Store, refs: Mapping[str, ArtifactRef]) -> None:
        self._store = store
        self.refs = dict(refs)
        self.values = {name: store.get(ref, name=name) for name, ref in refs.items()}
        # nothing changes a table in place, and encoding it again costs
        self._constant = {name: self.values[name] for name, ref in refs.items() if ref.kind == "arrow"}

    def change(self, name: str, now: object) -> Literal["same", "changed", "perhaps"]:
        """Return whether `now`, what `name` holds after the body, differs from what was loaded.

        "perhaps": it is a pickle, which may differ although nothing was changed.
        """
        ref = self.refs[name]
        if name in self._constant and now is self._constant[name]:
            return "same"
        try:
            digest, exact = self._store.look(now)
        except StoreError:
            return "changed"
        if digest == ref.digest:
            return "same"
        if exact:
            return "changed"
        # some objects settle when they are loaded: what was just loaded tells
        before = self._store.get(ref, name=name)
        if digest == self._store.look(before)[0]:
            return "same"
        return "changed" if self._surely(before, now) else "perhaps"

    def _surely(self, before: object, now: object) -> bool:
        """Whether two values whose pickles differ are containers of which one was changed."""
        try:
            plain, exact = self._store.look(unwrapped(now))
            return exact and self._store.look(unwrapped(before)) != (plain, exact)
        except (StoreError, RecursionError):
            return False

    def ref_if_same(self, name: str, now: object) -> ArtifactRef | None:
        """Return the reference `name` was loaded from if `now` still equals it. Untouched maps are not read."""
        return self.refs[name] if self.change(name, now) == "same" else None


def _draft(value: object, encoded: Encoded, sink: Digests) -> tuple[ArtifactRef, list[Piece]]:
    """Return the reference without places, and the pieces it will point to, header first."""
    name = type_name(value)
    if encoded.kind == "scalar":
        digest = artifact_digest(encoded, name, ())
        size = len(str(encoded.data))
        return ArtifactRef(digest, "scalar", name, size, "", encoded.data, scalar=judged(value)), []
    buffers = list(sink.pieces)
    sink.add(encoded.stream)
    pieces = [sink.pieces[-1], *buffers]
    digest = artifact_digest(encoded, name, pieces)
    size = sum(piece.size for piece in pieces)
    ref = ArtifactRef(digest, encoded.kind, name, size, summary(value), scalar=judged(value), uses=encoded.uses)
    return ref, pieces


def _refuse_secrets(value: object, encoded: Encoded, sink: Digests, withheld: Mapping[str, str]) -> None:
    """Raise S033 if a secret stands in what is to be stored: in the value itself, or in a small part of it."""
    texts = (str(encoded.data).encode("utf-8", "surrogatepass"), encoded.stream, *(piece.data for piece in sink.pieces))
    for name, secret in withheld.items():
        found = secret.encode("utf-8", "surrogatepass")
        if any(found in text for text in texts):
            why = "whoever reads the store would have it"
            raise_for("S033", type=type_name(value), member=f": it holds the secret {name}", why=why)


def _own_modules(folders: tuple[str, ...]) -> Callable[[str], bool]:
    """Return a test whether a module belongs to the flow: its definitions, or a file in one of `folders`."""
    # a body may go elsewhere, but few ask for it: links are followed when someone does
    named = tuple(map(os.path.abspath, folders))
    known: dict[str, bool] = {}

    @cache
    def roots() -> tuple[str, ...]:
        return tuple(f"{Path(folder).resolve()}{os.sep}" for folder in named)

    def is_own(module: str) -> bool:
        if module.partition(".")[0] == _DEFINITIONS:
            return True
        if not named:
            return False
        if module not in known:
            file = getattr(sys.modules.get(module), "__file__", None) or ""
            known[module] = str(Path(file).resolve()).startswith(roots()) and "site-packages" not in file
        return known[module]

    return is_own
