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
import struct
from collections.abc import Callable
from io import BytesIO
from types import ModuleType
from typing import Any, NamedTuple

from nbflow.errors import NbflowError, raise_for
from nbflow.store.codecs import arrays, arrow, flat, frames
from nbflow.store.codecs.ports import IN_HEADER, Sink, Source
from nbflow.store.codecs.types import HARMLESS, REFUSED, way_of

#: first byte of a stream
VERSION = 1

_PROTOCOL = 5

# what a hooked value is, in the stream; numbers are never used again for something else
_BYTES, _AGAIN, _VALUE, _BUFFER = 0, 1, 2, 3
_LIST, _DICT, _SET, _ARRAY, _OBJECTS, _SCALAR, _FRAME, _SERIES, _INDEX, _ARROW = range(4, 14)


class Stream(NamedTuple):
    """A value's stream, and what it takes to open it."""

    data: bytes
    #: `module:name` of the flow's own definitions in it
    uses: tuple[str, ...]
    #: it names types that run code of theirs when opened, and may differ between equal values
    foreign: bool


class RefusedError(Exception):
    """The value is, or holds, `culprit`, which cannot be stored."""

    def __init__(self, culprit: object, why: str) -> None:
        super().__init__(why)
        self.culprit = culprit
        self.why = why


class ForeignError(Exception):
    """The stream names a type whose opening runs code."""


class _SharedError(Exception):
    """A mutable value is reachable in two ways, or holds itself."""


class _NotByNameError(Exception):
    """A function or class that no other process finds by its name."""


def write(value: object, sink: Sink, is_own: Callable[[str], bool]) -> Stream:
    """Return the stream of `value`, its large buffers handed to `sink`. `is_own`: is this module the flow's?

    Raises RefusedError.
    """
    for pickler in (_ByContent, _ByIdentity):
        try:
            return _dump(pickler, value, sink, is_own)
        except _SharedError:
            continue
        except _NotByNameError:
            break
    import cloudpickle

    return _dump(_by_value(cloudpickle), value, sink, is_own)


def read(data: bytes | memoryview, source: Source, *, trusted: bool = True) -> Any:
    """Return the value of a stream. Not `trusted`: raises ForeignError rather than run anyone's code."""
    if not data or data[0] != VERSION:
        raise_for("S003", path="the artifact", found=data[0] if data else "none", known=VERSION)
    return _Reader(BytesIO(memoryview(data)[1:]), source, trusted=trusted).load()


def _dump(pickler: type[_Hooks], value: object, sink: Sink, is_own: Callable[[str], bool]) -> Stream:
    out = BytesIO()
    out.write(bytes([VERSION]))
    hooks = pickler(out, _PROTOCOL)
    hooks.begin(sink, is_own)
    try:
        hooks.dump(value)
    except (_SharedError, _NotByNameError, RefusedError, NbflowError):
        raise
    except Exception as error:
        if hooks.names_global and not isinstance(hooks, _ByValueMark):
            raise _NotByNameError from error
        raise RefusedError(hooks.last, str(error) or type(error).__name__) from error
    return Stream(out.getvalue(), tuple(sorted(hooks.uses)), hooks.foreign)


