"""Keyword arguments → words of a command line."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from nbflow.errors import raise_for
from nbflow.plan.fromvalue import unboxed

#: options of `run`, `resume` and `spin` whose name is not their keyword's
_RENAMED = {"tags": "tag", "decospecs": "with", "with_": "with"}
#: options that take several words, as in `--config NAME PATH`
_PAIRS = frozenset({"config", "config_value"})


def option_words(options: Mapping[str, Any]) -> list[str]:
    """Return options as they are typed: `tags=["a", "b"]` is `--tag a --tag b`, `pylint=False` is `--no-pylint`."""
    return [word for key, value in options.items() for word in _option(key, value)]


def _option(key: str, value: Any) -> Iterator[str]:
    name = _RENAMED.get(key, key).replace("_", "-")
    if value is None:
        return
    if isinstance(value, bool):
        # those that can be off are few; of others nothing said is the same
        yield from [f"--{name}"] if value else [f"--no-{name}"] if name == "pylint" else []
    elif key in _PAIRS:
        pairs = value.items() if isinstance(value, Mapping) else value
        for first, second in pairs:
            yield from (f"--{name}", str(first), value_text(key, second))
    elif isinstance(value, Iterable) and not isinstance(value, str | bytes | os.PathLike):
        for each in value:
            yield from (f"--{name}", value_text(key, each))
    else:
        yield from (f"--{name}", value_text(key, value))


def parameter_words(parameters: Mapping[str, Any], separators: Mapping[str, str]) -> list[str]:
    """Return parameters as `-p NAME=VALUE`; `separators`: what stands between the texts of those that are lists."""
    words: list[str] = []
    for name, value in parameters.items():
        if value is None:
            # as if it were not given
            continue
        separator = separators.get(name)
        text = (
            separator.join(map(str, value))
            if separator and isinstance(value, list | tuple)
            else value_text(name, value)
        )
        words += ["-p", f"{name}={text}"]
    return words


def value_text(name: str, value: Any) -> str:
    """Return a value as a person would type it. Raises R082 when nobody could."""
    value = unboxed(value)
    if isinstance(value, str):
        return value
    if isinstance(value, os.PathLike):
        return str(os.fspath(value))
    if isinstance(value, bool | int | float):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    try:
        return json.dumps(sorted(value) if isinstance(value, set | frozenset) else value, default=_plain)
    except (TypeError, ValueError):
        return raise_for("R082", name=name, type=type(value).__name__)


def _plain(value: object) -> Any:
    """Return what JSON has for a part of a value."""
    if isinstance(value, set | frozenset):
        return sorted(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return dict(value)
    made = unboxed(value)
    if made is value:
        raise TypeError(type(value).__name__)
    return made
