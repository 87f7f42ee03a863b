"""The cell of parameters: where it stands, and values as languages have them."""

from __future__ import annotations

import json
import math
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any

import pytest
from filled_notebooks import notebook

from nbflow.errors import NbflowError
from nbflow.notebooks.injected import Reference, is_plain, with_parameters


class Colour(Enum):
    RED = 1


def cells(raw: dict[str, Any]) -> list[str]:
    return [each["source"] for each in raw["cells"]]


def put(values: dict[str, Any], language: str = "python", *, declares: bool = False) -> str:
    raw = json.loads(notebook("x = 1"))
    return cells(with_parameters(raw, 0, values, language, declares=declares, path="r.ipynb"))[1]


VALUES = {
    "n": 1,
    "x": 0.1,
    "big": math.inf,
    "name": "it's",
    "day": date(2024, 12, 31),
    "took": timedelta(hours=2),
    "price": Decimal("1.10"),
    "where": Path("a/b"),
    "pair": (1,),
    "nothing": None,
    "groups": {"a": [1, {2}], "b": set()},
}


def test_python_gets_the_very_values() -> None:
    space: dict[str, Any] = {}
    exec(put(VALUES), space)
    assert {name: space[name] for name in VALUES} == VALUES


def test_below_a_parameters_cell_of_ours_stand_assignments_alone_and_texts_for_what_is_no_literal() -> None:
    source = put(
        {"day": date(2024, 12, 31), "took": timedelta(hours=2), "colour": Colour.RED, "pair": (1, 2)}, declares=True
    )
    assert source.splitlines() == [
        "# Parameters",
        "day = '2024-12-31'",
        "took = '7200.0s'",
        "colour = 'RED'",
        "pair = (1, 2)",
    ]


def test_what_cannot_stand_there_is_brought_by_what_refers_to_it() -> None:
    source = put({"df": Reference("nbflow.given('abc')")})
    assert source.splitlines()[1:] == ["import nbflow", "df = nbflow.given('abc')"]


@pytest.mark.parametrize(
    ("language", "expected"), [("r", 'alpha = 0.5\nnames = list("a", "b")'), ("bash", "alpha=0.5")]
)
def test_other_languages_get_what_papermill_writes_for_them(language: str, expected: str) -> None:
    values = {"alpha": 0.5, "names": ["a", "b"]} if language == "r" else {"alpha": 0.5}
    assert put(values, language).endswith(expected)


def test_what_another_language_cannot_have_is_said() -> None:
    with pytest.raises(NbflowError) as caught:
        put({"made": object()}, "r")
    assert caught.value.code == "NBF-W012" and "'made'" in str(caught.value)


def test_a_cell_that_papermill_put_there_before_is_replaced() -> None:
    raw = json.loads(notebook(("a = 1", "parameters"), ("a = 2", "injected-parameters"), "print(a)"))
    done = with_parameters(raw, 0, {"a": 3}, "python", declares=False, path="r.ipynb")
    assert cells(done) == ["a = 1", "# Parameters\na = 3", "print(a)"]
    assert done["metadata"]["papermill"] == {"parameters": {"a": 3}}


def test_without_values_nothing_is_put_in() -> None:
    assert cells(
        with_parameters(json.loads(notebook("x = 1")), None, {}, "python", declares=False, path="r.ipynb")
    ) == ["x = 1"]


@pytest.mark.parametrize("value", [1, "a", [1, {"b": (2,)}], date(2024, 1, 1), None, Path("a"), b"x"])
def test_plain_values_may_stand_in_the_cell(value: object) -> None:
    assert is_plain(value)


@pytest.mark.parametrize("value", [object(), [object()], Colour.RED, {"a": object()}, list(range(2000)), b"x" * 5000])
def test_others_may_not(value: object) -> None:
    assert not is_plain(value)
