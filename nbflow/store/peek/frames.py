"""The first rows of frames, series and indexes (see `codecs.frames`)."""

from __future__ import annotations

import re
from typing import Any

from nbflow.cards.printable import one_line
from nbflow.store.codecs.inert import Cut, Taken
from nbflow.store.codecs.pickler import Tag
from nbflow.store.peek.arrays import array_of
from nbflow.store.peek.columns import ColumnHead, column_head
from nbflow.store.peek.source import Source
from nbflow.store.peek.spelling import spelled
from nbflow.store.peek.values import Column, Head, Limits

_SHAPE = re.compile(r"(\d+)(?:×(\d+))?\Z")


def frame_head(parts: Any, source: Source, limits: Limits, summary: str = "") -> Head:
    """Return the head of a data frame; `summary` is its shape as it was noted when it was stored."""
    # of a stream that was not read to its end, the columns come first
    columns, names, rows, *_ = [*parts, None, None] if isinstance(parts, Cut) else parts
    columns = _whole(columns) if isinstance(parts, Cut) else columns
    heads = [column_head(each, limits.rows, source, limits.cell) for each in columns[: limits.columns]]
    index, length = index_columns(rows, source, limits, limits.rows)
    named = _names(names, len(heads), source, limits)
    shown = tuple(_column(name, head) for name, head in zip(named, heads, strict=False))
    found = _SHAPE.match(summary)
    length = next((each.length for each in heads if each.length is not None), length)
    if found:
        length = int(found[1])
    wide = int(found[2]) if found and found[2] else len(columns)
    remark = "names not read: a column of Python objects before them is too long" if isinstance(parts, Cut) else ""
    return Head(length, wide, _filled(index, heads), shown, remark)


def series_head(parts: Any, source: Source, limits: Limits) -> Head:
    """Return the head of a series."""
    column, rows, name, *_ = [*parts, None, None, None] if isinstance(parts, Cut) else parts
    head = column_head(column, limits.rows, source, limits.cell)
    index, length = index_columns(rows, source, limits, limits.rows)
    said = "" if name is None else spelled(name, limits.cell)
    length = head.length if head.length is not None else length
    return Head(length, 1, _filled(index, [head]), (_column(said, head),))


def index_head(parts: Any, source: Source, limits: Limits) -> Head:
    """Return the head of an index that is a value of its own."""
    columns, length = index_columns(parts, source, limits, limits.rows)
    return Head(length, len(columns), (), columns)


def index_columns(parts: Any, source: Source, limits: Limits, count: int) -> tuple[tuple[Column, ...], int | None]:
    """Return the columns of an index, one a level, and its length."""
    if isinstance(parts, Taken) and parts.tag == Tag.INDEX:
        parts = parts.parts
    match parts:
        case ("range", int(start), int(stop), int(step), name) if step:
            values = range(start, stop, step)
            cells = tuple(str(each) for each in values[:count])
            return (Column(_name(name, limits), "range", cells, right=True),), len(values)
        case ("multi", levels, codes, names):
            return _levels(levels, codes, names, source, limits, count)
        case ("values", column, name, _):
            head = column_head(column, count, source, limits.cell)
            return (_column(_name(name, limits), head),), head.length
        case _:
            return (), None


def _levels(
    levels: Any, codes: Any, names: Any, source: Source, limits: Limits, count: int
) -> tuple[tuple[Column, ...], int | None]:
    columns, length = [], None
    for level, numbers, name in zip(levels, codes, names, strict=False):
        places = array_of(_parts(numbers), source)
        length = len(places)
        first = [int(each) for each in places[:count]]
        (values, *_), _ = index_columns(level, source, limits, max(first, default=-1) + 1)
        texts = values.cells
        cells = tuple(None if at < 0 else texts[at] if at < len(texts) else "…" for at in first)
        columns.append(Column(_name(name, limits), values.dtype, cells, values.right))
    return tuple(columns), length


def _names(parts: Any, count: int, source: Source, limits: Limits) -> list[str]:
    columns, _ = index_columns(parts, source, limits, count)
    if not columns:
        return [str(place) for place in range(count)]
    rows = zip(*(column.cells for column in columns), strict=False)
    named = [" · ".join("" if cell is None else cell for cell in row) for row in rows]
    return [*named, *(str(place) for place in range(len(named), count))]


def _whole(columns: Any) -> list[Any]:
    """Return the columns of a stream that was left in the middle of one, which is the last here."""
    whole = [each for each in columns if isinstance(each, tuple) and each]
    if "objects" in columns and isinstance(columns[-1], list):
        whole.append(("objects", columns[-1]))
    return whole


def _parts(array: Any) -> Any:
    return array.parts if isinstance(array, Taken) else array


def _name(name: Any, limits: Limits) -> str:
    return "" if name is None else spelled(name, limits.cell)


def _column(name: str, head: ColumnHead) -> Column:
    return Column(one_line(name), head.dtype, head.cells.cells, head.cells.right, head.missing)


def _filled(index: tuple[Column, ...], heads: list[ColumnHead]) -> tuple[Column, ...]:
    """Return an index as long as the columns beside it; one that is a pickle has dots."""
    if index:
        return index
    longest = max((len(head.cells.cells) for head in heads), default=0)
    return (Column("", "", ("…",) * longest),) if longest else ()
