"""Values of a column as a table shows them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from nbflow.cards.printable import one_line
from nbflow.store.codecs.inert import Note
from nbflow.store.peek.spelling import number, spelled


class Cells(NamedTuple):
    """The cells of a column; None: no value. `right`: they are numbers."""

    cells: tuple[str | None, ...]
    right: bool


def cells_of(array: Any, limit: int) -> Cells:
    """Return a one-dimensional NumPy array as cells."""
    import numpy as np

    kind = array.dtype.kind
    if kind == "f":
        return Cells(_fractions([float(each) for each in array]), right=True)
    if kind in "iu":
        return Cells(tuple(str(int(each)) for each in array), right=True)
    if kind in "mM":
        return Cells(_moments(array), right=False)
    if kind == "S":
        return Cells(tuple(one_line(repr(bytes(each)), limit) for each in array), right=False)
    shown = np.asarray(array).tolist()
    return Cells(tuple(one_line(str(each)[: limit * 2], limit) for each in shown), right=kind == "c")


def cells_of_objects(values: Iterable[Any], limit: int) -> Cells:
    """Return unopened objects as cells."""
    given = list(values)
    kinds = {type(each) for each in given if each is not None}
    if kinds and kinds <= {int, float} and float in kinds:
        return Cells(_fractions([math.nan if each is None else float(each) for each in given]), right=True)
    cells = tuple(None if _is_missing(each) else spelled(each, limit) for each in given)
    return Cells(cells, right=bool(kinds) and kinds <= {int})


def _is_missing(value: Any) -> bool:
    if isinstance(value, Note):
        return value.name.rpartition(".")[2] in {"NaTType", "NAType", "_nat_unpickle"} or value.full_name.endswith(
            ".NA"
        )
    return value is None or (isinstance(value, float) and math.isnan(value))


def _fractions(values: Sequence[float]) -> tuple[str | None, ...]:
    """Return numbers with as many digits after the point as all of them need, six at most."""
    finite = [each for each in values if math.isfinite(each)]
    largest = max(map(abs, finite), default=0.0)
    smallest = min((abs(each) for each in finite if each), default=1.0)
    if largest >= 1e9 or smallest < 1e-5:
        return tuple(None if math.isnan(each) else f"{each:.5g}" for each in values)
    most = max(0, 6 - len(str(int(largest)))) if largest >= 1 else 6
    digits = next((n for n in range(1, most) if all(round(each, n) == each for each in finite)), max(most, 1))
    return tuple(None if math.isnan(each) else f"{each:.{digits}f}" for each in values)


def _moments(array: Any) -> tuple[str | None, ...]:
    import numpy as np

    if array.dtype.kind == "m":
        return tuple(None if np.isnat(each) else _span(each) for each in array)
    given = array[~np.isnat(array)]
    unit: Any = "s" if np.datetime_data(array.dtype)[0] in {"ns", "us", "ms", "s"} else np.datetime_data(array.dtype)[0]
    if unit == "s":
        # a fraction that is there is shown, and a time that all have at midnight is not
        short = given.astype("M8[s]")
        unit = "ms" if (short != given).any() else "D" if (given.astype("M8[D]") == given).all() else "s"
    said = np.datetime_as_string(array, unit=unit)
    return tuple(None if str(each) == "NaT" else str(each).replace("T", " ") for each in said)


def _span(each: Any) -> str:
    import numpy as np

    seconds = each / np.timedelta64(1, "s")
    days, rest = divmod(float(seconds), 86400)
    hours, rest = divmod(rest, 3600)
    minutes, rest = divmod(rest, 60)
    clock = f"{int(hours):02}:{int(minutes):02}:{number(rest) if rest % 1 else f'{int(rest):02}'}"
    return f"{int(days)} d {clock}" if days else clock
