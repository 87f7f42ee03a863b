"""A parameter's value as JSON, and back: what a run records and a worker is told.

What JSON has is itself; anything else is an object with one tag, as `{"$date": "2026-01-01"}`. The JSON of a value is
always the same text (sets are sorted), so it can be part of a fingerprint.
"""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from pathlib import Path, PurePath
from typing import Any
from uuid import UUID

#: returns the object that `module:qualified.name` stands for
Resolve = Callable[[str], Any]


def encode(value: object) -> Any:
    """Return `value` as JSON.

    Raises:
        TypeError: it, or something in it, is none of the types a parameter may have.
    """
    if isinstance(value, Enum):
        if value.name not in type(value).__members__:
            raise TypeError(f"{value!r} is no single member of {type(value).__qualname__}")
        return {"$enum": [f"{type(value).__module__}:{type(value).__qualname__}", value.name]}
    if isinstance(value, PurePath):
        return {"$path": str(value)}
    encoder = _ENCODERS.get(type(value))
    if encoder is None:
        raise TypeError(f"a parameter cannot be a {type(value).__qualname__}")
    return encoder(value)


def decode(raw: Any, resolve: Resolve | None = None) -> Any:
    """Return the value that `raw` stands for; `resolve` finds the class of an Enum member.

    Raises:
        ValueError: `raw` was not made by `encode`, or holds an Enum member and nothing resolves it.
    """
    if isinstance(raw, list):
        return [decode(each, resolve) for each in raw]
    if not isinstance(raw, dict):
        return raw
    tag = next(iter(raw), "")
    if not tag.startswith("$"):
        return {key: decode(each, resolve) for key, each in raw.items()}
    content = raw[tag]
    if tag == "$enum":
        if resolve is None:
            raise ValueError(f"nothing resolves the class of {content[0]}.{content[1]}")
        return resolve(content[0])[content[1]]
    if tag == "$dict":
        return {decode(key, resolve): decode(each, resolve) for key, each in content}
    if tag in _COLLECTIONS:
        return _COLLECTIONS[tag](decode(each, resolve) for each in content)
    if tag not in _DECODERS:
        raise ValueError(f"{tag} is no tag of a parameter's value")
    return _DECODERS[tag](content)


def _float(value: float) -> Any:
    return value if math.isfinite(value) else {"$float": repr(value)}


def _dict(value: dict[Any, Any]) -> Any:
    if all(type(key) is str and not key.startswith("$") for key in value):
        return {key: encode(each) for key, each in value.items()}
    return {"$dict": [[encode(key), encode(each)] for key, each in value.items()]}


def _sorted(tag: str, value: set[Any] | frozenset[Any]) -> Any:
    return {tag: sorted((encode(each) for each in value), key=lambda each: json.dumps(each, sort_keys=True))}


_ENCODERS: dict[type, Callable[[Any], Any]] = {
    type(None): lambda value: value,
    bool: lambda value: value,
    int: lambda value: value,
    str: lambda value: value,
    float: _float,
    bytes: lambda value: {"$bytes": base64.b64encode(value).decode("ascii")},
    date: lambda value: {"$date": value.isoformat()},
    datetime: lambda value: {"$datetime": value.isoformat()},
    time: lambda value: {"$time": value.isoformat()},
    timedelta: lambda value: {"$timedelta": [value.days, value.seconds, value.microseconds]},
    Decimal: lambda value: {"$decimal": str(value)},
    UUID: lambda value: {"$uuid": str(value)},
    list: lambda value: [encode(each) for each in value],
    tuple: lambda value: {"$tuple": [encode(each) for each in value]},
    set: lambda value: _sorted("$set", value),
    frozenset: lambda value: _sorted("$frozenset", value),
    dict: _dict,
}

_COLLECTIONS: dict[str, Callable[[Any], Any]] = {"$tuple": tuple, "$set": set, "$frozenset": frozenset}

_DECODERS: dict[str, Callable[[Any], Any]] = {
    "$float": float,
    "$bytes": base64.b64decode,
    "$date": date.fromisoformat,
    "$datetime": datetime.fromisoformat,
    "$time": time.fromisoformat,
    "$timedelta": lambda parts: timedelta(*parts),
    "$path": Path,
    "$decimal": Decimal,
    "$uuid": UUID,
}
