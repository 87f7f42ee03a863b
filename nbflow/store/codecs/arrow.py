"""Arrow tables: each column is an Arrow stream of its own, read in place.

A column is written as one record batch without the chunks and offsets it happens to have in memory, so that equal
columns have equal bytes.
"""

from __future__ import annotations

from typing import Any

from nbflow.store.codecs.ports import IN_HEADER, Memory, Sink, Source

#: a column's stream, or its number in the sink
Column = bytes | int


def table_apart(table: Any, sink: Sink) -> tuple[Any, ...]:
    """Return the form of a `pyarrow.Table` or `RecordBatch`."""
    import pyarrow as pa

    batch = isinstance(table, pa.RecordBatch)
    if batch:
        table = pa.Table.from_batches([table])
    return (batch, table.schema.serialize().to_pybytes(), [column_apart(each, sink) for each in table.columns])


def table_together(parts: tuple[Any, ...], source: Source) -> Any:
    """Return the table or batch of a form."""
    import pyarrow as pa

    batch, schema_bytes, numbers = parts
    schema = pa.ipc.read_schema(pa.py_buffer(schema_bytes))
    columns = [column_together(number, source) for number in numbers]
    if not batch:
        return pa.Table.from_arrays(columns, schema=schema)
    arrays = [_one_chunk(column) for column in columns]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def column_apart(values: Any, sink: Sink) -> Column:
    """Return the form of a `pyarrow.ChunkedArray` or `Array`."""
    import pyarrow as pa

    if isinstance(values, pa.Array):
        values = pa.chunked_array([values])
    memory = _memory(values)
    number = sink.again(memory) if memory else None
    if number is not None:
        return number
    data = _stream(values)
    return data.to_pybytes() if data.size < IN_HEADER else sink.add(memoryview(data))


def column_together(column: Column, source: Source) -> Any:
    """Return the `pyarrow.ChunkedArray` of a column."""
    import pyarrow as pa

    data = column if isinstance(column, bytes) else source.buffer(column)
    values = pa.ipc.open_stream(pa.py_buffer(data)).read_all().column(0)
    if isinstance(column, int) and (memory := _memory(values)):
        source.opened(column, memory)
    return values


def _stream(values: Any) -> Any:
    import pyarrow as pa

    out = pa.BufferOutputStream()
    with pa.ipc.new_stream(out, pa.schema([("", values.type)])) as stream:
        if len(values):
            if pa.types.is_dictionary(values.type):
                values = values.unify_dictionaries()
            stream.write_table(pa.Table.from_arrays([values.combine_chunks()], names=[""]))
    return out.getvalue()


def _one_chunk(column: Any) -> Any:
    import pyarrow as pa

    return column.chunk(0) if column.num_chunks else pa.array([], column.type)


def _memory(values: Any) -> Memory | None:
    """Return the memory of a column that stands in one piece, as one just read from the store does."""
    # the buffers of a dictionary column are its numbers only
    if values.num_chunks != 1 or values.chunk(0).offset or "dictionary" in str(values.type):
        return None
    buffers = [buffer for buffer in values.chunk(0).buffers() if buffer is not None and buffer.size]
    if not buffers:
        return None
    return Memory(tuple((buffer.address, buffer.size) for buffer in buffers), f"{values.type} {len(values)}")
