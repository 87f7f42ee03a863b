"""Containers of nothing but simple values, encoded in one go: long lists, long dictionaries, sets.

Everything here has the same bytes however its values were made: pickling without a memo writes each value by its
content, never as *the same object as before*.
"""

from __future__ import annotations

import pickle
import sys
from array import array
from collections.abc import Iterable
from io import BytesIO
from typing import TYPE_CHECKING, Any

from nbflow.store.codecs.ports import IN_HEADER, Sink, Source

if TYPE_CHECKING:
    from typing_extensions import Buffer

#: from this length on a container is worth a look at the types of its values
LONG = 64
#: bytes of pickle by which the values of a set are put in order
_SMALL = 64 << 10

_NUMBERS = {int, float, bool, type(None)}
_TEXTS = {str, type(None)}
_KEYS = {str, int}
_ELEMENTS = {int, float, bool, type(None), str, bytes}

#: a container in its own form: what it is, how its bytes are meant, the bytes or their number in the sink
Parts = tuple[Any, ...]


def memoless(value: object, out: BytesIO | None = None) -> bytes:
    """Return the pickle of a value that has no cycle, with nothing in it shared; it is made in `out`."""
    out = out or BytesIO()
    pickler = pickle.Pickler(out, 5)
    pickler.fast = True
    pickler.dump(value)
    return out.getvalue()


def list_apart(values: list[Any], sink: Sink) -> Parts | None:
    """Return the form of a long list of numbers or of texts; None: it holds other things."""
    kinds = set(map(type, values))
    if kinds <= _NUMBERS:
        return ("numbers", _hand_over(memoless(values), sink))
    if not kinds <= _TEXTS:
        return None
    different = list(dict.fromkeys(values))
    if len(different) * 2 > len(values):
        return ("texts", _hand_over(memoless(values), sink))
    # repeated texts once, and their numbers: when loaded they are shared again
    numbers = {text: number for number, text in enumerate(different)}
    width = "B" if len(different) <= 1 << 8 else "H" if len(different) <= 1 << 16 else "I"
    places = _little(array(width, map(numbers.__getitem__, values)))
    return (width, _hand_over(memoless(different), sink), _hand_over(places.tobytes(), sink))


def list_together(parts: Parts, source: Source) -> list[Any]:
    """Return the list of a form; its repeated texts are shared."""
    form, data, *places = parts
    values: list[Any] = simple(_take(data, source))
    if not places:
        return values
    numbers = array(form)
    numbers.frombytes(_take(places[0], source))
    return list(map(values.__getitem__, _little(numbers)))


def dict_apart(values: dict[Any, Any], sink: Sink) -> Parts | None:
    """Return the form of a long dictionary of numbers; None: it holds other things."""
    if set(map(type, values)) <= _KEYS and set(map(type, values.values())) <= _NUMBERS:
        return (_hand_over(memoless(values), sink),)
    return None


def dict_together(parts: Parts, source: Source) -> dict[Any, Any]:
    """Return the dictionary of a form."""
    values: dict[Any, Any] = simple(_take(parts[0], source))
    return values


def set_apart(values: set[Any] | frozenset[Any], sink: Sink) -> Parts | None:
    """Return the form of a set, in an order that depends on its values only.

    None: an order cannot be found, because values are large, cannot be pickled, or are reachable from themselves.
    Where one is found, no value reaches the set.
    """
    try:
        ordered = _in_order(values)
    except Exception:  # noqa: BLE001 - pickling may raise anything; the pickler itself will say what is wrong
        return None
    simple_ones = all(map(_is_simple, values))
    # what is not simple goes on to the stream as it is
    return (type(values) is frozenset, _hand_over(memoless(ordered), sink) if simple_ones else ordered)


def set_together(parts: Parts, source: Source) -> set[Any] | frozenset[Any]:
    """Return the set of a form."""
    frozen, data = parts
    values = data if isinstance(data, list) else simple(_take(data, source))
    return frozenset(values) if frozen else set(values)


def simple(data: bytes | memoryview) -> Any:
    """Return the simple value in `data`. It can name no global, so no code runs."""
    return _Simple(BytesIO(data)).load()


class _Simple(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        raise pickle.UnpicklingError(f"{module}.{name} in a simple value")


def _is_simple(value: Any) -> bool:
    # by the type itself: a subclass may hold more than its items
    kind = type(value)
    return all(map(_is_simple, value)) if kind is tuple else kind in _ELEMENTS


def _in_order(values: Iterable[Any]) -> list[Any]:
    kinds = set(map(type, values))
    if kinds <= {int} or kinds <= {str} or kinds <= {bytes}:
        return sorted(values)
    return sorted(values, key=lambda value: (type(value).__qualname__, memoless(_in_lists(value), _Small())))


def _in_lists(value: Any) -> Any:
    """Return `value` with each frozenset in it as a list in order."""
    if type(value) is frozenset:
        return _in_order(value)
    if type(value) is tuple:
        return tuple(map(_in_lists, value))
    return value


class _Small(BytesIO):
    """Takes a pickle of a few kilobytes and no more."""

    def write(self, data: Buffer) -> int:
        if self.tell() > _SMALL:
            raise OverflowError("too large to be sorted by content")
        return super().write(data)


def _hand_over(data: bytes, sink: Sink) -> bytes | int:
    return data if len(data) < IN_HEADER else sink.add(data)


def _take(data: bytes | int, source: Source) -> bytes | memoryview:
    return source.buffer(data) if isinstance(data, int) else data


def _little(numbers: array[int]) -> array[int]:
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers
