"""A stream as what is written in it, with nothing made of it: no class is looked up, nothing is called, nothing imported.

`unopened` walks the opcodes of a stream. Numbers, texts, lists, dictionaries and tuples are themselves; an object is a
`Note` of its class and what it was given; an array or a frame that the codecs took apart is a `Taken`, whose large
buffers are not read. It stops after a number of bytes and steps: what stands there by then is returned, as `cut`.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from io import BytesIO
from typing import Any, ClassVar, NamedTuple

from nbflow.errors import raise_for
from nbflow.store.codecs.pickler import Tag
from nbflow.store.codecs.stream import VERSION

#: bytes and steps after which a stream is not read further
BYTES, STEPS = 16 << 20, 500_000

_STOP, _MARK = pickle.STOP[0], pickle.MARK[0]


@dataclass(slots=True, eq=False)
class Note:
    """An object of a class: what its pickle would call, and with what."""

    module: str
    name: str
    #: None: the class or function itself, not called
    args: Any = None
    state: Any = None
    items: list[Any] = field(default_factory=list)
    pairs: list[tuple[Any, Any]] = field(default_factory=list)

    @property
    def full_name(self) -> str:
        """Its class with its module."""
        return self.name if self.module in {"builtins", ""} else f"{self.module}.{self.name}"


@dataclass(slots=True, eq=False)
class Taken:
    """A value that a codec took apart: see `pickler.Tag`."""

    tag: int
    parts: Any


@dataclass(slots=True, eq=False)
class Beside:
    """Bytes that stand in a buffer beside the stream."""

    number: int


class Cut(list[Any]):
    """The first values of a tuple that the reading ended in."""


class CutText(NamedTuple):
    """The first part of a text that the reading ended in, or of bytes."""

    start: str | bytes
    #: bytes of the whole
    size: int


class Unopened(NamedTuple):
    """What a stream holds."""

    root: Any
    #: there is more in it
    cut: bool


#: opcodes after which a mark begins what is put into the container that stands on the stack
_FILLED = {
    code[0]
    for code in (
        pickle.EMPTY_LIST,
        pickle.EMPTY_DICT,
        pickle.EMPTY_SET,
        pickle.APPENDS,
        pickle.SETITEMS,
        pickle.ADDITEMS,
    )
}
#: opcodes that change nothing on the stack
_QUIET = {code[0] for code in (pickle.MEMOIZE, pickle.BINPUT, pickle.LONG_BINPUT, pickle.FRAME)}
_TAKEN = {Tag.LIST, Tag.DICT, Tag.SET, Tag.ARRAY, Tag.OBJECTS, Tag.SCALAR, Tag.FRAME, Tag.SERIES, Tag.INDEX, Tag.ARROW}
_TAKEN |= {Tag.FILE, Tag.DIRECTORY}
#: opcodes that make plain values and arrange them; each other one is replaced, or is in no stream
_PLAIN = (
    *(pickle.PROTO, pickle.NONE, pickle.NEWTRUE, pickle.NEWFALSE, pickle.BININT, pickle.BININT1, pickle.BININT2),
    *(pickle.LONG1, pickle.LONG4, pickle.BINFLOAT, pickle.SHORT_BINUNICODE, pickle.SHORT_BINBYTES, pickle.EMPTY_LIST),
    *(
        pickle.EMPTY_DICT,
        pickle.EMPTY_SET,
        pickle.EMPTY_TUPLE,
        pickle.TUPLE,
        pickle.TUPLE1,
        pickle.TUPLE2,
        pickle.TUPLE3,
    ),
    *(pickle.FROZENSET, pickle.MARK, pickle.POP, pickle.POP_MARK, pickle.DUP, pickle.MEMOIZE, pickle.GET, pickle.PUT),
    *(pickle.BINGET, pickle.LONG_BINGET, pickle.BINPUT, pickle.LONG_BINPUT),
)
#: its internals are a matter of Python only: those that are used have not changed since protocol 5
_Unpickler: Any = pickle._Unpickler  # noqa: SLF001 - see above


class _EndError(Exception):
    """The bytes or the steps have come to an end."""


def unopened(data: bytes | memoryview, *, steps: int = STEPS) -> Unopened:
    """Return what a stream holds. Raises S003 for another version, S001 for bytes that are no stream."""
    if not data or data[0] != VERSION:
        raise_for("S003", path="the artifact", found=data[0] if data else "none", known=VERSION)
    return _walked(memoryview(data)[1:], steps)


def plain_start(data: bytes | memoryview, *, steps: int = STEPS) -> Unopened:
    """Return what a simple value's pickle holds (see `flat.simple`), or its beginning. Raises S001."""
    return _walked(memoryview(data), steps)


