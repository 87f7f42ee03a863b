"""Arrow tables, there and back."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from nbflow.store.store import Store
from tests.unit.store.beds import KINDS, store_of, there_and_back


@pytest.fixture(params=KINDS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    return store_of(request.param, tmp_path)


def table(rows: int = 4) -> pa.Table:
    return pa.table(
        {
            "n": pa.array(range(rows)),
            "some": pa.array([None if number % 2 else number / 3 for number in range(rows)]),
            "text": pa.array([None if number % 3 == 1 else f"text {number}" for number in range(rows)]),
            "kind": pa.array([f"k{number % 2}" for number in range(rows)]).dictionary_encode(),
            "list": pa.array([[number] * (number % 3) for number in range(rows)]),
            "struct": pa.array([{"a": number, "b": "x"} for number in range(rows)]),
            "bool": pa.array([number % 2 == 0 for number in range(rows)]),
            "when": pa.array(range(rows), pa.timestamp("us", "Europe/Berlin")),
        }
    ).replace_schema_metadata({"made": "by hand"})


@pytest.mark.parametrize("rows", [0, 4, 20_000])
def test_a_table_comes_back(store: Store, rows: int) -> None:
    ref, found = there_and_back(store, table(rows))
    assert found.equals(table(rows), check_metadata=True)
    found.validate(full=True)
    assert ref.kind == "arrow"
    assert ref.summary == f"{rows}×8"
    assert store.get(ref, trusted=False).equals(found)


def test_a_batch_comes_back(store: Store) -> None:
    (batch,) = table().to_batches()
    _, found = there_and_back(store, batch)
    assert type(found) is pa.RecordBatch
    assert found.equals(batch, check_metadata=True)
    empty = batch.slice(0, 0)
    assert there_and_back(store, empty)[1].equals(empty)


def test_chunks_and_slices_do_not_show(store: Store) -> None:
    whole = table(100)
    parts = pa.concat_tables([whole.slice(0, 30), whole.slice(30, 1), whole.slice(31)])
    assert parts.column(0).num_chunks == 3
    assert store.digest(parts) == store.digest(whole)
    assert store.digest(whole.slice(10, 5)) == store.digest(
        pa.Table.from_pylist(whole.slice(10, 5).to_pylist(), whole.schema)
    )


def test_a_changed_column_stores_one_column(store: Store) -> None:
    first = pa.table({name: pa.array(range(20_000)) for name in "ab"} | {"c": pa.array(range(20_000, 40_000))})
    second = first.set_column(1, "b", pa.array(range(7, 20_007)))
    blobs = [{each.blob for each in store.put(each).buffers} for each in (first, second)]
    assert len(blobs[1] - blobs[0]) == 1


def test_another_dictionary_under_the_same_numbers_is_another_column(store: Store) -> None:
    numbers = pa.array([number % 2 for number in range(50_000)], pa.int32())
    ref = store.put(pa.table({"k": pa.DictionaryArray.from_arrays(numbers, ["x", "y"])}))
    loaded = store.load({"t": ref})
    column = loaded.values["t"].column(0).chunk(0)
    other = pa.table({"k": pa.DictionaryArray.from_arrays(column.indices, ["a", "b"])})
    assert loaded.change("t", other) == "changed"


def test_single_arrow_arrays_come_back(store: Store) -> None:
    values = pa.array([f"text {number}" for number in range(30_000)])
    ref, found = there_and_back(store, [values, pa.chunked_array([values])])
    assert found[0].equals(values)
    assert found[1].to_pylist() == values.to_pylist()
    assert ref.buffers, "large buffers stand beside the stream"
