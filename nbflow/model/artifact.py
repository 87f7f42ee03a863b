"""A reference to a stored value, and the manifest: what one attempt left, by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import date
from typing import Any

from nbflow.frozen import frozen
from nbflow.model.graph import MISSING, Missing
from nbflow.model.ids import Digest
from nbflow.model.value import decode, encode

#: version of the JSON forms below
FORMAT = 1

#: a datetime is a date, too
Scalar = None | bool | int | float | str | date


@frozen
class BlobRef:
    """Bytes in the store: a blob, or a part of one (a pack holds the small values of a task)."""

    blob: Digest
    #: bytes of the payload
    size: int
    #: where in the blob's payload they start
    offset: int = 0

    def to_json(self) -> list[Any]:
        return [self.blob, self.size, self.offset]


@frozen
class ArtifactRef:
    """A stored, immutable value. Two references with one digest stand for equal values."""

    #: of kind, header and buffers: independent of where the bytes are
    digest: Digest
    #: scalar, bytes, ndarray, frame, series, index, arrow, file, directory, plain (containers of such), pickle
    kind: str
    #: the value's type as its owner would say it, as in `DataFrame`
    type: str
    #: bytes as stored, before compression
    size: int
    #: shape or length in a few characters, as in `442×11`; may be empty
    summary: str = ""
    #: for kind "scalar": JSON that stands for the value (floats as the hex of their bytes, so that every bit survives)
    data: Any = None
    #: the codec's header
    header: BlobRef | None = None
    buffers: tuple[BlobRef, ...] = ()
    #: value by which --when may judge it; MISSING: not a scalar
    scalar: Scalar | Missing = MISSING
    #: `module:name` of flow definitions and local modules named in its pickle: read by whoever reads it
    uses: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        out: dict[str, Any] = {"d": self.digest, "k": self.kind, "t": self.type, "n": self.size}
        if self.summary:
            out["s"] = self.summary
        if self.data is not None:
            out["v"] = self.data
        if self.header is not None:
            out["h"] = self.header.to_json()
        if self.buffers:
            out["b"] = [each.to_json() for each in self.buffers]
        if self.scalar is not MISSING:
            out["x"] = self.scalar.hex() if isinstance(self.scalar, float) else encode(self.scalar)
            out["xf"] = isinstance(self.scalar, float)
        if self.uses:
            out["u"] = list(self.uses)
        return out

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> ArtifactRef:
        scalar: Scalar | Missing = MISSING
        if "x" in raw:
            scalar = float.fromhex(raw["x"]) if raw.get("xf") else decode(raw["x"])
        return cls(
            digest=Digest(raw["d"]),
            kind=raw["k"],
            type=raw["t"],
            size=raw["n"],
            summary=raw.get("s", ""),
            data=raw.get("v"),
            header=BlobRef(*raw["h"]) if "h" in raw else None,
            buffers=tuple(BlobRef(*each) for each in raw.get("b", ())),
            scalar=scalar,
            uses=tuple(raw.get("u", ())),
        )


@frozen
class Manifest:
    """The artifacts one attempt left, and what it could not keep."""

    artifacts: Mapping[str, ArtifactRef] = field(default_factory=dict)
    #: name → why it was not kept (nobody below reads it)
    dropped: Mapping[str, str] = field(default_factory=dict)
    #: those of `artifacts` that the step was given and handed on untouched (steps of classes)
    inherited: frozenset[str] = frozenset()

    @property
    def own(self) -> dict[str, ArtifactRef]:
        """The artifacts that the step itself left."""
        return {name: ref for name, ref in self.artifacts.items() if name not in self.inherited}

    def to_json(self) -> dict[str, Any]:
        raw: dict[str, Any] = {
            "format": FORMAT,
            "artifacts": {name: ref.to_json() for name, ref in self.artifacts.items()},
            "dropped": dict(self.dropped),
        }
        if self.inherited:
            raw["inherited"] = sorted(self.inherited)
        return raw

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Manifest:
        artifacts = {name: ArtifactRef.from_json(ref) for name, ref in raw["artifacts"].items()}
        return cls(artifacts, dict(raw.get("dropped", {})), frozenset(raw.get("inherited", ())))
