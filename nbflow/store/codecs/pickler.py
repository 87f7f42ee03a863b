"""The hook on every value that is pickled, and the three ways of pickling that share it.

By content: nothing is memoised, so what equal values are made of does not show. By identity: what is one object stays
one. By value: functions and classes that no other process finds by their name are written whole.
"""

from __future__ import annotations

import pickle
import struct
from collections.abc import Callable
from types import ModuleType
from typing import Any

from nbflow.store.codecs import arrays, arrow, files, flat, frames
from nbflow.store.codecs.ports import IN_HEADER, Sink
from nbflow.store.codecs.types import HARMLESS, REFUSED, way_of


class Tag:
    """What a hooked value is, in the stream. A number is never used again for something else.

    Plain numbers: an enumeration's members would be values to be hooked themselves.
    """

    BYTES = 0
    AGAIN = 1
    VALUE = 2
    BUFFER = 3
    LIST = 4
    DICT = 5
    SET = 6
    ARRAY = 7
    OBJECTS = 8
    SCALAR = 9
    FRAME = 10
    SERIES = 11
    INDEX = 12
    ARROW = 13
    FILE = 14
    DIRECTORY = 15


class RefusedError(Exception):
    """The value is, or holds, `culprit`, which cannot be stored."""

    def __init__(self, culprit: object, why: str) -> None:
        super().__init__(why)
        self.culprit = culprit
        self.why = why


class SharedError(Exception):
    """A mutable value is reachable in two ways, or holds itself."""


class NotByNameError(Exception):
    """A function or class that no other process finds by its name."""


class Hooks(pickle.Pickler):
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
            return Tag.BYTES, self.sink.add(value)
        return value

    def walk(self, value: object) -> None:
        """Leave the value to the pickler, once."""
        self.last, self.names_global = value, False
        if self.by_content:
            if id(value) in self._walked:
                raise SharedError
            # kept, so that no later value gets its id
            self._walked[id(value)] = value

    def list_(self, value: list[Any]) -> Any:
        return self._labelled(Tag.LIST, value, flat.list_apart) if len(value) >= flat.LONG else self.walk(value)

    def dict_(self, value: dict[Any, Any]) -> Any:
        return self._labelled(Tag.DICT, value, flat.dict_apart) if len(value) >= flat.LONG else self.walk(value)

    def set_(self, value: set[Any] | frozenset[Any]) -> Any:
        if type(value) is set and (found := self._labels.get(id(value))):
            return Tag.AGAIN, found[0]
        parts = flat.set_apart(value, self.sink)
        if parts is None:
            return self.walk(value)
        return (Tag.SET, None, parts) if type(value) is frozenset else self._label(Tag.SET, value, parts)

    def array(self, value: Any) -> Any:
        if self.by_content and value.dtype == object:
            self.walk(value)
            return Tag.OBJECTS, None, arrays.objects_apart(value)
        return self._labelled(Tag.ARRAY, value, arrays.array_apart)

    def frame(self, value: Any) -> Any:
        return self._labelled(Tag.FRAME, value, frames.frame_apart)

    def series(self, value: Any) -> Any:
        return self._labelled(Tag.SERIES, value, frames.series_apart)

    def index(self, value: Any) -> Any:
        self.last, self.names_global = value, False
        parts = frames.index_apart(value, self.sink)
        return self.object_(value) if parts[0] == "other" else (Tag.INDEX, None, parts)

    def arrow(self, value: Any) -> Any:
        self.last, self.names_global = value, False
        return Tag.ARROW, None, arrow.table_apart(value, self.sink)

    def file(self, value: Any) -> Any:
        self.last, self.names_global = value, False
        return Tag.FILE, None, files.file_apart(value, self.sink)

    def directory(self, value: Any) -> Any:
        self.last, self.names_global = value, False
        return Tag.DIRECTORY, None, files.file_apart(value, self.sink)

    def scalar(self, value: Any) -> Any:
        parts = arrays.scalar_apart(value)
        return self.foreign_value(value) if parts is None else (Tag.SCALAR, None, parts)

    def buffer(self, value: pickle.PickleBuffer) -> Any:
        """Large memory of an object that pickles itself, such as an Arrow array, stands beside the stream."""
        raw = value.raw()
        return Tag.BUFFER, raw.tobytes() if raw.nbytes < IN_HEADER else self.sink.add(raw)

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
        if module == "__main__" and not isinstance(self, ByValue):
            raise NotByNameError
        if self.is_own(module):
            self.uses.add(f"{module}:{value.__qualname__.partition('.')[0]}")

    def refused(self, value: object) -> None:
        kind = type(value)
        raise RefusedError(value, REFUSED[kind.__module__.partition(".")[0], kind.__qualname__])

    def _labelled(self, tag: int, value: Any, apart: Callable[[Any, Sink], Any]) -> Any:
        """Return the form of a mutable value, or the label it got when it was first met."""
        if found := self._labels.get(id(value)):
            return Tag.AGAIN, found[0]
        self.last, self.names_global = value, False
        parts = apart(value, self.sink)
        if parts is None:
            return self.walk(value) if tag in _WALKED else self.object_(value)
        return self._label(tag, value, parts)

    def _label(self, tag: int, value: object, parts: Any) -> Any:
        label = len(self._labels)
        self._labels[id(value)] = label, value
        return tag, label, parts

    def _one_of(self, value: object) -> Any:
        """Return the first of the immutable values equal to `value`, so that the memo knows only one."""
        if value is self._passing:
            self._passing = None
            return None
        try:
            key = _key(value)
        except Exception:  # noqa: BLE001 - only the pickler itself can pickle it, if anyone
            return None
        self._passing = self._values.setdefault(key, value)
        return Tag.VALUE, self._passing


