"""What a person sees of a value without opening it: its type and its size in a few characters."""

from __future__ import annotations

from types import FunctionType
from typing import Any

from nbflow.store.codecs.types import way_of

_SHAPED = {"numpy", "pandas", "pyarrow", "polars", "scipy", "torch", "jax", "jaxlib", "tensorflow", "xarray"}
_COUNTED = {"list", "dict", "tuple", "set", "container"}


def type_name(value: object) -> str:
    """Return the type as its owner would say it."""
    return type(value).__qualname__.rpartition("<locals>.")[2]


def full_type_name(value: object) -> str:
    """Return the type with its module, as in `sqlite3.Connection`."""
    kind = type(value)
    return type_name(value) if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


def in_a_sentence(value: object) -> str:
    """Return what a value is: `a sqlite3.Connection`, `the function <lambda>`, `the class Point`."""
    if isinstance(value, type):
        return f"the class {value.__qualname__}"
    if isinstance(value, FunctionType):
        return f"the function {value.__qualname__}"
    return f"a {full_type_name(value)}"


def summary(value: Any) -> str:
    """Return the shape or length, as in `442×11`; empty where it would say nothing."""
    kind = type(value)
    if kind.__module__.partition(".")[0] in _SHAPED:
        shape = getattr(value, "shape", None)
        return "×".join(map(str, shape)) if isinstance(shape, tuple) and shape else ""
    way = way_of(kind)
    if way == "file":
        return str(value.name)
    if way == "directory":
        return f"{len(value.files)} file" + "s" * (len(value.files) != 1)
    if way in _COUNTED:
        return f"{len(value)} item" + "s" * (len(value) != 1)
    return ""
