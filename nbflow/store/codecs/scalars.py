"""Single values small enough to stand in the reference itself, with every bit kept."""

from __future__ import annotations

import struct
from datetime import date, datetime
from typing import Any

from nbflow.model.artifact import Scalar
from nbflow.model.graph import MISSING, Missing
from nbflow.store.codecs.arrays import scalar_apart, scalar_together
from nbflow.store.codecs.types import way_of

_LONGEST_TEXT = 4096
_LONGEST_INT = 1 << 10
_LONGEST_SCALAR = 256
_DOUBLE = struct.Struct(">d")


def scalar_data(value: Any) -> Any:
    """Return JSON that stands for `value`, or MISSING when it does not belong in a reference."""
    kind = type(value)
    if value is None or kind is bool:
        return value
    if kind is int:
        # JSON readers other than ours keep 53 bits
        return value if abs(value) < 1 << 53 else hex(value) if value.bit_length() <= _LONGEST_INT else MISSING
    if kind is float:
        return _DOUBLE.pack(value).hex()
    if kind is str:
        return value if len(value) <= _LONGEST_TEXT else MISSING
    if way_of(kind) == "numpy scalar" and value.nbytes <= _LONGEST_SCALAR:
        parts = scalar_apart(value)
        if parts and isinstance(parts[0], str):
            return {"dtype": parts[0], "bytes": parts[1].hex()}
    return MISSING


def scalar_value(kind: str, data: Any) -> Any:
    """Return the value that `data` stands for; `kind` is the name of its type."""
    if isinstance(data, dict):
        return scalar_together((data["dtype"], bytes.fromhex(data["bytes"])))
    if kind == "float":
        return _DOUBLE.unpack(bytes.fromhex(data))[0]
    if kind == "int":
        return int(data, 16) if isinstance(data, str) else data
    return data


def judged(value: Any) -> Scalar | Missing:
    """Return what a condition sees of `value`: the plain scalar it is, or MISSING."""
    if value is None or type(value) in {bool, int, float, str}:
        plain_scalar: Scalar = value
        return plain_scalar if scalar_data(value) is not MISSING else MISSING
    if type(value) in {date, datetime}:
        day: date = value
        return day
    way = way_of(type(value))
    if way == "numpy scalar" or (way == "array" and value.ndim == 0):
        plain: object = value.item() if value.dtype.kind in "biufU" else MISSING
        # a long double has no plain form
        return judged(plain) if type(plain) in {bool, int, float, str} else MISSING
    return MISSING
