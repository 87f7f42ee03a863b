"""How a value of a given type goes into a stream: decided once a type, by its name, importing nothing."""

from __future__ import annotations

import enum
import sys
from pickle import PickleBuffer
from types import BuiltinFunctionType, FunctionType
from typing import Literal

#: atom: the pickler writes it by content · text: by content, repeated ones as a number · container: the pickler walks
#: it · buffer: what a pickle hands out · value: immutable, equal ones are one · global: named, not written · object: pickled by its own protocol ·
#: refused: never stored · else the name of the codec that takes it apart
Way = Literal[
    "atom",
    "text",
    "list",
    "dict",
    "tuple",
    "set",
    "container",
    "buffer",
    "value",
    "foreign value",
    "global",
    "object",
    "refused",
    "array",
    "numpy scalar",
    "frame",
    "series",
    "index",
    "arrow",
    "file",
    "directory",
]

_BUILTIN: dict[type, Way] = {
    type(None): "atom",
    bool: "atom",
    int: "atom",
    float: "atom",
    type(...): "atom",
    type(NotImplemented): "atom",
    str: "text",
    bytes: "text",
    list: "list",
    dict: "dict",
    tuple: "tuple",
    set: "set",
    frozenset: "set",
    bytearray: "container",
    PickleBuffer: "buffer",
    FunctionType: "global",
    BuiltinFunctionType: "object",
}

#: immutable, and opening them runs nothing but their own constructor
HARMLESS: dict[str, frozenset[str]] = {
    "builtins": frozenset({"complex", "range", "slice", "Ellipsis", "NotImplemented"}),
    "datetime": frozenset({"date", "datetime", "time", "timedelta", "timezone"}),
    "decimal": frozenset({"Decimal"}),
    "fractions": frozenset({"Fraction"}),
    "uuid": frozenset({"UUID"}),
    "pathlib": frozenset({"PosixPath", "WindowsPath", "PurePosixPath", "PureWindowsPath"}),
    "pathlib._local": frozenset({"PosixPath", "WindowsPath", "PurePosixPath", "PureWindowsPath"}),
}

#: immutable, by module root
_FOREIGN_VALUES: dict[str, frozenset[str]] = {
    "pandas": frozenset({"Timestamp", "Timedelta", "NaTType", "NAType", "Period", "Interval"}),
    "zoneinfo": frozenset({"ZoneInfo"}),
    "re": frozenset({"Pattern"}),
    "ipaddress": frozenset({"IPv4Address", "IPv6Address", "IPv4Network", "IPv6Network"}),
}

_INDEX: Way = "index"
_INDEXES = "Index RangeIndex MultiIndex CategoricalIndex DatetimeIndex TimedeltaIndex IntervalIndex PeriodIndex"

_CODECS: dict[str, dict[str, Way]] = {
    "numpy": {"ndarray": "array"},
    "pandas": {"DataFrame": "frame", "Series": "series", **dict.fromkeys(_INDEXES.split(), _INDEX)},
    "pyarrow": {"Table": "arrow", "RecordBatch": "arrow"},
    "nbflow": {"File": "file", "Directory": "directory"},
}

#: what the notebook machinery leaves lying about, and why it is no value
REFUSED = {("IPython", "DisplayHandle"): "it stands for an output on a screen"}


def way_of(kind: type) -> Way:
    """Return how values of exactly this type are stored."""
    if known := _BUILTIN.get(kind):
        return known
    if issubclass(kind, type):
        return "global"
    module, name = kind.__module__, kind.__qualname__
    root = module.partition(".")[0]
    if (root, name) in REFUSED:
        return "refused"
    if name in HARMLESS.get(module, ()):
        return "value"
    if (codec := _CODECS.get(root, {}).get(name)) and getattr(sys.modules.get(root), name, None) is kind:
        return codec
    if root == "numpy" and any(base.__qualname__ == "generic" and base.__module__ == "numpy" for base in kind.__mro__):
        return "numpy scalar"
    if root == "numpy" and "dtype" in name.lower():
        return "foreign value"
    return "foreign value" if issubclass(kind, enum.Enum) or name in _FOREIGN_VALUES.get(root, ()) else "object"
