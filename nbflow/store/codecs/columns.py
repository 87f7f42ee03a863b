"""One column of a frame, or the values of an index: by its dtype, each with buffers of its own.

A column is a tuple whose first element names the form. Values that no form fits (`other`) stand in it as they are, for
the stream to pickle.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from nbflow.store.codecs import arrow
from nbflow.store.codecs.arrays import array_apart, array_together
from nbflow.store.codecs.ports import Sink, Source

Column = tuple[Any, ...]


def column_apart(values: Any, sink: Sink) -> Column:
    """Return the form of a pandas array (`series.array`)."""
    for name, form in _FORMS.items():
        parts = form.apart(values, sink)
        if parts is not None:
            return (name, *parts)
    return ("other", values)


def column_together(column: Column, source: Source) -> Any:
    """Return what `pandas.Series` and `pandas.Index` make the column from."""
    name, *parts = column
    return parts[0] if name == "other" else _FORMS[name].together(parts, source)


def index_of(values: Any, name: Any) -> Any:
    """Return the index of `values`; its dtype is said, else pandas would guess one for objects."""
    import pandas as pd

    return pd.Index(values, dtype=values.dtype, name=name, copy=False)


class _Form(NamedTuple):
    #: None: the values are not of this form
    apart: Callable[[Any, Sink], Column | None]
    together: Callable[[Any, Source], Any]


def _numpy_of(values: Any) -> Any:
    """Return the NumPy array behind a pandas array that is nothing more than one."""
    import numpy as np
    import pandas as pd

    plain = type(values) is pd.arrays.NumpyExtensionArray or isinstance(values.dtype, np.dtype)
    return values.to_numpy() if plain else None


def _plain_apart(values: Any, sink: Sink) -> Column | None:
    array = _numpy_of(values)
    return None if array is None or array.dtype.kind == "O" else array_apart(array, sink)


def _plain_together(parts: Any, source: Source) -> Any:
    return array_together(parts, source)


def _objects_apart(values: Any, _sink: Sink) -> Column | None:
    array = _numpy_of(values)
    return None if array is None or array.dtype.kind != "O" else (array.tolist(),)


def _objects_together(parts: Any, _source: Source) -> Any:
    import numpy as np

    return np.fromiter(parts[0], dtype=object, count=len(parts[0]))


def _zoned_apart(values: Any, sink: Sink) -> Column | None:
    import pandas as pd

    dtype = values.dtype
    if not isinstance(dtype, pd.DatetimeTZDtype):
        return None
    again = pd.DatetimeTZDtype(dtype.unit, str(dtype.tz))
    if again != dtype or type(again.tz) is not type(dtype.tz):
        return None
    return (dtype.unit, str(dtype.tz), array_apart(values.view("i8"), sink))


def _zoned_together(parts: Any, source: Source) -> Any:
    import pandas as pd

    unit, zone, numbers = parts
    moments = array_together(numbers, source).view(f"M8[{unit}]")
    return pd.Series(moments, copy=False).dt.tz_localize("UTC").dt.tz_convert(zone).array


def _masked_apart(values: Any, sink: Sink) -> Column | None:
    import pandas as pd

    if not isinstance(values, (pd.arrays.IntegerArray, pd.arrays.FloatingArray, pd.arrays.BooleanArray)):
        return None
    kind = values.dtype.numpy_dtype
    # what stands under the mask is nobody's value: zero, so that equal columns have equal bytes
    numbers = array_apart(values.to_numpy(dtype=kind, na_value=kind.type(0)), sink)
    return (type(values).__name__, numbers, array_apart(values.isna(), sink))


def _masked_together(parts: Any, source: Source) -> Any:
    import pandas as pd

    kind, numbers, mask = parts
    return getattr(pd.arrays, kind)(array_together(numbers, source), array_together(mask, source))


def _categories_apart(values: Any, sink: Sink) -> Column | None:
    import pandas as pd

    if not isinstance(values, pd.Categorical):
        return None
    categories = values.categories
    return (column_apart(categories.array, sink), categories.name, values.ordered, array_apart(values.codes, sink))


def _categories_together(parts: Any, source: Source) -> Any:
    import pandas as pd

    column, name, ordered, codes = parts
    categories = index_of(column_together(column, source), name)
    dtype = pd.CategoricalDtype(categories, ordered)
    return pd.Categorical.from_codes(array_together(codes, source), dtype=dtype)


def _intervals_apart(values: Any, sink: Sink) -> Column | None:
    import pandas as pd

    if not isinstance(values, pd.arrays.IntervalArray):
        return None
    return (values.closed, column_apart(values.left.array, sink), column_apart(values.right.array, sink))


def _intervals_together(parts: Any, source: Source) -> Any:
    import pandas as pd

    closed, *ends = parts
    left, right = (index_of(column_together(end, source), None) for end in ends)
    return pd.arrays.IntervalArray.from_arrays(left, right, closed)


def _periods_apart(values: Any, sink: Sink) -> Column | None:
    import pandas as pd

    if not isinstance(values, pd.arrays.PeriodArray) or pd.PeriodDtype(values.freqstr) != values.dtype:
        return None
    return (values.freqstr, array_apart(values.view("i8"), sink))


def _periods_together(parts: Any, source: Source) -> Any:
    import pandas as pd

    frequency, numbers = parts
    return pd.arrays.PeriodArray(array_together(numbers, source), dtype=pd.PeriodDtype(frequency))


def _texts_apart(values: Any, sink: Sink) -> Column | None:
    import pandas as pd

    if not isinstance(values.dtype, pd.StringDtype):
        return None
    missing = "NA" if values.dtype.na_value is pd.NA else "nan"
    if values.dtype.storage == "pyarrow":
        return (missing, "pyarrow", arrow.column_apart(values.__arrow_array__(), sink))
    return (
        missing,
        values.dtype.storage,
        [None if gone else text for text, gone in zip(values, values.isna(), strict=True)],
    )


def _texts_together(parts: Any, source: Source) -> Any:
    import pandas as pd

    missing, storage, texts = parts
    dtype = pd.StringDtype(storage, na_value=pd.NA if missing == "NA" else float("nan"))
    if storage == "pyarrow":
        return dtype.__from_arrow__(arrow.column_together(texts, source))
    return pd.array(texts, dtype=dtype)


def _arrow_apart(values: Any, sink: Sink) -> Column | None:
    import pandas as pd

    if not isinstance(values.dtype, pd.ArrowDtype):
        return None
    return (arrow.column_apart(values.__arrow_array__(), sink),)


def _arrow_together(parts: Any, source: Source) -> Any:
    import pandas as pd

    values = arrow.column_together(parts[0], source)
    return pd.ArrowDtype(values.type).__from_arrow__(values)


_FORMS = {
    "plain": _Form(_plain_apart, _plain_together),
    "objects": _Form(_objects_apart, _objects_together),
    "zoned": _Form(_zoned_apart, _zoned_together),
    "masked": _Form(_masked_apart, _masked_together),
    "categories": _Form(_categories_apart, _categories_together),
    "intervals": _Form(_intervals_apart, _intervals_together),
    "periods": _Form(_periods_apart, _periods_together),
    "texts": _Form(_texts_apart, _texts_together),
    "arrow": _Form(_arrow_apart, _arrow_together),
}
