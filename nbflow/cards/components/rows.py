"""Data frames as rows: of pandas, polars and Arrow, none of which is imported for it."""

from __future__ import annotations

import sys
from typing import Any

#: columns that are shown of a data frame
_COLUMNS = 60

#: column names, rows, and how many rows there are beyond them
Rows = tuple[list[Any], list[list[Any]], int]


def is_one_of(given: Any, module: str, *names: str) -> bool:
    """Say whether `given` is of a class of a package, without importing it: nobody has one who did not."""
    home = sys.modules.get(module)
    kinds = tuple(kind for name in names if isinstance(kind := getattr(home, name, None), type))
    return bool(kinds) and isinstance(given, kinds)


def rows_of_frame(given: Any, limit: int) -> Rows | None:
    """Return the first rows of a data frame or series; None when it is none."""
    if is_one_of(given, "pandas", "DataFrame", "Series"):
        return _of_pandas(given, limit)
    if is_one_of(given, "polars", "DataFrame", "Series", "LazyFrame"):
        return _of_polars(given, limit)
    if is_one_of(given, "pyarrow", "Table"):
        return _of_arrow(given, limit)
    return None


def _of_pandas(given: Any, limit: int) -> Rows:
    import pandas as pd

    frame = given.to_frame(name=given.name if given.name is not None else "") if given.ndim == 1 else given
    part = frame.iloc[:limit, :_COLUMNS]
    names = [_name(each) for each in part.columns]
    columns = [_values(part.iloc[:, number]) for number in range(part.shape[1])]
    index = part.index
    # 0, 1, 2 … says nothing
    if not (isinstance(index, pd.RangeIndex) and index.start == 0 and index.step == 1):
        levels = [index.get_level_values(number) for number in range(index.nlevels)]
        names = [_name(each) if each is not None else "" for each in index.names] + names
        columns = [[*map(_named, level)] for level in levels] + columns
    rows = [list(row) for row in zip(*columns, strict=True)] if columns else []
    return _cut(names, frame.shape[1]), rows, max(0, len(frame) - limit)


def _values(column: Any) -> list[Any]:
    missing = column.isna()
    return [None if gone else _plain(each) for each, gone in zip(column.tolist(), missing.tolist(), strict=True)]


def _plain(given: Any) -> Any:
    # what is no plain value shows as its own text does
    return given if isinstance(given, bool | int | float | str) else str(given)


def _named(given: Any) -> str:
    return str(given)


def _name(given: Any) -> str:
    return " / ".join(map(str, given)) if isinstance(given, tuple) else str(given)


def _of_polars(given: Any, limit: int) -> Rows:
    import polars as pl

    if isinstance(given, pl.LazyFrame):
        # to collect it might take an hour
        return ["column", "type"], [[name, str(kind)] for name, kind in given.collect_schema().items()], 0
    frame = given.to_frame() if isinstance(given, pl.Series) else given
    part = frame[:limit, :_COLUMNS]
    rows = [[None if each is None else _plain(each) for each in row] for row in part.rows()]
    return _cut(list(part.columns), frame.width), rows, max(0, frame.height - limit)


def _of_arrow(given: Any, limit: int) -> Rows:
    part = given.slice(0, limit).select(range(min(given.num_columns, _COLUMNS)))
    columns = [[None if each is None else _plain(each) for each in column.to_pylist()] for column in part.columns]
    rows = [list(row) for row in zip(*columns, strict=True)] if columns else []
    return _cut(list(part.column_names), given.num_columns), rows, max(0, given.num_rows - limit)


def _cut(names: list[Any], count: int) -> list[Any]:
    return [*names, f"… {count - _COLUMNS} more columns"] if count > _COLUMNS else names
