# ruff: noqa: DTZ001  dates of a person have no zone
from __future__ import annotations

import base64
import contextlib
import enum
import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path, PurePosixPath
from typing import Any
from uuid import UUID

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbflow.model.value import decode, encode
from nbflow.plan.coercion import Became, MisfitError, coerce_text, coerce_value, hint
from nbflow.plan.typeform import parse_type


class Colour(enum.Enum):
    RED = 1
    GREEN = "g"


NAMESPACE = {"Colour": Colour}
ID = UUID("123e4567-e89b-12d3-a456-426614174000")
NOON = datetime(2026, 3, 1, 12)
DAY = date(2026, 3, 1)


def text(kind: str, given: str) -> Any:
    return coerce_text(parse_type(kind, NAMESPACE), given)


def value(kind: str, given: object) -> Any:
    return coerce_value(parse_type(kind, NAMESPACE), given)


def same(left: object, right: object) -> bool:
    return left == right and type(left) is type(right)


@pytest.mark.parametrize(
    ("kind", "given", "expected"),
    [
        ("str", " as is ", " as is "),
        ("str", "", ""),
        ("int", "42", 42),
        ("int", "-1", -1),
        ("int", " 1_000 ", 1000),
        ("float", "1e-3", 0.001),
        ("float", "inf", float("inf")),
        ("float", "3", 3.0),
        *(("bool", word, True) for word in ("true", "True", "1", "YES", "on")),
        *(("bool", word, False) for word in ("false", "0", "No", "off")),
        ("date", "2026-03-01", DAY),
        ("date", "2026-03-01T00:00:00", DAY),
        ("datetime", "2026-03-01T12:00", NOON),
        ("datetime", "2026-03-01", datetime(2026, 3, 1)),
        ("datetime", "2026-03-01T12:00Z", NOON.replace(tzinfo=UTC)),
        ("timedelta", "90", timedelta(seconds=90)),
        ("timedelta", "2h", timedelta(hours=2)),
        ("timedelta", "1h30m", timedelta(minutes=90)),
        ("timedelta", "-1h30m", timedelta(minutes=-90)),
        ("timedelta", "250ms", timedelta(milliseconds=250)),
        ("timedelta", "P1DT2H30M", timedelta(days=1, hours=2, minutes=30)),
        ("timedelta", "P2W", timedelta(weeks=2)),
        ("timedelta", "0:30:00", timedelta(minutes=30)),
        ("timedelta", "-1 day, 23:59:59", timedelta(seconds=-1)),
        ("Path", "data/x.csv", Path("data/x.csv")),
        ("Decimal", "1.10", Decimal("1.10")),
        ("UUID", str(ID), ID),
        ("Colour", "RED", Colour.RED),
        ("Colour", "g", Colour.GREEN),
        ("Colour", "1", Colour.RED),
        ("bytes", "aGVsbG8=", b"hello"),
        ("list[str]", "eu,us", ["eu", "us"]),
        ("list[str]", " eu , us ", ["eu", "us"]),
        ("list[str]", "", []),
        ("list[str]", '["a,b", "c"]', ["a,b", "c"]),
        ("list[date]", '["2026-03-01"]', [DAY]),
        ("list[bytes]", '["aGVsbG8="]', [b"hello"]),
        ("tuple[int, ...]", "1,2", (1, 2)),
        ("tuple[int, str]", "1,b", (1, "b")),
        ("set[int]", "2,1,2", {1, 2}),
        ("list[list[int]]", "[[1], [2, 3]]", [[1], [2, 3]]),
        ("list", '[1, "a"]', [1, "a"]),
        ("dict[int, date]", '{"1": "2026-03-01"}', {1: DAY}),
        ("dict", '{"a": [1]}', {"a": [1]}),
        ("Any", "[1, null]", [1, None]),
        ("Any", '"text"', "text"),
        ("Literal['a', 1]", "1", 1),
        ("Literal['a', 1]", "a", "a"),
        ("Literal['1', 1]", "1", "1"),
        ("Literal[True, None]", "yes", True),
        ("Literal[Colour.RED]", "RED", Colour.RED),
        ("int | str", "5", 5),
        ("int | str", "x", "x"),
        ("str | int", "5", "5"),
        *(("int | None", word, None) for word in ("none", "None", "null", "", "NULL")),
        ("str | None", "none", None),
        ("Literal['none'] | None", "none", "none"),
        ("list[int] | None", "1,2", [1, 2]),
    ],
)
def test_text_means_what_the_table_says(kind: str, given: str, expected: object) -> None:
    assert same(text(kind, given), expected)


