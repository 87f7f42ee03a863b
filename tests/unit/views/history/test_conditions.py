"""Conditions on parameters as people write them."""

from __future__ import annotations

from datetime import date
from enum import Enum
from pathlib import Path
from typing import Any

import pytest

from nbflow.errors import ViewError
from nbflow.metadata.query import Condition
from nbflow.views.history.conditions import conditions


class Colour(Enum):
    RED = "r"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("alpha>0.1", [("alpha", ">", "0.1")]),
        (" alpha >= 0.1 ,region = eu, ", [("alpha", ">=", "0.1"), ("region", "=", "eu")]),
        ("alpha==1, beta!=2", [("alpha", "=", "1"), ("beta", "!=", "2")]),
        ("name='a, b', path~\"x=1\"", [("name", "=", "a, b"), ("path", "~", "x=1")]),
        ("region=New York", [("region", "=", "New York")]),
        ("", []),
        (
            {"alpha": 0.1, "beta": ">2", "gamma": "~ north"},
            [("alpha", "=", "0.1"), ("beta", ">", "2"), ("gamma", "~", "north")],
        ),
        (
            {"deep": True, "top": None, "day": date(2026, 1, 2)},
            [("deep", "=", "true"), ("top", "=", "none"), ("day", "=", "2026-01-02")],
        ),
        (
            {"c": Colour.RED, "xs": [1, "a"], "p": Path("a/b")},
            [("c", "=", "RED"), ("xs", "=", "1,a"), ("p", "=", "a/b")],
        ),
    ],
)
def test_conditions_are_understood(given: Any, expected: list[Any]) -> None:
    assert conditions(given) == tuple(Condition(*each) for each in expected)


@pytest.mark.parametrize("given", ["alpha", "alpha>", ">3", "alpha>0.1 region=eu", "alpha>'0.1", "a b=3"])
def test_what_is_no_condition_is_said_with_an_example(given: str) -> None:
    with pytest.raises(ViewError, match=r"NBF-V005[\s\S]*alpha>0\.1, region=eu"):
        conditions(given)
