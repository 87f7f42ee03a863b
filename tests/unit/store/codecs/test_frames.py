"""pandas frames, series and indexes, there and back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from nbflow.errors import StoreError
from nbflow.store.store import Store
from tests.unit.store.beds import KINDS, store_of, there_and_back


@pytest.fixture(params=KINDS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    return store_of(request.param, tmp_path)


def exact(found: pd.DataFrame, frame: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(found, frame, check_column_type="exact", check_index_type="exact", check_exact=True)
    assert [repr(dtype) for dtype in found.dtypes] == [repr(dtype) for dtype in frame.dtypes]
    assert type(found.index) is type(frame.index)
    assert found.index.names == frame.index.names
    assert found.attrs == frame.attrs


def texts(dtype: Any) -> pd.Series:
    return pd.Series(["a", None, "ü", "", "long " * 50], dtype=dtype)


TEXT = ["a", None, "b", "c", ""]
COLUMNS: dict[str, pd.Series] = {
    "ints": pd.Series(range(5)),
    "small ints": pd.Series(range(5), dtype="int8"),
    "floats": pd.Series([0.1, np.nan, -0.0, np.inf, 5]),
    "bools": pd.Series([True, False] * 2 + [True]),
    "complex": pd.Series(np.arange(5) * 1j),
    "objects": pd.Series([1, "a", None, [1], (2,)], dtype=object),
    "texts as objects": pd.Series(TEXT, dtype=object),
    "text": pd.Series(TEXT),
    "string python": texts(pd.StringDtype("python")),
    "string pyarrow": texts(pd.StringDtype("pyarrow")),
    "string python nan": texts(pd.StringDtype("python", na_value=np.nan)),
    "string pyarrow nan": texts(pd.StringDtype("pyarrow", na_value=np.nan)),
    "categories": pd.Series(pd.Categorical(["x", "y", None, "x", "y"])),
    "ordered": pd.Series(pd.Categorical(list("aabca"), categories=list("cbad"), ordered=True)),
    "categories of numbers": pd.Series(pd.Categorical([1.5, 2.5, 1.5, None, 2.5])),
    "cut": pd.cut(pd.Series([1, 5, 9, 2, 7]), 3),
    "moments": pd.Series(pd.date_range("2026", periods=5)),
    "moments in seconds": pd.Series(pd.date_range("2026", periods=5)).astype("M8[s]"),
    "moments with none": pd.Series([pd.Timestamp("2026"), pd.NaT] * 2 + [pd.NaT]),
    "berlin": pd.Series(pd.date_range("2026-03-29", periods=5, freq="h", tz="Europe/Berlin")),
    "utc": pd.Series(pd.date_range("2026", periods=5, tz="UTC")),
    "offset": pd.Series(pd.date_range("2026", periods=5, tz="+02:00")),
    "durations": pd.Series(pd.timedelta_range("1h", periods=5)),
    "Int64": pd.Series([1, None, 3, 4, None], dtype="Int64"),
    "UInt8": pd.Series([1, None, 3, 4, None], dtype="UInt8"),
    "Float32": pd.Series([1.5, None, 3, 4, None], dtype="Float32"),
    "boolean": pd.Series([True, None, False, None, True], dtype="boolean"),
    "arrow ints": pd.Series([1, None, 3, 4, 5], dtype="int64[pyarrow]"),
    "arrow texts": pd.Series(TEXT, dtype=pd.ArrowDtype(pa.string())),
    "arrow moments": pd.Series(pd.date_range("2026", periods=5)).astype(pd.ArrowDtype(pa.timestamp("us", "UTC"))),
    "arrow lists": pd.Series([[1], None, [], [2, 3], [4]], dtype=pd.ArrowDtype(pa.list_(pa.int64()))),
    "intervals": pd.Series(pd.interval_range(0, 5, closed="left")),
    "periods": pd.Series(pd.period_range("2026-01", periods=5, freq="M")),
    "sparse": pd.Series(pd.arrays.SparseArray([0, 0, 1, 0, 2])),
}


@pytest.mark.parametrize("name", COLUMNS)
def test_a_column_comes_back_with_its_dtype(store: Store, name: str) -> None:
    series = COLUMNS[name].rename(name)
    _, found = there_and_back(store, series)
    pd.testing.assert_series_equal(found, series, check_exact=True)
    assert repr(found.dtype) == repr(series.dtype)
    _, frame = there_and_back(store, series.to_frame())
    exact(frame, series.to_frame())


@pytest.mark.parametrize("name", [name for name in COLUMNS if name != "sparse"])
def test_a_column_opens_without_running_code(store: Store, name: str) -> None:
    ref = store.put(COLUMNS[name].to_frame())
    exact(store.get(ref, trusted=False), COLUMNS[name].to_frame())


def test_a_column_that_no_form_fits_goes_by_pickle(store: Store) -> None:
    ref = store.put(COLUMNS["sparse"].to_frame())
    assert ref.kind == "frame"
    with pytest.raises(StoreError) as caught:
        store.get(ref, trusted=False)
    assert caught.value.code == "NBF-S005"


@pytest.mark.parametrize("name", COLUMNS)
def test_a_column_with_many_rows_comes_back(store: Store, name: str) -> None:
    series = pd.concat([COLUMNS[name]] * 3000, ignore_index=True)
    _, found = there_and_back(store, series)
    pd.testing.assert_series_equal(found, series, check_exact=True)


@pytest.mark.parametrize("name", [name for name in COLUMNS if name != "sparse"])
def test_slices_and_copies_of_a_column_are_equal(store: Store, name: str) -> None:
    long = pd.concat([COLUMNS[name]] * 40, ignore_index=True)
    for part in (long.iloc[3:77], long.iloc[::2]):
        renumbered = part.reset_index(drop=True)
        rebuilt = pd.concat([part.iloc[:10], part.iloc[10:]], ignore_index=True)
        assert store.digest(renumbered) == store.digest(rebuilt)


@pytest.fixture
def frame() -> pd.DataFrame:
    return pd.DataFrame({name: series for name, series in COLUMNS.items() if name not in {"cut", "sparse"}})


SHAPES = {
    "whole": lambda frame: frame,
    "text index": lambda frame: frame.set_index("text"),
    "number index": lambda frame: frame.set_index("ints"),
    "two levels": lambda frame: frame.set_index(["text", "ints"]),
    "moment index": lambda frame: frame.set_index("moments"),
    "zoned index": lambda frame: frame.set_index("berlin"),
    "category index": lambda frame: frame.set_index("categories"),
    "twice the same column": lambda frame: frame[["ints", "ints", "text"]],
    "no rows": lambda frame: frame.iloc[:0],
    "one row": lambda frame: frame.iloc[[2]],
    "some rows": lambda frame: frame.iloc[1:4],
    "every second row": lambda frame: frame.iloc[::2],
    "no columns": lambda frame: frame[[]],
    "nothing": lambda frame: pd.DataFrame(),
    "transposed": lambda frame: frame[["ints", "floats"]].T,
    "columns of tuples": lambda frame: pd.DataFrame({("a", 1): [1], ("b", 2): [2]}),
    "columns of mixed kinds": lambda frame: pd.DataFrame({1.5: [1], "x": [2], None: [3]}),
    "from a matrix": lambda frame: pd.DataFrame(np.arange(12.0).reshape(3, 4)),
    "named axes": lambda frame: frame[["ints"]].rename_axis("rows").rename_axis("columns", axis=1),
    "grouped": lambda frame: frame.groupby("categories", observed=False)[["ints"]].agg(["mean", "max"]),
}


@pytest.mark.parametrize("name", SHAPES)
def test_a_frame_comes_back_exactly(store: Store, frame: pd.DataFrame, name: str) -> None:
    shaped = SHAPES[name](frame)
    ref, found = there_and_back(store, shaped)
    exact(found, shaped)
    assert ref.kind == "frame"
    assert ref.type == "DataFrame"
    assert ref.summary == f"{shaped.shape[0]}×{shaped.shape[1]}"


def test_attributes_and_flags_come_back(store: Store, frame: pd.DataFrame) -> None:
    frame.attrs["source"] = {"file": "x.csv", "rows": [1, 2]}
    unique = frame.set_flags(allows_duplicate_labels=False)
    _, found = there_and_back(store, unique)
    assert found.attrs == frame.attrs
    assert found.flags.allows_duplicate_labels is False


INDEXES = {
    "range": pd.RangeIndex(2, 11, 3, name=("a", 1)),
    "numbers": pd.Index([3, 1, 2], name="n"),
    "objects": pd.Index([1, "a", None], dtype=object),
    "texts": pd.Index(["b", "a"]),
    "business days": pd.date_range("2026", periods=5, freq="B", name="day"),
    "weeks": pd.date_range("2026", periods=5, freq="W-TUE", tz="Europe/Berlin"),
    "no frequency": pd.DatetimeIndex(["2026-01-01", "2026-01-05", "2026-01-06"]),
    "own frequency": pd.date_range("2026", periods=3, freq=pd.offsets.CustomBusinessDay(holidays=["2026-01-02"])),
    "durations": pd.timedelta_range("1h", periods=3, freq="30min"),
    "levels": pd.MultiIndex.from_product([[1, 2], ["a", "b"]], names=["x", None]),
    "unused levels": pd.MultiIndex.from_product([[1, 2], ["a", "b"]])[:1],
    "intervals": pd.interval_range(0, 3, closed="both"),
    "categories": pd.CategoricalIndex(["a", "b", "a"], ordered=True, name="c"),
    "periods": pd.period_range("2026", periods=3, freq="Q"),
}


@pytest.mark.parametrize("name", INDEXES)
def test_an_index_comes_back(store: Store, name: str) -> None:
    index = INDEXES[name]
    ref, found = there_and_back(store, index)
    pd.testing.assert_index_equal(found, index, exact=True)
    assert getattr(found, "freq", None) == getattr(index, "freq", None)
    assert found.names == index.names
    assert ref.kind == "index"
    _, series = there_and_back(store, pd.Series(range(len(index)), index=index))
    pd.testing.assert_index_equal(series.index, index, exact=True)


def test_what_stands_under_a_mask_does_not_count(store: Store) -> None:
    mask = np.array([False, True])
    first, second = (pd.Series(pd.arrays.IntegerArray(np.array([1, hidden]), mask)) for hidden in (5, 99))
    assert store.digest(first) == store.digest(second)


def test_a_changed_column_stores_one_column(tmp_path: Path) -> None:
    store = store_of("local", tmp_path)
    frame = pd.DataFrame({f"c{number}": np.arange(20_000.0) + number for number in range(6)})
    before = {each.blob for each in store.put(frame).buffers}
    frame["c3"] *= 2
    after = {each.blob for each in store.put(frame).buffers}
    assert len(before) == len(after) == 6
    assert len(after - before) == 1


def test_subclasses_go_by_pickle(store: Store) -> None:
    ref, found = there_and_back(store, Measured({"x": [1, 2]}))
    assert type(found) is Measured
    assert ref.kind == "pickle"


class Measured(pd.DataFrame):
    """Someone's own frame."""

    @property
    def _constructor(self) -> type[Measured]:
        return Measured


def test_single_values_of_pandas_come_back(store: Store) -> None:
    values = [
        pd.Timestamp("2026", tz="Europe/Berlin"),
        pd.NaT,
        pd.NaT,
        pd.NA,
        pd.NA,
        pd.Timedelta("1h"),
        pd.Interval(0, 1),
    ]
    _, found = there_and_back(store, values)
    assert found[:2] == values[:2] or found[1] is pd.NaT
    assert found[3] is pd.NA
    assert found[5:] == values[5:]
