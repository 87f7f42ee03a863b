"""What is asked for when somebody looks through runs, and how a run's parameters answer."""

from __future__ import annotations

import json
import operator
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

from nbflow.frozen import frozen
from nbflow.model.status import RunStatus

#: ~ is "contains"
Relation = Literal["=", "!=", "<", "<=", ">", ">=", "~"]

RELATIONS: Mapping[Relation, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
#: by what runs may be sorted, beside a parameter or a metric
SORTS = ("started", "took", "status", "flow", "user")


@frozen
class Condition:
    """What a parameter must be, with its value as a person writes it."""

    name: str
    relation: Relation
    value: str

    def __str__(self) -> str:
        return f"{self.name} {self.relation} {self.value}"


@frozen
class Sort:
    """An order. Runs that have no such value come last in any case, and of equals the newer one first."""

    #: what `name` is: a field of every run (see SORTS), a parameter, or a metric
    kind: Literal["field", "parameter", "metric"]
    name: str
    descending: bool = False


@frozen
class RunQuery:
    """Which runs, and in which order; without any word all of them, the newest first."""

    #: none of these: all
    flows: tuple[str, ...] = ()
    #: drafts are what cells computed, spins tasks that ran alone
    kinds: tuple[str, ...] = ("run",)
    statuses: tuple[RunStatus, ...] = ()
    #: each of them, of a person or of ours (see identity.tags_of)
    tags: tuple[str, ...] = ()
    #: one of them
    users: tuple[str, ...] = ()
    #: seconds since the epoch of when a run was made: from, and up to without it
    since: float | None = None
    until: float | None = None
    #: each of them
    where: tuple[Condition, ...] = ()
    #: each of its words is somewhere: in the name, status, tags, parameters, reason, user or file of a run
    text: str = ""
    #: only of these (flow, id); None: whichever
    among: tuple[tuple[str, str], ...] | None = None
    sort: Sort | None = None


def plain(raw: Any) -> str | int | float | None:
    """Return a recorded parameter as what it is compared as: a number, or text; None for None.

    A date is its ISO text, a member of an Enum its name, a bool `true` or `false`, of several values each, with commas.
    """
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if raw is None or isinstance(raw, str | int | float):
        return raw
    if isinstance(raw, list):
        return ",".join(map(_said, raw))
    tag = next(iter(raw), "")
    if not tag.startswith("$"):
        return ",".join(f"{name}:{_said(each)}" for name, each in raw.items())
    return _untagged(tag, raw[tag])


def _untagged(tag: str, content: Any) -> str | int | float | None:
    if tag in {"$float", "$decimal"}:
        return float(content)
    if tag == "$enum":
        return str(content[1])
    if tag == "$timedelta":
        days, seconds, microseconds = content
        return float(days * 86_400 + seconds + microseconds / 1e6)
    if tag == "$dict":
        return ",".join(f"{_said(name)}:{_said(each)}" for name, each in content)
    return plain(content) if isinstance(content, str | list) else str(content)


def _said(raw: Any) -> str:
    value = plain(raw)
    return "none" if value is None else str(value)


def meets(raw: Any, condition: Condition) -> bool:
    """Say whether a recorded value is what a condition wants. Numbers are compared as numbers, all else as text."""
    value, wanted = plain(raw), condition.value
    if condition.relation == "~":
        return wanted.casefold() in _said(raw).casefold()
    if value is None or isinstance(value, str):
        equal = _said(raw).casefold() == wanted.casefold()
        if condition.relation in {"=", "!="}:
            return equal is (condition.relation == "=")
        return value is not None and RELATIONS[condition.relation](value, wanted)
    number = as_number(wanted)
    if number is None:
        return condition.relation == "!="
    return RELATIONS[condition.relation](value, number)


def as_number(text: str) -> int | float | None:
    """Return the number that a text is, or None."""
    try:
        found = Decimal(text.strip().replace("_", ""))
    except InvalidOperation:
        return None
    exact = found.is_finite() and found == found.to_integral_value() and abs(found.adjusted()) < 100
    return int(found) if exact else float(found)


def all_met(parameters: Mapping[str, Sequence[Any]], conditions: Sequence[Condition]) -> bool:
    """Say whether recorded parameters meet all conditions. A run that has no such parameter does not."""
    return all(each.name in parameters and meets(parameters[each.name][1], each) for each in conditions)


def words_of(parameters: Mapping[str, Sequence[Any]]) -> str:
    """Return recorded parameters as text in which words are looked for: `alpha=0.1`."""
    return "\n".join(f"{name}={_said(given[1])}" for name, given in parameters.items())


def conditions_text(conditions: Sequence[Condition]) -> str:
    """Return conditions as JSON, for the database."""
    return json.dumps([[each.name, each.relation, each.value] for each in conditions])