class _Hooks(pickle.Pickler):
    """The hook on every value that is pickled."""

    #: keeps no memo
    by_content = False

    def begin(self, sink: Sink, is_own: Callable[[str], bool]) -> None:
        self.sink = sink
        self.is_own = is_own
        self.uses: set[str] = set()
        self.foreign = False
        #: the value that was begun last: the culprit when pickling fails
        self.last: object = None
        self.names_global = False
        self._texts: dict[str | bytes, int] = {}
        self._labels: dict[int, tuple[int, object]] = {}
        self._walked: dict[int, object] = {}
        self._values: dict[Any, object] = {}
        self._passing: object = None

    def persistent_id(self, value: Any) -> Any:
        hook = _HOOKS[type(value)]
        return None if hook is None else hook(self, value)

    def text(self, value: str | bytes) -> Any:
        number = self._texts.get(value)
        if number is not None:
            return number
        self._texts[value] = len(self._texts)
        if type(value) is bytes and len(value) >= IN_HEADER:
            return _BYTES, self.sink.add(value)
        return value

    def walk(self, value: object) -> None:
        """Leave the value to the pickler, once."""
        self.last, self.names_global = value, False
        if self.by_content:
            if id(value) in self._walked:
                raise _SharedError
            # kept, so that no later value gets its id
            self._walked[id(value)] = value

    def list_(self, value: list[Any]) -> Any:
        return self._labelled(_LIST, value, flat.list_apart) if len(value) >= flat.LONG else self.walk(value)

    def dict_(self, value: dict[Any, Any]) -> Any:
        return self._labelled(_DICT, value, flat.dict_apart) if len(value) >= flat.LONG else self.walk(value)

    def set_(self, value: set[Any] | frozenset[Any]) -> Any:
        if type(value) is set:
            return self._labelled(_SET, value, flat.set_apart)
        parts = flat.set_apart(value, self.sink)
        return self.walk(value) if parts is None else (_SET, None, parts)

    def array(self, value: Any) -> Any:
        if self.by_content and value.dtype == object:
            self.walk(value)
            return _OBJECTS, None, arrays.objects_apart(value)
        return self._labelled(_ARRAY, value, arrays.array_apart)

    def frame(self, value: Any) -> Any:
        return self._labelled(_FRAME, value, frames.frame_apart)

    def series(self, value: Any) -> Any:
        return self._labelled(_SERIES, value, frames.series_apart)

    def index(self, value: Any) -> Any:
        parts = frames.index_apart(value, self.sink)
        return self.object_(value) if parts[0] == "other" else (_INDEX, None, parts)

    def arrow(self, value: Any) -> Any:
        return _ARROW, None, arrow.table_apart(value, self.sink)

    def scalar(self, value: Any) -> Any:
        parts = arrays.scalar_apart(value)
        return self.foreign_value(value) if parts is None else (_SCALAR, None, parts)

    def buffer(self, value: pickle.PickleBuffer) -> Any:
        """Large memory of an object that pickles itself, such as an Arrow array, stands beside the stream."""
        raw = value.raw()
        return _BUFFER, raw.tobytes() if raw.nbytes < IN_HEADER else self.sink.add(raw)

    def tuple_(self, value: tuple[Any, ...]) -> Any:
        return None if self.by_content else self._one_of(value)

    def value(self, value: object) -> Any:
        return None if self.by_content else self._one_of(value)

    def foreign_value(self, value: object) -> Any:
        self.foreign = True
        self.last, self.names_global = value, False
        return self.value(value)

    def object_(self, value: object) -> None:
        self.foreign = True
        self.walk(value)

    def global_(self, value: Any) -> None:
        module = getattr(value, "__module__", None) or ""
        if value.__qualname__ in HARMLESS.get(module, ()):
            return
        self.foreign = True
        self.last, self.names_global = value, True
        if module == "__main__" and not isinstance(self, _ByValueMark):
            raise _NotByNameError
        if self.is_own(module):
            self.uses.add(f"{module}:{value.__qualname__.partition('.')[0]}")

    def refused(self, value: object) -> None:
        kind = type(value)
        raise RefusedError(value, REFUSED[kind.__module__.partition(".")[0], kind.__qualname__])

    def _labelled(self, tag: int, value: Any, apart: Callable[[Any, Sink], Any]) -> Any:
        """Return the form of a mutable value, or the label it got when it was first met."""
        if found := self._labels.get(id(value)):
            return _AGAIN, found[0]
        self.last, self.names_global = value, False
        parts = apart(value, self.sink)
        if parts is None:
            return self.walk(value) if tag in _WALKED else self.object_(value)
        label = len(self._labels)
        self._labels[id(value)] = label, value
        return tag, label, parts

    def _one_of(self, value: object) -> Any:
        """Return the first of the immutable values equal to `value`, so that the memo knows only one."""
        if value is self._passing:
            self._passing = None
            return None
        self._passing = self._values.setdefault(_key(value), value)
        return _VALUE, self._passing


class _ByContent(_Hooks):
    by_content = True

    def begin(self, sink: Sink, is_own: Callable[[str], bool]) -> None:
        super().begin(sink, is_own)
        self.fast = True


class _ByIdentity(_Hooks):
    pass


class _ByValueMark:
    """Writes functions and classes whole."""


def _by_value(cloudpickle: ModuleType) -> type[_Hooks]:
    return type("_ByValue", (_ByValueMark, _Hooks, cloudpickle.Pickler), {})


def _key(value: Any) -> Any:
    """Return what equal immutable values have in common and others have not."""
    kind = type(value)
    if kind is tuple:
        return kind, *map(_key, value)
    if kind is float:
        return struct.pack("<d", value)
    if kind in _BY_EQUALITY:
        return kind, value
    hook = _HOOKS[kind]
    if hook in {_Hooks.value, _Hooks.foreign_value}:
        return kind, flat.memoless(value)
    return id(value)


_BY_EQUALITY = {int, bool, type(None), str, bytes}
_WALKED = {_LIST, _DICT, _SET}

_WAYS: dict[str, Callable[[Any, Any], Any] | None] = {
    "atom": None,
    "text": _Hooks.text,
    "list": _Hooks.list_,
    "dict": _Hooks.dict_,
    "tuple": _Hooks.tuple_,
    "set": _Hooks.set_,
    "container": _Hooks.walk,
    "buffer": _Hooks.buffer,
    "value": _Hooks.value,
    "foreign value": _Hooks.foreign_value,
    "global": _Hooks.global_,
    "object": _Hooks.object_,
    "refused": _Hooks.refused,
    "array": _Hooks.array,
    "numpy scalar": _Hooks.scalar,
    "frame": _Hooks.frame,
    "series": _Hooks.series,
    "index": _Hooks.index,
    "arrow": _Hooks.arrow,
}


class _HookTable(dict[type, Callable[[Any, Any], Any] | None]):
    """The hook of a type, decided when the type is first met."""

    def __missing__(self, kind: type) -> Callable[[Any, Any], Any] | None:
        hook = self[kind] = _WAYS[way_of(kind)]
        return hook


_HOOKS = _HookTable()


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
        if tag == _BYTES:
            self._texts.append(bytes(self._source.buffer(rest[0])))
            return self._texts[-1]
        if tag == _AGAIN:
            return self._labels[rest[0]]
        if tag == _VALUE:
            return rest[0]
        if tag == _BUFFER:
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
    _LIST: flat.list_together,
    _DICT: flat.dict_together,
    _SET: flat.set_together,
    _ARRAY: arrays.array_together,
    _OBJECTS: arrays.objects_together,
    _SCALAR: arrays.scalar_together,
    _FRAME: frames.frame_together,
    _SERIES: frames.series_together,
    _INDEX: frames.index_together,
    _ARROW: arrow.table_together,
}
