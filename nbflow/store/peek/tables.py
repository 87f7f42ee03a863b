"""Arrow: tables and columns, read in place, as far as they are shown."""

from __future__ import annotations

from typing import Any

from nbflow.cards.printable import one_line
from nbflow.errors import raise_for
from nbflow.store.codecs.inert import Beside
from nbflow.store.peek.cells import Cells, cells_of_objects
from nbflow.store.peek.source import Source
from nbflow.store.peek.values import Column, Head, Limits


def table_head(parts: Any, source: Source, limits: Limits) -> Head:
    """Return the head of a table that the codecs took apart."""
    import pyarrow as pa

    _, schema_bytes, columns = parts
    schema = _opened(lambda: pa.ipc.read_schema(pa.py_buffer(_bytes(schema_bytes, source))))
    shown, rows = [], 0
    for field, column in zip(schema, columns[: limits.columns], strict=False):
        values = column_of(column, source)
        rows = len(values)
        shown.append(_column(field, values, limits))
    return Head(rows if columns else 0, len(columns), (), tuple(shown))


def stream_head(data: bytes | memoryview, limits: Limits) -> Head:
    """Return the head of a table that is an Arrow stream, as of polars."""
    import pyarrow as pa

    table = _opened(lambda: pa.ipc.open_stream(pa.py_buffer(data)).read_all())
    fields = list(zip(table.schema, table.columns, strict=True))
    shown = [_column(field, values, limits) for field, values in fields[: limits.columns]]
    return Head(table.num_rows, table.num_columns, (), tuple(shown))


def column_of(column: Any, source: Source) -> Any:
    """Return the `pyarrow.ChunkedArray` of a column, mapped."""
    import pyarrow as pa

    data = source.buffer(column) if isinstance(column, int) else _bytes(column, source)
    return _opened(lambda: pa.ipc.open_stream(pa.py_buffer(data)).read_all().column(0))


def column_cells(values: Any, count: int, limit: int) -> Cells:
    """Return the first `count` values as cells."""
    import pyarrow as pa

    head = values.slice(0, count)
    # a damaged offset would lead out of the buffer
    _opened(lambda: head.validate(full=True))
    kind = values.type
    if pa.types.is_dictionary(kind):
        head = head.cast(kind.value_type)
    if pa.types.is_timestamp(kind) or pa.types.is_nested(kind) or pa.types.is_binary(kind):
        plain = [each.as_py() if each.is_valid else None for each in _spelled(head)]
        return Cells(tuple(None if each is None else one_line(str(each), limit) for each in plain), right=False)
    return cells_of_objects((each.as_py() for chunk in head.chunks for each in chunk), limit)


def _spelled(head: Any) -> Any:
    import pyarrow as pa

    kind = head.type
    if pa.types.is_timestamp(kind) and kind.unit == "ns":
        # what Python's own datetime has no room for
        head = head.cast(pa.timestamp("us", kind.tz), safe=False)
    return [each for chunk in head.chunks for each in chunk]


def _column(field: Any, values: Any, limits: Limits) -> Column:
    cells = column_cells(values, limits.rows, limits.cell)
    return Column(one_line(field.name, limits.cell), str(field.type)[:60], cells.cells, cells.right, values.null_count)


def _bytes(data: Any, source: Source) -> Any:
    return source.buffer(data.number) if isinstance(data, Beside) else data


def _opened(read: Any) -> Any:
    import pyarrow as pa

    try:
        return read()
    except (pa.ArrowException, OSError, TypeError, ValueError, IndexError) as error:
        return raise_for("S001", digest="of a table", why=f"Arrow cannot read it ({one_line(error, 100)})")