class ByContent(Hooks):
    """Writes each value by what it is. Raises SharedError where that would make two of one."""

    by_content = True

    def begin(self, sink: Sink, is_own: Callable[[str], bool]) -> None:
        super().begin(sink, is_own)
        self.fast = True


class ByIdentity(Hooks):
    """Writes a value once and refers to it from then on; equal immutable values are one."""


class ByValue:
    """Marks the way of pickling that writes functions and classes whole, by identity."""


def by_value(cloudpickle: ModuleType) -> type[Hooks]:
    """Return that way of pickling."""
    return type("_ByValue", (ByValue, Hooks, cloudpickle.Pickler), {})


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
    if hook in {Hooks.value, Hooks.foreign_value}:
        return kind, flat.memoless(value)
    return id(value)


_BY_EQUALITY = {int, bool, type(None), str, bytes}
_WALKED = {Tag.LIST, Tag.DICT}

_WAYS: dict[str, Callable[[Any, Any], Any] | None] = {
    "atom": None,
    "text": Hooks.text,
    "list": Hooks.list_,
    "dict": Hooks.dict_,
    "tuple": Hooks.tuple_,
    "set": Hooks.set_,
    "container": Hooks.walk,
    "buffer": Hooks.buffer,
    "value": Hooks.value,
    "foreign value": Hooks.foreign_value,
    "global": Hooks.global_,
    "object": Hooks.object_,
    "refused": Hooks.refused,
    "array": Hooks.array,
    "numpy scalar": Hooks.scalar,
    "frame": Hooks.frame,
    "series": Hooks.series,
    "index": Hooks.index,
    "arrow": Hooks.arrow,
    "file": Hooks.file,
    "directory": Hooks.directory,
}


class _HookTable(dict[type, Callable[[Any, Any], Any] | None]):
    """The hook of a type, decided when the type is first met."""

    def __missing__(self, kind: type) -> Callable[[Any, Any], Any] | None:
        hook = self[kind] = _WAYS[way_of(kind)]
        return hook


_HOOKS = _HookTable()