def _walked(data: memoryview, steps: int) -> Unopened:
    walker = _Walker(data, steps)
    try:
        return walker.walk()
    except Exception as error:  # noqa: BLE001 - bytes that no pickler wrote may fail in any way
        why = f"its stream cannot be followed ({type(error).__name__})"
        return raise_for("S001", digest="of an artifact", why=why)


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        # cut within a character
        return data.decode("utf-8", "replace")


class _Walker(_Unpickler):  # type: ignore[misc]  # the one written in Python has no types
    """Follows the opcodes: those of `_PLAIN` as Python does, and those of its own table, which make notes.

    The unpickler written in C cannot be kept from calling what is called, nor be stopped half way.
    """

    def __init__(self, data: memoryview, steps: int) -> None:
        self._whole = len(data) <= BYTES
        self._data = data[:BYTES]
        file = BytesIO(self._data)
        super().__init__(file)
        self._file, self._steps = file, steps
        self._texts: list[Any] = []
        self._labels: dict[int, Any] = {}
        #: for each open mark, whether it came straight after the container it fills
        self._fills: list[bool] = []

    def walk(self) -> Unopened:
        self.read, self.readline = self._exactly, self._file.readline
        self.metastack: list[list[Any]] = []
        self.stack: list[Any] = []
        self.append = self.stack.append
        self.proto = 5
        before, next_byte = 0, self._file.read
        try:
            for _ in range(self._steps):
                code = next_byte(1)
                if not code:
                    raise _EndError  # noqa: TRY301 - as where an argument ends
                key = code[0]
                if key == _STOP:
                    return Unopened(self.stack[-1], cut=False)
                if key == _MARK:
                    self._fills = [*self._fills[: len(self.metastack)], before in _FILLED]
                self.dispatch[key](self)
                before = before if key in _QUIET else key
        except _EndError:
            if self._whole and self._file.tell() >= len(self._data) and not isinstance(self._top(), CutText):
                raise
        return Unopened(self._so_far(), cut=True)

    def _exactly(self, size: int) -> bytes:
        data = self._file.read(size)
        if len(data) < size:
            raise _EndError
        return data

    def _top(self) -> Any:
        return self.stack[-1] if self.stack else None

    def _so_far(self) -> Any:
        """Return the root as far as it is known: what was pending is put where it was going to be."""
        levels = [*self.metastack, self.stack]
        while len(levels) > 1:
            pending, below = levels.pop(), levels[-1]
            fills = self._fills[len(levels) - 1] if len(levels) <= len(self._fills) else False
            into = below[-1] if below and fills else None
            if isinstance(into, list):
                into.extend(pending)
            elif isinstance(into, dict):
                into.update(zip(pending[::2], pending[1::2], strict=False))
            else:
                below.append(Cut(pending))
        (root,) = levels
        match root:
            case []:
                raise _EndError
            case [int(tag), int() | None, parts] if tag in _TAKEN:
                return Taken(tag, parts)
            case [int(tag), int() | None, Tag.VALUE, parts] if tag in _TAKEN:
                # by identity, a tuple is itself a value
                return Taken(tag, parts)
            case [Note() as note, *_, state] if note.args is not None:
                note.state = state
        return root[0]

    # ---- what the hooks of a stream put in the place of values

    def _load_persistent(self) -> None:
        self.append(self._meant(self.stack.pop()))

    def _meant(self, given: Any) -> Any:
        kind = type(given)
        if kind is int:
            return self._texts[given]
        if kind is not tuple:
            self._texts.append(given)
            return given
        tag, *rest = given
        if tag == Tag.AGAIN:
            return self._labels[rest[0]]
        if tag == Tag.VALUE:
            return rest[0]
        if tag in {Tag.BYTES, Tag.BUFFER}:
            beside = Beside(rest[0]) if type(rest[0]) is int else rest[0]
            if tag == Tag.BYTES:
                self._texts.append(beside)
            return beside
        label, parts = rest
        taken = Taken(tag, parts)
        if label is not None:
            self._labels[label] = taken
        return taken

    # ---- classes, noted

    def _note_global(self) -> None:
        module, name = (self.readline()[:-1].decode() for _ in range(2))
        self.append(Note(module, name))

    def _note_stacked_global(self) -> None:
        name, module = self.stack.pop(), self.stack.pop()
        self.append(Note(_word(module), _word(name)))

    def _note_call(self) -> None:
        args, called = self.stack.pop(), self.stack.pop()
        self.append(_called(called, args))

    def _note_call_with_names(self) -> None:
        names, args, called = self.stack.pop(), self.stack.pop(), self.stack.pop()
        self.append(_called(called, (*args, names)))

    def _note_state(self) -> None:
        state = self.stack.pop()
        if isinstance(self.stack[-1], Note):
            self.stack[-1].state = state

    def _note_items(self) -> None:
        self._into(self.pop_mark())

    def _note_item(self) -> None:
        self._into([self.stack.pop()])

    def _into(self, items: list[Any]) -> None:
        into = self.stack[-1]
        if isinstance(into, Note):
            into.items.extend(items)
        elif type(into) is set:
            into.update(items)
        else:
            list.extend(into, items)

    def _note_pairs(self) -> None:
        items = self.pop_mark()
        self._set(zip(items[::2], items[1::2], strict=True))

    def _note_pair(self) -> None:
        value, key = self.stack.pop(), self.stack.pop()
        self._set([(key, value)])

    def _set(self, pairs: Any) -> None:
        into = self.stack[-1]
        if isinstance(into, Note):
            into.pairs.extend(pairs)
        else:
            dict.update(into, pairs)

    # ---- long texts and bytes, of which the beginning may be all there is

    def _load_long_text(self, width: int, decode: Callable[[bytes], Any]) -> None:
        size = int.from_bytes(self._exactly(width), "little")
        data = self._file.read(min(size, BYTES))
        if len(data) < size:
            self.append(CutText(decode(data), size))
            raise _EndError
        self.append(decode(data))

    def _skip_frame(self) -> None:
        # a frame only says how far to read at once
        self._exactly(8)

    dispatch: ClassVar[dict[int, Callable[[Any], None]]] = {
        **{code[0]: _Unpickler.dispatch[code[0]] for code in _PLAIN},
        pickle.FRAME[0]: _skip_frame,
        pickle.BINPERSID[0]: _load_persistent,
        pickle.GLOBAL[0]: _note_global,
        pickle.STACK_GLOBAL[0]: _note_stacked_global,
        pickle.REDUCE[0]: _note_call,
        pickle.NEWOBJ[0]: _note_call,
        pickle.NEWOBJ_EX[0]: _note_call_with_names,
        pickle.BUILD[0]: _note_state,
        pickle.APPEND[0]: _note_item,
        pickle.APPENDS[0]: _note_items,
        pickle.ADDITEMS[0]: _note_items,
        pickle.SETITEM[0]: _note_pair,
        pickle.SETITEMS[0]: _note_pairs,
        pickle.BINUNICODE[0]: partial(_load_long_text, width=4, decode=_text),
        pickle.BINUNICODE8[0]: partial(_load_long_text, width=8, decode=_text),
        pickle.BINBYTES[0]: partial(_load_long_text, width=4, decode=bytes),
        pickle.BINBYTES8[0]: partial(_load_long_text, width=8, decode=bytes),
        pickle.BYTEARRAY8[0]: partial(_load_long_text, width=8, decode=bytes),
    }


def _called(called: Any, args: Any) -> Note:
    if not isinstance(called, Note) or called.args is not None:
        # what is called was itself made by a call
        return Note("", "an object", args)
    if called.name == "_make_skeleton_class" and isinstance(args, tuple) and len(args) > 1:
        # a class that is written whole
        return Note("", _word(args[1]))
    if called.full_name == "copyreg._reconstructor" and isinstance(args, tuple) and args:
        return _called(args[0], ())
    if called.full_name in {"copyreg.__newobj__", "copyreg.__newobj_ex__"} and isinstance(args, tuple) and args:
        return _called(args[0], args[1:])
    return Note(called.module, called.name, args)


def _word(given: Any) -> str:
    return given if isinstance(given, str) else "?"
