"""A value to bytes and back: `encode` and `decode` are the door, one module a family of types behind it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from nbflow.errors import raise_for
from nbflow.model.graph import MISSING
from nbflow.store.codecs import stream
from nbflow.store.codecs.describe import full_type_name, in_a_sentence
from nbflow.store.codecs.pickler import RefusedError
from nbflow.store.codecs.ports import Sink, Source
from nbflow.store.codecs.refusal import path_to
from nbflow.store.codecs.scalars import scalar_data, scalar_value
from nbflow.store.codecs.types import way_of

_KINDS = {"array": "ndarray", "frame": "frame", "series": "series", "index": "index", "arrow": "arrow"}
_KINDS |= {"file": "file", "directory": "directory"}


class Encoded(NamedTuple):
    """A value as bytes; its large buffers went to the sink."""

    kind: str
    #: for kind "scalar": JSON that stands for the value
    data: Any
    #: for every other kind: the stream
    stream: bytes
    #: `module:name` of the flow's own definitions it needs
    uses: tuple[str, ...] = ()
    #: equal values have equal bytes: a difference is a change
    exact: bool = True


def encode(value: object, sink: Sink, is_own: Callable[[str], bool]) -> Encoded:
    """Return `value` as bytes. Raises S004 with the path to the member that cannot be stored."""
    data = scalar_data(value)
    if data is not MISSING:
        return Encoded("scalar", data, b"")
    try:
        made = stream.write(value, sink, is_own)
    except RefusedError as refused:
        path = path_to(refused.culprit, value)
        what = in_a_sentence(refused.culprit)
        where = "" if path == "" else f": its {path.strip()} is {what}" if path else f": it holds {what}"
        raise_for("S004", type=full_type_name(value), member=where, why=refused.why)
    kind = "bytes" if type(value) is bytes else _KINDS.get(way_of(type(value)), "pickle" if made.foreign else "plain")
    return Encoded(kind, None, made.data, made.uses, not made.foreign)


def decode(kind: str, type_name: str, data: Any, source: Source, *, trusted: bool = True) -> Any:
    """Return the value of `data`: the JSON of a scalar, else a stream. Not `trusted`: S005 rather than run code."""
    if kind == "scalar":
        return scalar_value(type_name, data)
    try:
        return stream.read(data, source, trusted=trusted)
    except stream.ForeignError:
        raise_for("S005", name=type_name)
