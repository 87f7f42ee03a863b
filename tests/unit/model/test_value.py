from __future__ import annotations

import json
import math
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum, Flag, StrEnum
from pathlib import Path, PurePosixPath
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbflow.model.value import decode, encode

NOON = datetime.fromisoformat("2026-01-01T12:00:00")


class Colour(Enum):
    RED = "r"
    BLUE = "b"


class Size(StrEnum):
    SMALL = "s"


class Access(Flag):
    READ = 1
    WRITE = 2


def resolve(name: str) -> Any:
    module, _, qualname = name.partition(":")
    assert module == __name__
    return globals()[qualname]


def there_and_back(value: object) -> object:
    return decode(json.loads(json.dumps(encode(value))), resolve)


@pytest.mark.parametrize(
    "value",
    [
        None, True, 0, -(2**80), 0.1, -0.0, math.inf, "", "é\ud800", b"\x00\xff", date(2026, 1, 1),
        NOON, datetime(2026, 1, 1, tzinfo=UTC), time(1, 2), timedelta(-1, 3, 7),
        Path("a/b"), Decimal("1.10"), UUID(int=5), [1, [2]], (1, (2,)), {1, 2}, frozenset({"a"}), {"a": {"b": 1}},
        {1: "x", (2, 3): "y"}, {"$date": "not a date"}, Colour.BLUE, Size.SMALL, [Colour.RED, {"k": Path("p")}],
    ],
    ids=repr,
)  # fmt: skip
def test_a_value_comes_back_as_it_was(value: object) -> None:
    back = there_and_back(value)
    assert back == value
    assert type(back) is type(value)


def test_nan_comes_back_as_nan() -> None:
    back = there_and_back(math.nan)
    assert isinstance(back, float)
    assert math.isnan(back)


def test_dates_read_well_in_a_record() -> None:
    assert encode(date(2026, 1, 1)) == {"$date": "2026-01-01"}
    assert encode(NOON) == {"$datetime": "2026-01-01T12:00:00"}


def test_a_set_has_one_text_whatever_its_order() -> None:
    assert encode({"b", "a", "c"}) == {"$set": ["a", "b", "c"]}
    assert encode({1, "1"}) == encode({"1", 1})


def test_a_dict_keeps_its_order() -> None:
    assert list(decode(encode({"b": 1, "a": 2}))) == ["b", "a"]


def test_any_pure_path_is_a_path() -> None:
    assert there_and_back(PurePosixPath("a")) == Path("a")


@pytest.mark.parametrize(
    "value", [object(), 1j, [object()], Access.READ | Access.WRITE], ids=["object", "complex", "list", "flags"]
)
def test_other_types_are_refused(value: object) -> None:
    with pytest.raises(TypeError):
        encode(value)


def test_an_enum_member_needs_someone_who_knows_its_class() -> None:
    with pytest.raises(ValueError, match=r"Colour\.RED"):
        decode(encode(Colour.RED))


def test_an_unknown_tag_is_refused() -> None:
    with pytest.raises(ValueError, match=r"\$strange"):
        decode({"$strange": 1})


scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.binary() | st.dates()
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner) | st.tuples(inner, inner) | st.dictionaries(st.text() | st.integers(), inner) | st.sets(scalars)
    ),
    max_leaves=20,
)


@given(values)
def test_every_value_comes_back_as_it_was(value: object) -> None:
    assert there_and_back(value) == value