def test_the_float_nan_comes_from_text() -> None:
    assert text("float", "nan") != text("float", "nan")


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        ("int", "4.2"),
        ("int", ""),
        ("float", "high"),
        ("bool", "2"),
        ("bool", ""),
        ("date", "1.3.2026"),
        ("date", "2026-03-01T12:00"),
        ("date", "2026-03-01T00:00Z"),
        ("datetime", "noon"),
        ("datetime", "2026-13-01"),
        ("timedelta", "soon"),
        ("timedelta", "1h 5x"),
        ("timedelta", "P"),
        ("timedelta", "9" * 20),
        ("Path", ""),
        ("Path", "a\0b"),
        ("Decimal", "1,10"),
        ("UUID", "1"),
        ("Colour", "BLUE"),
        ("bytes", "###"),
        ("list[int]", "1,x"),
        ("list[int]", "1,,2"),
        ("list[list[int]]", "1,2"),
        ("tuple[int, str]", "1"),
        ("dict", "{a: 1}"),
        ("dict", "[1]"),
        ("Any", "hello"),
        ("Literal['a', 1]", "b"),
        ("int | float", "x"),
        ("None", "0"),
    ],
)
def test_text_that_means_nothing_is_refused(kind: str, given: str) -> None:
    with pytest.raises(MisfitError):
        text(kind, given)


@pytest.mark.parametrize(
    ("kind", "given", "expected"),
    [
        ("str", "x", "x"),
        ("int", 3, 3),
        ("int", 3.0, 3),
        ("int", np.int64(3), 3),
        ("int", np.array(3), 3),
        ("int", "3", 3),
        ("float", 3, 3.0),
        ("float", np.float32(0.5), 0.5),
        ("float", "0.5", 0.5),
        ("bool", True, True),
        ("bool", 0, False),
        ("bool", np.bool_(True), True),
        ("date", DAY, DAY),
        ("date", datetime(2026, 3, 1), DAY),
        ("date", pd.Timestamp("2026-03-01"), DAY),
        ("date", "2026-03-01", DAY),
        ("datetime", NOON, NOON),
        ("datetime", DAY, datetime(2026, 3, 1)),
        ("datetime", pd.Timestamp(NOON), NOON),
        ("datetime", np.datetime64("2026-03-01T12:00:00", "ns"), NOON),
        ("timedelta", timedelta(1), timedelta(1)),
        ("timedelta", pd.Timedelta(days=1), timedelta(1)),
        ("timedelta", 90, timedelta(seconds=90)),
        ("Path", PurePosixPath("a/b"), Path("a/b")),
        ("Path", "a/b", Path("a/b")),
        ("Decimal", Decimal("1.1"), Decimal("1.1")),
        ("Decimal", 1.1, Decimal("1.1")),
        ("Decimal", "1.10", Decimal("1.10")),
        ("UUID", ID, ID),
        ("UUID", str(ID), ID),
        ("Colour", Colour.RED, Colour.RED),
        ("Colour", 1, Colour.RED),
        ("Colour", "GREEN", Colour.GREEN),
        ("bytes", b"x", b"x"),
        ("bytes", bytearray(b"x"), b"x"),
        ("list[int]", (1, 2.0), [1, 2]),
        ("list[int]", {2, 1}, [1, 2]),
        ("list[int]", range(2), [0, 1]),
        ("list[float]", np.array([1, 2]), [1.0, 2.0]),
        ("list[str]", pd.Series(["a", "b"]), ["a", "b"]),
        ("list[list[int]]", np.eye(2, dtype=int), [[1, 0], [0, 1]]),
        ("tuple[int, str]", [1, "a"], (1, "a")),
        ("set[int]", [1, 1], {1}),
        ("dict[int, float]", {"1": 2}, {1: 2.0}),
        ("dict", {"a": {"b": np.int64(1)}}, {"a": {"b": 1}}),
        ("Any", np.float64(0.5), 0.5),
        ("Any", [np.int64(1), pd.Timestamp(NOON)], [1, NOON]),
        ("Any", "text", "text"),
        ("Literal[1]", 1, 1),
        ("int | str", "5", "5"),
        ("int | str", 5, 5),
        ("str | int", 5, 5),
        ("date | datetime", NOON, NOON),
        ("int | None", None, None),
        ("float | None", 1, 1.0),
    ],
)
def test_a_python_value_becomes_what_the_table_says(kind: str, given: object, expected: object) -> None:
    assert same(value(kind, given), expected)


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        ("str", None),
        ("str", b"x"),
        ("str", Colour.GREEN),
        ("int", True),
        ("int", 3.5),
        ("int", None),
        ("float", False),
        ("float", 10**400),
        ("bool", 2),
        ("bool", 1.0),
        ("date", NOON),
        ("date", 20260301),
        ("datetime", pd.NaT),
        ("timedelta", "soon"),
        ("timedelta", float("nan")),
        ("timedelta", True),
        ("Path", 1),
        ("Decimal", None),
        ("UUID", 1),
        ("Colour", 7),
        ("bytes", 1),
        ("list[int]", 3),
        ("list[int]", {"a": 1}),
        ("set[dict]", [{}]),
        ("tuple[int, str]", [1]),
        ("dict", [1]),
        ("Literal[1]", True),
        ("int | str", None),
        ("None", 0),
    ],
)
def test_a_python_value_that_would_lose_something_is_refused(kind: str, given: object) -> None:
    with pytest.raises(MisfitError):
        value(kind, given)


