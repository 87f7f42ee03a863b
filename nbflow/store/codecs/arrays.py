"""NumPy arrays and scalars: a description and the bytes, aligned, mapped again without a copy."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

from nbflow.store.codecs.ports import IN_HEADER, Memory, Sink, Source

if TYPE_CHECKING:
    import numpy as np

#: (dtype description, shape, order, bytes or their number)
Parts = tuple[Any, tuple[int, ...], str, bytes | int]


def array_apart(array: np.ndarray[Any, Any], sink: Sink) -> Parts | None:
    """Return the form of an array; None when its bytes alone do not say its values (objects, foreign types)."""
    descr = describe(array.dtype)
    if descr is None:
        return None
    order = "F" if array.flags.f_contiguous and not array.flags.c_contiguous else "C"
    if array.nbytes < IN_HEADER:
        return descr, array.shape, order, array.tobytes(_order(order))
    import numpy as np

    memory = _memory(array) if array.flags.forc else None
    number = sink.again(memory) if memory else None
    if number is None:
        whole = array.T if order == "F" else np.ascontiguousarray(array)
        number = sink.add(whole.reshape(-1).view(np.uint8).data)
    return descr, array.shape, order, number


def array_together(parts: Parts, source: Source) -> np.ndarray[Any, Any]:
    """Return the array of a form: mapped when it is large, writable in any case."""
    import numpy as np

    descr, shape, order, data = parts
    dtype = np.lib.format.descr_to_dtype(descr)
    if isinstance(data, bytes):
        # a copy owns its memory, as an array that was just made does
        return np.ndarray(shape, dtype, data, order=_order(order)).copy(order=_order(order))
    array: np.ndarray[Any, Any] = np.ndarray(shape, dtype, source.buffer(data), order=_order(order))
    source.opened(data, _memory(array))
    return array


def objects_apart(array: np.ndarray[Any, Any]) -> tuple[Any, ...]:
    """Return the form of an array of Python objects: the objects themselves, for the stream to go on with."""
    order = "F" if array.flags.f_contiguous and not array.flags.c_contiguous else "C"
    return array.shape, order, array.ravel(_order(order)).tolist()


def objects_together(parts: tuple[Any, ...], _source: Source) -> np.ndarray[Any, Any]:
    """Return the array of objects of a form."""
    import numpy as np

    shape, order, values = parts
    return np.fromiter(values, object, len(values)).reshape(shape, order=_order(order))


def scalar_apart(value: np.generic) -> tuple[Any, bytes] | None:
    """Return the form of a NumPy scalar; None when its bytes alone do not say its value."""
    descr = describe(value.dtype)
    return None if descr is None else (descr, value.tobytes())


def scalar_together(parts: tuple[Any, bytes], _source: Source | None = None) -> Any:
    """Return the NumPy scalar of a form."""
    import numpy as np

    descr, data = parts
    return np.ndarray((), np.lib.format.descr_to_dtype(descr), data).copy()[()]


def describe(dtype: np.dtype[Any]) -> Any:
    """Return a text or list that gives `dtype` back, or None when there is none."""
    if dtype.isbuiltin == 1 and dtype.kind in "biufc":
        return dtype.str
    if dtype.hasobject or dtype.metadata or dtype.kind not in "biufcmMSUV":
        return None
    import numpy as np

    with warnings.catch_warnings():
        # of types that NumPy can write only as raw bytes, which the comparison below finds
        warnings.simplefilter("ignore")
        descr = np.lib.format.dtype_to_descr(dtype)
    return descr if np.lib.format.descr_to_dtype(descr) == dtype else None


def _memory(array: np.ndarray[Any, Any]) -> Memory:
    return Memory(((array.__array_interface__["data"][0], array.nbytes),))


def _order(order: str) -> Any:
    return order
