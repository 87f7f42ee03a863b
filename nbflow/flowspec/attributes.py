"""Attributes of decorators: a name, a default, and a reader that says which values fit.

A reader returns the value as it is kept, or raises Unfit with what would fit. None is not read: it says nothing.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from nbflow.flowspec.quoting import shown

Reader = Callable[[Any], Any]

#: the default of an attribute that must be given
REQUIRED: Final = object()


class Unfit(Exception):  # noqa: N818 - a signal between a reader and its caller, not an error
    """A value does not fit: `expected` would, for example `example`."""

    def __init__(self, expected: str, example: object = None) -> None:
        super().__init__(expected)
        self.expected = expected
        self.example = example


class Attribute(NamedTuple):
    """One attribute of a decorator."""

    name: str
    default: Any
    read: Reader


def anything(value: Any) -> Any:
    """Any value fits."""
    return value


def number(*, least: float | None = None, above: float | None = None, example: float = 2) -> Reader:
    """Numbers, or texts of numbers: whole ones stay whole."""
    bound = f" of at least {least:g}" if least is not None else f" above {above:g}" if above is not None else ""

    def read(value: Any) -> float:
        found = as_number(value)
        if found is None or (least is not None and found < least) or (above is not None and found <= above):
            raise Unfit(f"a number{bound}", example)
        return found

    return read


def whole(*, least: int = 0, example: int = 2) -> Reader:
    """Whole numbers, or texts of them."""

    def read(value: Any) -> int:
        found = as_number(value)
        if found is None or found != int(found) or found < least:
            raise Unfit(f"a whole number of at least {least}", example)
        return int(found)

    return read


def as_number(value: Any) -> int | float | None:
    """Return the number that `value` is or says, or None."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    if not math.isfinite(found):
        return None
    return int(found) if found == int(found) else found


def truth(value: Any) -> bool:
    """Either of True and False; their texts, too, since an environment or a config may hold no other."""
    if isinstance(value, bool):
        return value
    said = {"true": True, "1": True, "false": False, "0": False}.get(str(value).lower())
    if said is None:
        raise Unfit("True or False", example=True)
    return said


def text(value: Any) -> str:
    """Texts with something in them."""
    if not isinstance(value, str) or not value.strip():
        raise Unfit("a text", "name")
    return value


def version(value: Any) -> str:
    """Texts of versions. A number has lost its last zero: 3.10 is 3.1."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        raise Unfit("a text, since the number 3.10 is 3.1", f"{value}")
    return text(value)


def word(value: Any) -> str:
    """Letters, digits and underscores."""
    if not isinstance(value, str) or not value.replace("_", "a").isalnum() or not value.isascii():
        raise Unfit("letters, digits and underscores", "overview")
    return value


def identifier(value: Any) -> str:
    """Names an artifact can have."""
    from keyword import iskeyword

    if not isinstance(value, str) or not value.isidentifier() or iskeyword(value):
        raise Unfit("the name of an artifact", "failure")
    return value


def mapping(value: Any) -> dict[str, Any]:
    """Dicts with texts as keys."""
    if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
        raise Unfit("a dict with texts as keys", {"key": "value"})
    return dict(value)


def packages(value: Any) -> dict[str, str]:
    """Dicts of package → version, both texts."""
    found = mapping(value)
    for package, wanted in found.items():
        if not isinstance(wanted, str):
            raise Unfit("a dict of package → version, both as texts", {package: f"{wanted}"})
    return found


def variables(value: Any) -> dict[str, str]:
    """Environment variables: dicts of name → text; numbers and truths become their text."""
    found = mapping(value)
    for name, content in found.items():
        if not name or "=" in name or "\0" in name:
            raise Unfit(f"a dict of variable → text, and {shown(name)} cannot be a variable", {"MODE": "fast"})
        if not isinstance(content, str | int | float):
            raise Unfit(f"a dict of variable → text, and {name} is {shown(content)}", {name: "text"})
        if "\0" in str(content):
            raise Unfit(f"a dict of variable → text, and {name} has a zero byte in it", {name: "text"})
    return {name: str(content) for name, content in found.items()}


def functions(value: Any) -> list[Callable[..., Any]]:
    """Lists of functions."""
    if not isinstance(value, list | tuple) or not all(callable(each) for each in value):
        raise Unfit("a list of functions", [value] if callable(value) else None)
    return list(value)
