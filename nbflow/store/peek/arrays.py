"""Arrays: mapped, read in a few places, drawn where they look like a picture."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING, Any

from nbflow.cards.figures import several
from nbflow.errors import raise_for
from nbflow.store.peek.cells import cells_of
from nbflow.store.peek.source import Source
from nbflow.store.peek.values import ArrayFacts, Column, Head, Limits, Picture, Spread

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

#: up to here an array is read whole; of a larger one so many blocks of so many numbers
_WHOLE = 8 << 20
_BLOCKS, _BLOCK = 64, 4096
_BINS = 24
#: sides of what may be a picture
_LEAST, _MOST = 8, 20_000


def array_of(parts: Any, source: Source) -> Array:
    """Return the array of a form, mapped where it is large, read-only. Raises S001 where the form does not fit."""
    import numpy as np

    try:
        descr, shape, order, data = parts
        dtype = np.lib.format.descr_to_dtype(descr)
        raw = data if isinstance(data, bytes) else source.buffer(data)
        # NumPy itself refuses objects, whose bytes would be addresses
        made: Array = np.ndarray(shape, dtype, raw, order=order)
    except (TypeError, ValueError, SyntaxError) as error:
        raise_for("S001", digest="of an array", why=f"its form does not fit its bytes ({error})")
    made.flags.writeable = False
    return made


def facts_of(array: Array, limits: Limits) -> ArrayFacts:
    """Return what an array is like."""
    picture = picture_of(array, limits)
    corner = None if picture else corner_of(array, limits)
    return ArrayFacts(array.shape, type_name(array.dtype), spread_of(array), corner, picture)


def type_name(dtype: np.dtype[Any]) -> str:
    """Return an element type as a person says it."""
    if dtype.names:
        return "fields"
    return {"U": "text", "S": "bytes"}.get(dtype.kind) or dtype.name


def spread_of(array: Array) -> Spread | None:
    """Return the least, the most, the mean and a histogram of numbers; None: it has no numbers. Large ones are sampled."""
    import numpy as np

    if array.dtype.kind not in "biufmM" or not array.size:
        return None
    taken = _sample(array)
    if array.dtype.kind in "mM":
        return _spread_of_moments(array, taken)
    with np.errstate(all="ignore"):
        numbers = taken.astype(np.float64)
        finite = numbers[np.isfinite(numbers)]
        missing = int(numbers.size - finite.size)
        if not finite.size:
            return Spread("", "", "", taken.size, array.size, missing)
        least, most, mean = finite.min(), finite.max(), finite.mean()
        whole = array.dtype.kind in "biu"
        ends = _said(least, whole=whole), _said(most, whole=whole)
        return Spread(*ends, _said(mean, whole=False), taken.size, array.size, missing, _bins(finite, whole=whole))


def _said(number: Any, *, whole: bool) -> str:
    return str(int(number)) if whole else f"{number:.6g}"


def _bins(numbers: Array, *, whole: bool) -> tuple[int, ...]:
    import numpy as np

    least, most = float(numbers.min()), float(numbers.max())
    if least == most or not np.isfinite(most - least):
        return ()
    if whole and most - least < _BINS:
        bins: Any = np.arange(least, most + 2) - 0.5
    else:
        bins = _BINS
    counts, _ = np.histogram(numbers, bins)
    return tuple(int(each) for each in counts)


def _spread_of_moments(array: Array, taken: Array) -> Spread:
    import numpy as np

    given = taken[~np.isnat(taken)]
    missing = int(taken.size - given.size)
    if not given.size:
        return Spread("", "", "", taken.size, array.size, missing)
    ends = cells_of(np.array([given.min(), given.max()]), 40)
    bins = _bins(given.astype("i8").astype(np.float64), whole=False)
    return Spread(ends.cells[0] or "", ends.cells[1] or "", "", taken.size, array.size, missing, bins)


def _sample(array: Array) -> Array:
    """Return the numbers of an array in one row; of a large one blocks from all over it."""
    import numpy as np

    flat = array.reshape(-1, order="F" if array.flags.f_contiguous else "C")
    if array.nbytes <= _WHOLE or array.size <= _BLOCKS * _BLOCK:
        return flat
    starts = np.linspace(0, array.size - _BLOCK, _BLOCKS).astype(np.int64)
    return np.concatenate([flat[start : start + _BLOCK] for start in starts])


# ---- a corner of it as a table


def corner_of(array: Array, limits: Limits) -> Head | None:
    """Return its first values: of more than two dimensions those of the first slice, of fields a column each."""
    if not array.size:
        return None
    if array.dtype.names:
        return _fields(array, limits)
    remark = ""
    while array.ndim > 2:
        remark = f"[{remark.strip('[]') + ', ' if remark else ''}0]"
        array = array[0]
    flat = array if array.ndim > 1 else array.reshape(-1, 1)
    shown = flat[: limits.rows, : limits.columns]
    columns = []
    for place in range(shown.shape[1]):
        cells = cells_of(shown[:, place], limits.cell)
        columns.append(Column(str(place) if array.ndim > 1 else "", "", cells.cells, cells.right))
    rows, wide = array.shape[0] if array.ndim else 1, array.shape[1] if array.ndim > 1 else 1
    index = Column("", "", tuple(map(str, range(shown.shape[0]))))
    return Head(rows, wide, (index,) if array.ndim else (), tuple(columns), remark)


def _fields(array: Array, limits: Limits) -> Head:
    flat = array.reshape(-1)[: limits.rows]
    names = array.dtype.names or ()
    columns = []
    for name in names[: limits.columns]:
        field = flat[name]
        if field.ndim > 1 or field.dtype.names:
            cells = tuple(str(each)[: limits.cell] for each in field)
            columns.append(Column(name, type_name(field.dtype), cells))
        else:
            made = cells_of(field, limits.cell)
            columns.append(Column(name, type_name(field.dtype), made.cells, made.right))
    index = Column("", "", tuple(map(str, range(len(flat)))))
    return Head(array.size, len(names), (index,), tuple(columns))


# ---- pictures


def picture_of(array: Array, limits: Limits) -> Picture | None:
    """Return an array of bytes that looks like a picture, or several, as one."""
    import numpy as np

    if array.dtype != np.uint8 or array.ndim not in {2, 3, 4}:
        return None
    remark = ""
    several_of = array.ndim == 4 or (array.ndim == 3 and array.shape[2] not in {1, 3, 4})
    if several_of:
        if not array.shape[0] or (array.ndim == 4 and array.shape[3] not in {1, 3, 4}):
            return None
        remark = f"the first of {several(array.shape[0], 'picture')}"
        array = array[0]
    high, wide = array.shape[:2]
    if not (_LEAST <= high <= _MOST and _LEAST <= wide <= _MOST):
        return None
    step = max(1, -(-max(high, wide) // limits.side))
    small = np.ascontiguousarray(array[::step, ::step])
    if step > 1:
        remark = ", ".join(filter(None, [remark, f"every {step}th pixel" if step > 3 else f"1 of {step} pixels"]))
    return Picture("image/png", png(small), wide, high, remark)


def png(pixels: Array) -> bytes:
    """Return bytes of one, three or four channels as a PNG file."""
    high, wide = pixels.shape[:2]
    channels = pixels.shape[2] if pixels.ndim == 3 else 1
    kind = {1: 0, 3: 2, 4: 6}[channels]
    rows = pixels.reshape(high, wide * channels)
    raw = b"".join(b"\0" + row.tobytes() for row in rows)
    head = struct.pack(">IIBBBBB", wide, high, 8, kind, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(raw, 6)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in chunks)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
