"""Scalars from Python values, when nothing is lost on the way."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from pathlib import Path, PurePath
from typing import Any
from uuid import UUID

from nbflow.plan.fromtext import MisfitError, enum_of, without_time
from nbflow.plan.typeform import ANY, TypeForm


def unboxed(value: object) -> Any:
    """Return NumPy's scalars, arrays and frames' columns as plain Python, without importing any of them."""
    if isinstance(value, str | bytes | bool | int | float | None):
        return value
    if type(value).__name__ == "datetime64" and hasattr(value, "astype"):
        value = value.astype("datetime64[us]")  # nanoseconds would come out as an integer
    dimensions = getattr(value, "ndim", None)
    if dimensions == 0 and hasattr(value, "item"):
        return value.item()
    if isinstance(dimensions, int) and hasattr(value, "tolist"):
        return value.tolist()
    return value


def plain(value: object) -> Any:
    """Return `value` with everything in it unboxed, subclasses of numbers, texts and times included."""
    value = unboxed(value)
    if isinstance(value, Enum | bool | None):
        return value
    if isinstance(value, list | tuple | set | frozenset):
        items = [plain(each) for each in value]
        return items if isinstance(value, list) else next(k for k in _COLLECTIONS if isinstance(value, k))(items)
    if isinstance(value, Mapping):
        return {plain(key): plain(each) for key, each in value.items()}
    for kind, read in _EXACT:
        if isinstance(value, kind):
            return read(value)
    return value


def _int_value(_: TypeForm, value: Any) -> int:
    if isinstance(value, bool):
        raise MisfitError("True and False are not numbers here")
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    raise MisfitError


def _float_value(_: TypeForm, value: Any) -> float:
    if isinstance(value, bool):
        raise MisfitError("True and False are not numbers here")
    if isinstance(value, int | float):
        try:
            return float(value)
        except OverflowError:
            raise MisfitError("it is too large") from None
    raise MisfitError


def _bool_value(_: TypeForm, value: Any) -> bool:
    if isinstance(value, int) and value in {0, 1}:
        return bool(value)
    raise MisfitError


def _none_value(_: TypeForm, value: Any) -> None:
    if value is not None:
        raise MisfitError


def _date_value(_: TypeForm, value: Any) -> date:
    if isinstance(value, datetime):
        return without_time(value)
    if isinstance(value, date):
        return date(value.year, value.month, value.day)
    raise MisfitError


def _datetime_value(_: TypeForm, value: Any) -> datetime:
    if isinstance(value, datetime):
        # built anew: a pandas Timestamp is a datetime too, and NaT claims to be one
        if value != value:  # noqa: PLR0124 - true of NaT alone
            raise MisfitError("it is no time at all")
        return datetime.combine(value.date(), value.timetz())
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day)  # noqa: DTZ001  the person's own date has no zone
    raise MisfitError


def _timedelta_value(_: TypeForm, value: Any) -> timedelta:
    if isinstance(value, timedelta):
        if value != value:  # noqa: PLR0124  NaT
            raise MisfitError("it is no time at all")
        return timedelta(value.days, value.seconds, value.microseconds)
    if isinstance(value, int | float) and not isinstance(value, bool):
        try:
            return timedelta(seconds=value)
        except (OverflowError, ValueError):
            raise MisfitError("it is too long a duration") from None
    raise MisfitError


def _path_value(_: TypeForm, value: Any) -> Path:
    if isinstance(value, PurePath):
        return Path(value)
    raise MisfitError


def _decimal_value(_: TypeForm, value: Any) -> Decimal:
    if isinstance(value, Decimal):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return Decimal(repr(value))  # the digits a person sees, not the float's own
    raise MisfitError


def _uuid_value(_: TypeForm, value: Any) -> UUID:
    if isinstance(value, UUID):
        return value
    raise MisfitError


def _bytes_value(_: TypeForm, value: Any) -> bytes:
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value)
    raise MisfitError


def _enum_value(form: TypeForm, value: Any) -> Enum:
    members = enum_of(form)
    if isinstance(value, members):
        return value
    if isinstance(value, Enum):
        # a class that was defined anew is another class with the same members
        if type(value).__name__ == members.__name__ and value.name in members.__members__:
            return members[value.name]
        raise MisfitError
    try:
        return members(value)
    except (ValueError, TypeError):
        raise MisfitError from None


SCALARS: dict[str, Callable[[TypeForm, Any], object]] = {
    "int": _int_value,
    "float": _float_value,
    "bool": _bool_value,
    "None": _none_value,
    "date": _date_value,
    "datetime": _datetime_value,
    "timedelta": _timedelta_value,
    "Path": _path_value,
    "Decimal": _decimal_value,
    "UUID": _uuid_value,
    "bytes": _bytes_value,
    "Enum": _enum_value,
}

_COLLECTIONS: tuple[type[Any], ...] = (tuple, set, frozenset)
#: classes whose subclasses come in as themselves; a datetime is a date
_EXACT: tuple[tuple[type, Callable[[Any], Any]], ...] = (
    (str, str),
    (int, int),
    (float, float),
    (datetime, lambda value: _datetime_value(ANY, value)),
    (date, lambda value: _date_value(ANY, value)),
    (timedelta, lambda value: _timedelta_value(ANY, value)),
)
