"""Values to streams and back. This module is the only one that unpickles.

A stream is a pickle with a hook on every value. The hook does two things. It takes apart what has a better form
(arrays, frames, tables, long containers, sets), so that large buffers stand beside the stream and a stream without
foreign types opens without running anyone's code. And it takes out of the pickle what depends on how a value came
about rather than on what it is: which equal texts happen to be one object, the order of a set. Equal values therefore
have equal streams in every process.

Pickling without a memo writes each value by its content. Where one list, dictionary or object is reachable twice
that would make two of it; such a value is written a second time with a memo, which keeps one what is one.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable
from io import BytesIO
from typing import Any, NamedTuple

from nbflow.errors import NbflowError, raise_for
from nbflow.store.codecs import arrays, arrow, files, flat, frames
from nbflow.store.codecs.pickler import (
    ByContent,
    ByIdentity,
    ByValue,
    Hooks,
    NotByNameError,
    RefusedError,
    SharedError,
    Tag,
    by_value,
)
from nbflow.store.codecs.ports import Sink, Source
from nbflow.store.codecs.types import HARMLESS

#: first byte of a stream
VERSION = 1

_PROTOCOL = 5


class Stream(NamedTuple):
    """A value's stream, and what it takes to open it."""

    data: bytes
    #: `module:name` of the flow's own definitions in it
    uses: tuple[str, ...]
    #: it names types that run code of theirs when opened, and may differ between equal values
    foreign: bool


class ForeignError(Exception):
    """The stream names a type whose opening runs code."""


def write(value: object, sink: Sink, is_own: Callable[[str], bool]) -> Stream:
    """Return the stream of `value`, its large buffers handed to `sink`. `is_own`: is this module the flow's?

    Raises RefusedError.
    """
    for pickler in (ByContent, ByIdentity):
        try:
            return _dump(pickler, value, sink, is_own)
        except SharedError:
            continue
        except NotByNameError:
            break
    import cloudpickle

    return _dump(by_value(cloudpickle), value, sink, is_own)


def read(data: bytes | memoryview, source: Source, *, trusted: bool = True) -> Any:
    """Return the value of a stream. Not `trusted`: raises ForeignError rather than run anyone's code."""
    if not data or data[0] != VERSION:
        raise_for("S003", path="the artifact", found=data[0] if data else "none", known=VERSION)
    return _Reader(BytesIO(memoryview(data)[1:]), source, trusted=trusted).load()


def _dump(pickler: type[Hooks], value: object, sink: Sink, is_own: Callable[[str], bool]) -> Stream:
    out = BytesIO()
    out.write(bytes([VERSION]))
    hooks = pickler(out, _PROTOCOL)
    hooks.begin(sink, is_own)
    try:
        hooks.dump(value)
    except (SharedError, NotByNameError, RefusedError, NbflowError):
        raise
    except Exception as error:
        if hooks.names_global and not isinstance(hooks, ByValue):
            raise NotByNameError from error
        raise RefusedError(hooks.last, str(error) or type(error).__name__) from error
    return Stream(out.getvalue(), tuple(sorted(hooks.uses)), hooks.foreign)


class _Reader(pickle.Unpickler):
    """Opens a stream."""

    def __init__(self, file: BytesIO, source: Source, *, trusted: bool) -> None:
        super().__init__(file)
        self._source = source
        self._trusted = trusted
        self._texts: list[str | bytes] = []
        self._labels: dict[int, Any] = {}

    def persistent_load(self, given: Any) -> Any:
        kind = type(given)
        if kind is int:
            return self._texts[given]
        if kind is str or kind is bytes:
            self._texts.append(given)
            return given
        tag, *rest = given
        if tag == Tag.BYTES:
            self._texts.append(bytes(self._source.buffer(rest[0])))
            return self._texts[-1]
        if tag == Tag.AGAIN:
            return self._labels[rest[0]]
        if tag == Tag.VALUE:
            return rest[0]
        if tag == Tag.BUFFER:
            return bytearray(rest[0]) if isinstance(rest[0], bytes) else self._source.buffer(rest[0])
        label, parts = rest
        value = _TOGETHER[tag](parts, self._source)
        if label is not None:
            self._labels[label] = value
        return value

    def find_class(self, module: str, name: str) -> Any:
        if not self._trusted and name not in HARMLESS.get(module, ()):
            raise ForeignError(f"{module}.{name}")
        return super().find_class(module, name)


_TOGETHER: dict[int, Callable[[Any, Source], Any]] = {
    Tag.LIST: flat.list_together,
    Tag.DICT: flat.dict_together,
    Tag.SET: flat.set_together,
    Tag.ARRAY: arrays.array_together,
    Tag.OBJECTS: arrays.objects_together,
    Tag.SCALAR: arrays.scalar_together,
    Tag.FRAME: frames.frame_together,
    Tag.SERIES: frames.series_together,
    Tag.INDEX: frames.index_together,
    Tag.ARROW: arrow.table_together,
    Tag.FILE: files.file_together,
    Tag.DIRECTORY: files.directory_together,
}
