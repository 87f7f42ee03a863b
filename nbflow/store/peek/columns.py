"""The first values of a frame's column, by its form (see `codecs.columns`)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from nbflow.store.codecs.inert import Beside, Note, Taken, plain_start
from nbflow.store.codecs.pickler import Tag
from nbflow.store.peek.arrays import array_of, type_name
from nbflow.store.peek.cells import Cells, cells_of, cells_of_objects
from nbflow.store.peek.source import Source
from nbflow.store.peek.spelling import type_of

#: up to so many values those that are missing are counted
_COUNTED = 200_000
#: values of a list that are read to reach one of them
_REACHED = 20_000


class ColumnHead(NamedTuple):
    """What is seen of a column."""

    cells: Cells
    dtype: str
    #: None: not known without reading it all
    length: int | None
    missing: int | None = None


def column_head(column: Any, count: int, source: Source, limit: int) -> ColumnHead:
    """Return the first `count` values of a column."""
    if isinstance(column, Taken) and column.tag == Tag.LIST:
        column = ("objects", column)
    form, *parts = column
    return _FORMS.get(form, _other)(parts, count, source, limit)


def list_start(value: Any, source: Source, count: int) -> tuple[list[Any], int | None]:
    """Return the first values of a list, inline or beside the stream, and its length where that is known."""
    if isinstance(value, list):
        return value[:count], len(value)
    if not (isinstance(value, Taken) and value.tag == Tag.LIST):
        return [], None
    form, data, *places = value.parts
    if form == "numbers" or not places:
        return _start_of(data, source, count)
    texts, _ = _start_of(data, source, _REACHED)
    numbers = _bytes(places[0], source)
    width = {"B": 1, "H": 2, "I": 4}[form]
    at = (int.from_bytes(numbers[n : n + width], "little") for n in range(0, min(count * width, len(numbers)), width))
    return [texts[place] if place < len(texts) else "…" for place in at], len(numbers) // width


def _start_of(data: Any, source: Source, count: int) -> tuple[list[Any], int | None]:
    # a value of a list is a step or two, and every thousandth a few more
    found = plain_start(_bytes(data, source), steps=count * 3 + 2_000)
    values = list(found.root) if isinstance(found.root, list | tuple) else []
    return values[:count], None if found.cut else len(values)


def _bytes(data: Any, source: Source) -> bytes | memoryview:
    if isinstance(data, Beside):
        return source.buffer(data.number)
    return source.buffer(data) if isinstance(data, int) else data


def _plain(parts: Any, count: int, source: Source, limit: int) -> ColumnHead:
    array = array_of(parts, source)
    missing = None
    if array.size <= _COUNTED and array.dtype.kind in "fmM":
        import numpy as np

        missing = int((np.isnan(array) if array.dtype.kind == "f" else np.isnat(array)).sum())
    return ColumnHead(cells_of(array[:count], limit), type_name(array.dtype), len(array), missing)


def _objects(parts: Any, count: int, source: Source, limit: int) -> ColumnHead:
    values, length = list_start(parts[0], source, count)
    return ColumnHead(cells_of_objects(values, limit), "object", length)


def _zoned(parts: Any, count: int, source: Source, limit: int) -> ColumnHead:
    unit, zone, numbers = parts
    array = array_of(numbers, source)
    moments = array[:count].view(f"M8[{unit}]")
    return ColumnHead(Cells(_at_home(moments, zone, limit), right=False), f"datetime64[{unit}, {zone}]", len(array))


def _at_home(moments: Any, zone: str, limit: int) -> tuple[str | None, ...]:
    import datetime as dt
    from zoneinfo import ZoneInfo

    import numpy as np

    try:
        home = ZoneInfo(zone)
        found = [None if np.isnat(each) else each.astype("M8[us]").item() for each in moments]
        local = [each and each.replace(tzinfo=dt.UTC).astimezone(home) for each in found]
        return tuple(each and f"{each:%Y-%m-%d %H:%M:%S%z}" for each in local)
    except (ValueError, KeyError, OSError, OverflowError, AttributeError):
        # a zone that is not known here
        return tuple(each and f"{each} UTC" for each in cells_of(moments, limit).cells)


def _masked(parts: Any, count: int, source: Source, limit: int) -> ColumnHead:
    _, numbers, mask = parts
    array, gone = array_of(numbers, source), array_of(mask, source)
    cells = cells_of(array[:count], limit)
    shown = tuple(None if hidden else cell for cell, hidden in zip(cells.cells, gone[:count], strict=False))
    missing = int(gone.sum()) if gone.size <= _COUNTED else None
    name = type_name(array.dtype)
    dtype = {"bool": "boolean"}.get(name) or name.replace("uint", "UI_nt").replace("int", "Int").replace(
        "UI_nt", "UInt"
    ).replace("float", "Float")
    return ColumnHead(Cells(shown, cells.right), dtype, len(array), missing)


def _categories(parts: Any, count: int, source: Source, limit: int) -> ColumnHead:
    column, _, ordered, codes = parts
    numbers = array_of(codes, source)
    first = [int(each) for each in numbers[:count]]
    known = column_head(column, min(max(first, default=-1) + 1, _REACHED), source, limit)
    texts = known.cells.cells
    cells = tuple(None if code < 0 else texts[code] if code < len(texts) else "…" for code in first)
    missing = int((numbers < 0).sum()) if numbers.size <= _COUNTED else None
    many = f", {known.length} of them" if known.length is not None else ""
    return ColumnHead(
        Cells(cells, known.cells.right), f"category{', ordered' if ordered else ''}{many}", len(numbers), missing
    )


def _intervals(parts: Any, count: int, source: Source, limit: int) -> ColumnHead:
    closed, *ends = parts
    left, right = (column_head(end, count, source, limit) for end in ends)
    opening, closing = "[" if closed in {"left", "both"} else "(", "]" if closed in {"right", "both"} else ")"
    pairs = zip(left.cells.cells, right.cells.cells, strict=False)
    cells = tuple(None if low is None else f"{opening}{low}, {high}{closing}" for low, high in pairs)
    return ColumnHead(Cells(cells, right=False), f"interval of {left.dtype}", left.length)


def _periods(parts: Any, count: int, source: Source, _limit: int) -> ColumnHead:
    import pandas as pd

    frequency, numbers = parts
    array = array_of(numbers, source)
    least = -(1 << 63)
    shown = [None if int(n) == least else str(pd.Period(ordinal=int(n), freq=frequency)) for n in array[:count]]
    return ColumnHead(Cells(tuple(shown), right=False), f"period[{frequency}]", len(array))


def _texts(parts: Any, count: int, source: Source, limit: int) -> ColumnHead:
    _, storage, texts = parts
    if storage == "pyarrow":
        return _arrow([texts], count, source, limit)._replace(dtype="str")
    values, length = list_start(texts, source, count)
    return ColumnHead(cells_of_objects(values, limit), "str", length)


def _arrow(parts: Any, count: int, source: Source, limit: int) -> ColumnHead:
    from nbflow.store.peek.tables import column_cells, column_of

    values = column_of(parts[0], source)
    return ColumnHead(column_cells(values, count, limit), str(values.type), len(values), values.null_count)


def _other(parts: Any, count: int, _source: Source, _limit: int) -> ColumnHead:
    name = type_of(parts[0]) if parts and isinstance(parts[0], Note) else "object"
    return ColumnHead(Cells(("…",) * count, right=False), f"{name}, pickled", None)


_FORMS: dict[str, Callable[[Any, int, Source, int], ColumnHead]] = {
    "plain": _plain,
    "objects": _objects,
    "zoned": _zoned,
    "masked": _masked,
    "categories": _categories,
    "intervals": _intervals,
    "periods": _periods,
    "texts": _texts,
    "arrow": _arrow,
}
