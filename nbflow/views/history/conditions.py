"""Conditions on parameters as people write them: `alpha>0.1, region=eu`, or a mapping."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from enum import Enum
from typing import Any, cast

from nbflow.errors import did_you_mean, raise_for
from nbflow.metadata.query import Condition, Relation

Conditions = str | Mapping[str, Any]

_FORM = re.compile(r"\s*([^\s<>=!~,'\"]+)\s*(==|!=|<=|>=|=|<|>|~)\s*(.*?)\s*", re.DOTALL)
_RELATION = re.compile(r"\s*(==|!=|<=|>=|=|<|>|~)\s*(.*)", re.DOTALL)
#: commas outside quotes
_BETWEEN = re.compile(r""",(?=(?:[^"']|"[^"]*"|'[^']*')*$)""")


def conditions(given: Conditions) -> tuple[Condition, ...]:
    """Return the conditions of a text or a mapping. Raises V005."""
    if isinstance(given, Mapping):
        return tuple(_of_pair(str(name), value) for name, value in given.items())
    return tuple(_of_text(part) for part in _BETWEEN.split(given) if part.strip())


def known_only(wanted: tuple[Condition, ...], known: tuple[str, ...]) -> tuple[Condition, ...]:
    """Return conditions whose parameters some run has. Raises V004."""
    for each in wanted:
        if each.name not in known:
            runs = f"their parameters are: {', '.join(known[:20])}" if known else "these runs have no parameters"
            fix = f"as in  {known[0]}=1" if known else "leave the condition out"
            raise_for("V004", name=each.name, hint=did_you_mean(each.name, known), why=runs, fix=fix)
    return wanted


def _of_text(text: str) -> Condition:
    found = _FORM.fullmatch(text)
    if found is None:
        raise_for("V005", condition=text.strip())
    value = found[3]
    quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"
    if not value or (not quoted and (value[0] in "\"'" or re.search(r"[<>=~]", value))):
        raise_for("V005", condition=text.strip())
    return Condition(found[1], _relation(found[2]), value[1:-1] if quoted else value)


def _of_pair(name: str, value: Any) -> Condition:
    found = _RELATION.fullmatch(value) if isinstance(value, str) else None
    if found is not None:
        return Condition(name, _relation(found[1]), found[2])
    return Condition(name, "=", _text(value))


def _relation(sign: str) -> Relation:
    return cast("Relation", "=" if sign == "==" else sign)


def _text(value: Any) -> str:
    """Return a value as it is compared; see metadata.query.plain."""
    if isinstance(value, Enum):
        return value.name
    if isinstance(value, bool) or value is None:
        return str(value).lower()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return ",".join(map(_text, value))
    return str(value)
