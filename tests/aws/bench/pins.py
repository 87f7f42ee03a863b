"""The one way in which the bench changes moto: a name that is not there any more is noticed when the bench starts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def replace(owner: Any, name: str, by: Callable[..., Any]) -> None:
    """Put `by` in place of `owner.name`, which must be there."""
    assert name in vars(owner), (
        f"moto has no {owner.__name__}.{name} any more: the bench replaces it, look at its new form"
    )
    setattr(owner, name, by)


def needed(owner: Any, *names: str) -> None:
    """Say which private names of moto the bench reads."""
    for name in names:
        assert hasattr(owner, name), f"moto has no {owner.__name__}.{name} any more: the bench reads it"
