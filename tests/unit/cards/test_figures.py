from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbflow.cards.figures import duration, parameter, several, size, value
from nbflow.model.value import encode


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (None, ""),
        (-1, "0 ms"),
        (0.0004, "0 ms"),
        (0.031, "31 ms"),
        (0.0994, "99 ms"),
        (0.0996, "0.10 s"),
        (0.31, "0.31 s"),
        (3.24, "3.2 s"),
        (9.96, "10 s"),
        (59.4, "59 s"),
        (59.6, "1 min 00 s"),
        (185, "3 min 05 s"),
        (3599.7, "1 h 00 min"),
        (7440, "2 h 04 min"),
        (273600, "3 d 4 h"),
    ],
)
def test_a_duration_has_the_figures_a_person_wants(seconds: float | None, said: str) -> None:
    assert duration(seconds) == said


@given(seconds=st.floats(0, 1e7))
def test_no_duration_is_longer_than_its_column(seconds: float) -> None:
    assert len(duration(seconds)) <= 11


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (0, "0 B"),
        (512, "512 B"),
        (999, "999 B"),
        (1000, "1.0 kB"),
        (3400, "3.4 kB"),
        (12_000_000, "12 MB"),
        (999_999, "1.0 MB"),
        (5e15, "5000 TB"),
    ],
)
def test_a_size_has_two_figures(count: int, said: str) -> None:
    assert size(count) == said


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (2.31482, "2.315"),
        (3, "3"),
        ("eu", "'eu'"),
        (True, "True"),
        (None, "None"),
        (float("nan"), "nan"),
        (date(2026, 3, 1), "2026-03-01"),
        (Path("a/b"), "a/b"),
        (Decimal("1.10"), "1.10"),
    ],
)
def test_a_value_is_short(given: object, said: str) -> None:
    assert value(given) == said
    assert parameter(encode(given)) == said


def test_an_enum_of_a_class_that_is_not_loaded_shows_by_name() -> None:
    assert parameter({"$enum": ["nbflow_defs.sales:Colour", "RED"]}) == "Colour.RED"
    assert parameter([{"$enum": ["m:Outer.Colour", "RED"]}]) == "[Colour.RED]"


def test_what_is_no_encoded_value_is_shown_as_it_is() -> None:
    assert parameter({"$what": 1}) == "{'$what': 1}"


def test_a_number_of_things_is_singular_or_plural() -> None:
    assert (several(1, "task"), several(0, "task"), several(1200, "match", "matches")) == (
        "1 task",
        "0 tasks",
        "1200 matches",
    )
