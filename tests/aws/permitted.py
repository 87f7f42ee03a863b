"""What policies of IAM permit: a pure evaluator of what our templates say, and no more of IAM than that.

Evaluation: IAM's user guide, "Policy evaluation logic" and "IAM JSON policy elements: Condition operators"
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

_KNOWN = {"Sid", "Effect", "Action", "Resource", "Condition"}


class Call(NamedTuple):
    """One action on one resource, as IAM is asked for it."""

    action: str
    resource: str
    facts: tuple[tuple[str, str], ...] = ()


def permits(
    statements: Iterable[Mapping[str, Any]], action: str, resource: str, facts: Mapping[str, str] | None = None
) -> bool:
    """Say whether one of `statements` allows `action` on `resource`; `facts` are the request's condition keys.

    Raises ValueError for what is not known here, so that nothing is taken for permitted by mistake: NotAction, Deny, other operators.
    """
    return any(_allows(each, action, resource, facts or {}) for each in statements)


def _allows(statement: Mapping[str, Any], action: str, resource: str, facts: Mapping[str, str]) -> bool:
    if unknown := statement.keys() - _KNOWN:
        raise ValueError(f"not known here: {', '.join(sorted(unknown))}")
    if statement["Effect"] != "Allow":
        raise ValueError("statements that deny are not known here")
    return (
        # names of actions have no case, ARNs do
        any(_is_like(action.lower(), each.lower()) for each in listed(statement["Action"]))
        and any(_is_like(resource, each) for each in listed(statement["Resource"]))
        and all(_holds(operator, wanted, facts) for operator, wanted in statement.get("Condition", {}).items())
    )


def _holds(operator: str, wanted: Mapping[str, Any], facts: Mapping[str, str]) -> bool:
    if operator not in _OPERATORS:
        raise ValueError(f"not known here: {operator}")
    fits = _OPERATORS[operator]
    # a key that the request does not have fits nothing
    return all(key in facts and any(fits(facts[key], each) for each in listed(of)) for key, of in wanted.items())


def _is_like(text: str, pattern: str) -> bool:
    form = "".join({"*": ".*", "?": "."}.get(letter, re.escape(letter)) for letter in pattern)
    return re.fullmatch(form, text, re.DOTALL) is not None


_OPERATORS: dict[str, Callable[[str, str], bool]] = {
    "StringEquals": lambda value, wanted: value == wanted,
    "StringLike": _is_like,
    "ArnLike": _is_like,
}


def listed(value: Any) -> list[Any]:
    """Return what may stand there alone or in a list."""
    return value if isinstance(value, list) else [value]
