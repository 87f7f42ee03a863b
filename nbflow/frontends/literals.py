"""A parameter's recorded value → the Python expression a person would write for it.

Modules are named with an underscore in front (`_datetime.date(2026, 1, 1)`), so that no name of the step's is taken.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from nbflow.model.value import decode


def literal(raw: Any) -> str:
    """Return the expression for a value as `nbflow.model.value.encode` writes it."""
    if isinstance(raw, list):
        return f"[{_listed(raw)}]"
    if not isinstance(raw, dict):
        return repr(raw)
    tag = next(iter(raw), "")
    if not tag.startswith("$"):
        return f"{{{', '.join(f'{key!r}: {literal(value)}' for key, value in raw.items())}}}"
    content = raw[tag]
    if tag == "$enum":
        path, member = content
        module, _, name = path.partition(":")
        # the flow's own classes stand in the same text
        return f"{name}.{member}" if module.startswith("nbflow_defs.") else f"{_imported(module)}.{name}.{member}"
    return _FORMS[tag](content)


def _imported(module: str) -> str:
    return f"__import__({module!r}, fromlist=['_'])"


def _listed(raw: list[Any]) -> str:
    return ", ".join(map(literal, raw))


def _instance(module: str, tag: str) -> Callable[[Any], str]:
    """Return how an object is written whose repr is a call of its class."""

    def written(content: Any) -> str:
        text = repr(decode({tag: content}))
        if not text.startswith(f"{module}."):
            return f"_{module}.{text}"
        # a time zone inside names the module again
        return re.sub(rf"\b{module}\.", f"_{module}.", text)

    return written


_FORMS: dict[str, Callable[[Any], str]] = {
    "$float": lambda content: f"float({content!r})",
    "$bytes": lambda content: repr(decode({"$bytes": content})),
    "$tuple": lambda content: f"({_listed(content)}{',' if len(content) == 1 else ''})",
    "$set": lambda content: f"{{{_listed(content)}}}" if content else "set()",
    "$frozenset": lambda content: f"frozenset({{{_listed(content)}}})" if content else "frozenset()",
    "$dict": lambda content: f"{{{', '.join(f'{literal(key)}: {literal(value)}' for key, value in content)}}}",
    "$date": _instance("datetime", "$date"),
    "$datetime": _instance("datetime", "$datetime"),
    "$time": _instance("datetime", "$time"),
    "$timedelta": _instance("datetime", "$timedelta"),
    "$decimal": _instance("decimal", "$decimal"),
    "$uuid": _instance("uuid", "$uuid"),
    "$path": lambda content: f"_pathlib.Path({content!r})",
}