def test_numbers_given_for_text_are_noted_wherever_they_stand() -> None:
    became: Became = []
    assert coerce_value(parse_type("dict[str, list[str]]", {}), {"a": [7, "x", True]}, became) == {
        "a": ["7", "x", "True"]
    }
    assert became == [(7, "7"), (True, "True")]


def test_a_member_that_did_not_fit_notes_nothing() -> None:
    became: Became = []
    assert coerce_value(parse_type("tuple[str, str] | list[int]", {}), [7, 8, 9], became) == [7, 8, 9]
    assert became == []


def test_the_item_that_does_not_fit_is_named() -> None:
    with pytest.raises(MisfitError, match=r"item 2: 'x' is not an int"):
        text("list[int]", "1,x")
    with pytest.raises(MisfitError, match=r"value of 'a': .* \(item 1: 'x' is not an int\)"):
        value("dict[str, list[int]]", {"a": ["x"]})
    with pytest.raises(MisfitError, match=r"key: 'x' is not an int"):
        value("dict[int, int]", {"x": 1})


def test_an_enum_class_that_was_defined_anew_takes_the_old_members() -> None:
    again = enum.Enum("Colour", {"RED": 1, "GREEN": "g"})
    assert coerce_value(parse_type("Colour", {"Colour": again}), Colour.RED) is again["RED"]


def test_a_type_says_how_it_is_written() -> None:
    assert hint(parse_type("date", {})) == "a date, as 2024-12-31"
    assert hint(parse_type("Colour", NAMESPACE)) == "one of RED, GREEN"
    assert "a,b,c" in hint(parse_type("list[str]", {}))


def forms_of(inner: str, values: st.SearchStrategy[Any], write: Any) -> Any:
    return st.tuples(st.just(inner), values, st.just(write))


SCALARS: list[tuple[str, st.SearchStrategy[Any], Any]] = [
    ("str", st.text(), str),
    ("int", st.integers(), str),
    ("float", st.floats(allow_nan=False), repr),
    ("bool", st.booleans(), str),
    ("date", st.dates(), str),
    ("datetime", st.datetimes(timezones=st.none() | st.just(UTC)), str),
    ("timedelta", st.timedeltas(), str),
    ("Path", st.from_regex(r"[a-z]+(/[a-z]+)*", fullmatch=True).map(Path), str),
    ("Decimal", st.decimals(allow_nan=False), str),
    ("UUID", st.uuids(), str),
    ("Colour", st.sampled_from(Colour), lambda member: member.name),
    ("bytes", st.binary(), lambda data: base64.b64encode(data).decode()),
    ("int | None", st.none() | st.integers(), str),
    ("Literal['a', 2, None]", st.sampled_from(["a", 2, None]), str),
]


@pytest.mark.parametrize(("kind", "values", "write"), SCALARS, ids=[each[0] for each in SCALARS])
@given(data=st.data())
def test_a_scalar_survives_text_python_and_json(kind: str, values: Any, write: Any, data: Any) -> None:
    original = data.draw(values)
    assert same(text(kind, write(original)), original)
    assert same(value(kind, original), original)
    assert same(decode(encode(original), lambda _: Colour), original)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@given(original=json_values)
def test_any_takes_json_as_it_is(original: Any) -> None:
    assert text("Any", json.dumps(original)) == original
    assert value("Any", original) == original


@given(original=st.dictionaries(st.integers(), st.lists(st.dates())))
def test_containers_come_back_from_their_json(original: dict[int, list[date]]) -> None:
    written = json.dumps({str(key): [str(day) for day in days] for key, days in original.items()})
    assert text("dict[int, list[date]]", written) == original
    assert value("dict[int, list[date]]", original) == original


@given(kind=st.sampled_from([each[0] for each in SCALARS] + ["list[int]", "dict", "Any"]), written=st.text())
def test_no_text_does_anything_but_fit_or_not_fit(kind: str, written: str) -> None:
    with contextlib.suppress(MisfitError):
        text(kind, written)
