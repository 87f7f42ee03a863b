"""The types of parameters, and values as one of them: what a person typed, or a Python value, when nothing is lost."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from nbflow.flowspec.config_value import plain
from nbflow.flowspec.quoting import one_line

_TRUE = frozenset({"true", "t", "1", "yes", "y", "on"})
_FALSE = frozenset({"false", "f", "0", "no", "n", "off"})


class _Json:
    """The type of a parameter that is JSON: a dict, a list, or anything else that JSON has."""

    def __repr__(self) -> str:
        return "JSONType"


#: `type=JSONType`: the value is what JSON text means
JSONType: Final = _Json()

#: str, int, float, bool or JSONType
Kind = type[str] | type[int] | type[float] | type[bool] | _Json

KINDS: tuple[Kind, ...] = (str, int, float, bool, JSONType)


class MisfitError(ValueError):
    """A value does not fit a type. Its text says why, for a person, and may be empty."""


def name_of(kind: Kind) -> str:
    """Return the name of a type as it is written."""
    return kind.__name__ if isinstance(kind, type) else repr(kind)


def phrase(kind: Kind) -> str:
    """Return a type as it reads after `is not`: `an int`, `JSON`."""
    if kind is JSONType:
        return "JSON"
    return ("an " if kind is int else "a ") + name_of(kind)


def example(kind: Kind) -> str:
    """Return how a value of a type is typed."""
    examples: dict[Any, str] = {
        int: "a whole number, as 42 or -1",
        float: "a number, as 0.5 or 1e-3",
        bool: "true or false (also 1 0 yes no on off)",
        str: "a text",
    }
    return examples.get(kind, """JSON, as {"a": 1} or ["x", "y"]; in a shell put it in single quotes""")


def kind_of(value: object) -> Kind | None:
    """Return the type that a parameter has whose default is `value`, or None when there is none for it."""
    value = unboxed(value)
    for kind in (bool, int, float, str):
        if isinstance(value, kind):
            return kind
    return JSONType if isinstance(value, Mapping | list | tuple) else None


def fitted(kind: Kind, value: object) -> Any:
    """Return `value` as a value of the type; a text for anything but str is read as a person's.

    Raises:
        MisfitError: it means nothing as that, or not without loss.
    """
    value = unboxed(value)
    if isinstance(value, str):
        return _TEXT[kind](str(value))
    return _VALUE[kind](value)


def unboxed(value: object) -> Any:
    """Return NumPy's scalars and arrays as plain Python, without importing it."""
    if isinstance(getattr(value, "ndim", None), int) and hasattr(value, "tolist"):
        return value.tolist()
    return value


def _int_text(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise MisfitError from None


def _float_text(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise MisfitError from None


def _bool_text(text: str) -> bool:
    word = text.strip().lower()
    if word not in _TRUE | _FALSE:
        raise MisfitError
    return word in _TRUE


def _json_text(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as failed:
        raise MisfitError(f"it is not a valid JSON object: {failed}") from None


def _number(value: object) -> Any:
    if isinstance(value, bool):
        raise MisfitError("True and False are not numbers here")
    if not isinstance(value, int | float):
        raise MisfitError
    return value


def _int_value(value: object) -> int:
    number = _number(value)
    if isinstance(number, float) and not number.is_integer():
        raise MisfitError
    return int(number)


def _float_value(value: object) -> float:
    try:
        return float(_number(value))
    except OverflowError:
        raise MisfitError("it is too large") from None


def _bool_value(value: object) -> bool:
    if isinstance(value, int) and value in {0, 1}:
        return bool(value)
    raise MisfitError


def _str_value(value: object) -> str:
    # as the same number in a terminal
    if isinstance(value, bool | int | float):
        return str(value)
    raise MisfitError


def _json_value(value: object) -> Any:
    try:
        return json.loads(json.dumps(plain(value), default=_refused))
    except (TypeError, ValueError, RecursionError) as failed:
        raise MisfitError(one_line(str(failed), 200)) from None


def _refused(value: object) -> Any:
    made = unboxed(value)
    if made is value:
        raise TypeError(f"JSON has no {type(value).__name__}")
    return made


_TEXT: dict[Any, Callable[[str], Any]] = {
    str: lambda text: text,
    int: _int_text,
    float: _float_text,
    bool: _bool_text,
    JSONType: _json_text,
}
_VALUE: dict[Any, Callable[[object], Any]] = {
    str: _str_value,
    int: _int_value,
    float: _float_value,
    bool: _bool_value,
    JSONType: _json_value,
}
