"""Recorded parameter values as Python expressions."""

from __future__ import annotations

import datetime as dt
import decimal
import enum
import math
import pathlib
import uuid
from typing import Any

import pytest

from nbflow.frontends.literals import literal
from nbflow.model.value import encode


class Colour(enum.Enum):
    RED = 1


_NAMES = {"_datetime": dt, "_decimal": decimal, "_pathlib": pathlib, "_uuid": uuid}


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        -3,
        0.1,
        float("-inf"),
        "it's",
        b"\x00a",
        [1, [2]],
        (1,),
        (),
        {"a": {"b": 1}},
        {1: "x", (2, 3): []},
        {1, 2},
        set(),
        frozenset({"a"}),
        frozenset(),
        dt.date(2026, 1, 2),
        dt.datetime(2026, 1, 2, 3, 4, tzinfo=dt.UTC),
        dt.time(1, 2),
        dt.timedelta(days=1, seconds=2),
        decimal.Decimal("1.10"),
        uuid.UUID(int=7),
        pathlib.Path("a/b"),
        Colour.RED,
    ],
)
def test_the_expression_gives_the_value(value: Any) -> None:
    made = eval(literal(encode(value)), dict(_NAMES))
    assert made == value
    assert type(made) is type(value)


def test_what_is_no_number_stays_none() -> None:
    assert math.isnan(eval(literal(encode(float("nan")))))


def test_a_member_of_the_flows_own_class_is_named_as_there() -> None:
    assert literal({"$enum": ["nbflow_defs.sales:Colour", "RED"]}) == "Colour.RED"
