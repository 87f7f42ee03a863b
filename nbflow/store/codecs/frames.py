"""pandas frames, series and indexes, column by column: one changed column stores one column."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nbflow.store.codecs.arrays import array_apart, array_together
from nbflow.store.codecs.columns import column_apart, column_together, index_of
from nbflow.store.codecs.ports import Sink, Source

if TYPE_CHECKING:
    import pandas as pd

Parts = tuple[Any, ...]


def frame_apart(frame: pd.DataFrame, sink: Sink) -> Parts:
    """Return the form of a data frame."""
    columns = [column_apart(frame.iloc[:, place].array, sink) for place in range(frame.shape[1])]
    return (columns, index_apart(frame.columns, sink), index_apart(frame.index, sink), _extras(frame))


def frame_together(parts: Parts, source: Source) -> pd.DataFrame:
    """Return the data frame of a form, no two of its columns in one block."""
    import pandas as pd

    columns, names, rows, extras = parts
    index = index_together(rows, source)
    series = {place: _series(column, index, source) for place, column in enumerate(columns)}
    frame = pd.DataFrame(series, index=index, copy=False)
    frame.columns = index_together(names, source)
    return _with_extras(frame, extras)


def series_apart(series: pd.Series[Any], sink: Sink) -> Parts:
    """Return the form of a series."""
    return (column_apart(series.array, sink), index_apart(series.index, sink), series.name, _extras(series))


def series_together(parts: Parts, source: Source) -> pd.Series[Any]:
    """Return the series of a form."""
    column, rows, name, extras = parts
    series = _series(column, index_together(rows, source), source)
    series.name = name
    return _with_extras(series, extras)


def index_apart(index: pd.Index[Any], sink: Sink) -> Parts:
    """Return the form of an index."""
    import pandas as pd

    kind = type(index)
    if kind is pd.RangeIndex:
        return ("range", index.start, index.stop, index.step, index.name)
    if kind is pd.MultiIndex:
        levels = [index_apart(level, sink) for level in index.levels]
        codes = [array_apart(each, sink) for each in index.codes]
        return ("multi", levels, codes, list(index.names))
    if kind in {pd.Index, pd.CategoricalIndex, pd.IntervalIndex, pd.PeriodIndex}:
        return ("values", column_apart(index.array, sink), index.name, None)
    if kind in {pd.DatetimeIndex, pd.TimedeltaIndex} and _is_spelled(index.freq):
        return ("values", column_apart(index.array, sink), index.name, index.freqstr)
    return ("other", index)


def index_together(parts: Parts, source: Source) -> Any:
    """Return the index of a form."""
    import pandas as pd

    form, *rest = parts
    if form == "range":
        start, stop, step, name = rest
        return pd.RangeIndex(start, stop, step, name=name)
    if form == "multi":
        levels, codes, names = rest
        return pd.MultiIndex(
            [index_together(level, source) for level in levels],
            [array_together(each, source) for each in codes],
            names=names,
            verify_integrity=False,
        )
    if form == "other":
        return rest[0]
    column, name, frequency = rest
    index = index_of(column_together(column, source), name)
    if frequency is not None:
        index.freq = frequency
    return index


def _series(column: Parts, index: Any, source: Source) -> Any:
    import pandas as pd

    values = column_together(column, source)
    # the dtype is said, else pandas would guess one for objects
    return pd.Series(values, index=index, dtype=values.dtype, copy=False)


def _extras(value: Any) -> tuple[dict[Any, Any], bool]:
    return value.attrs, value.flags.allows_duplicate_labels


def _with_extras(value: Any, extras: tuple[dict[Any, Any], bool]) -> Any:
    attrs, duplicates = extras
    if attrs:
        value.attrs.update(attrs)
    if not duplicates:
        value.flags.allows_duplicate_labels = False
    return value


def _is_spelled(frequency: Any) -> bool:
    """Return whether a frequency's text says all of it."""
    from pandas.tseries.frequencies import to_offset

    try:
        return frequency is None or to_offset(frequency.freqstr) == frequency
    except ValueError:
        return False
