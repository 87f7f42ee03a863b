"""Metaflow's names of exceptions."""

from __future__ import annotations

import re

import pytest

from nbflow import exception
from nbflow.errors import NbflowError, raise_for


@pytest.mark.parametrize("name", exception.__all__)
def test_every_name_is_in_the_table_with_the_class_it_stands_for(name: str) -> None:
    row = re.search(rf"^    {name} +(.*)$", exception.__doc__ or "", re.MULTILINE)
    assert row is not None
    kind = getattr(exception, name)
    assert issubclass(kind, NbflowError) or name in {"TimeoutException", "MetaflowExceptionWrapper"}
    assert kind.__name__ in row[1] or row[1].startswith("the same")


def test_the_table_has_no_other_names() -> None:
    listed = re.findall(r"^    (\w+)  +", exception.__doc__ or "", re.MULTILINE)
    assert sorted(listed) == exception.__all__ == sorted(exception.__all__)


@pytest.mark.parametrize(
    ("code", "name", "facts"),
    [
        ("M002", "MetaflowNotFound", {"flow": "F", "run": "1", "hint": ""}),
        ("M012", "MetaflowNamespaceMismatch", {"namespace": "x", "pathspec": "F/1", "why": "", "owner": ""}),
        ("M014", "MetaflowTaggingError", {"run": "F/1", "tags": "x"}),
        ("M006", "MetaflowInvalidPathspec", {"pathspec": "//", "why": ""}),
    ],
)
def test_what_is_raised_is_caught_by_metaflows_name(code: str, name: str, facts: dict[str, str]) -> None:
    with pytest.raises(getattr(exception, name)) as caught:
        raise_for(code, **facts)
    assert isinstance(caught.value, exception.MetaflowException)
