from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbflow.cells import converters
from nbflow.cells.converters import Unfit

GOOD: list[tuple[converters.Converter, str, Any]] = [
    (converters.size, "512M", 512 * 2**20),
    (converters.size, "8G", 8 * 2**30),
    (converters.size, "8g", 8 * 2**30),
    (converters.size, "8GB", 8 * 2**30),
    (converters.size, "8GiB", 8 * 2**30),
    (converters.size, "8 GB", 8 * 2**30),
    (converters.size, "1.5T", 1536 * 2**30),
    (converters.size, "4K", 4096),
    (converters.size, "100", 100 * 2**20),
    (converters.size, "100B", 100),
    (converters.duration, "90", 90),
    (converters.duration, "0s", 0),
    (converters.duration, "5m", 300),
    (converters.duration, "2h", 7200),
    (converters.duration, "1d", 86400),
    (converters.duration, "1h30m", 5400),
    (converters.duration, "0.5s", 0.5),
    (converters.positive_duration, "1s", 1),
    (converters.count(1, 100), "100", 100),
    (converters.number, "0.5", 0.5),
    (converters.number, "4", 4),
    (converters.identifier, "région", "région"),
    (converters.names, "a,b", ("a", "b")),
    (converters.names, "a, b", ("a", "b")),
    (converters.one_of("fork", "pool"), "pool", "pool"),
    (converters.pair, "A=b=c", ("A", "b=c")),
    (converters.pair, "A=", ("A", "")),
    (converters.default, "y=None", ("y", "None")),
    (converters.default, "y='a,b'", ("y", "'a,b'")),
    (converters.default, "y = [1, 2]", ("y", "[1, 2]")),
    (converters.requirements, "pandas", ("pandas",)),
    (converters.requirements, "pandas>=2,<3,numpy", ("pandas>=2,<3", "numpy")),
    (converters.requirements, "ray[data,tune]==2, torch", ("ray[data,tune]==2", "torch")),
    (converters.either(converters.count(1), all=None), "All", None),
    (converters.either(converters.count(1), all=None), "3", 3),
]


@pytest.mark.parametrize(("convert", "text", "value"), GOOD)
def test_a_value_is_read(convert: converters.Converter, text: str, value: Any) -> None:
    assert convert(text) == value


@pytest.mark.parametrize(
    ("convert", "text"),
    [
        (converters.size, "8Q"),
        (converters.size, "0"),
        (converters.size, "-1G"),
        (converters.size, "1e3M"),
        (converters.size, "G"),
        (converters.duration, "5x"),
        (converters.duration, "h"),
        (converters.duration, "-5m"),
        (converters.duration, "1h 30m"),
        (converters.positive_duration, "0"),
        (converters.count(), "-1"),
        (converters.count(), "1.5"),
        (converters.count(0, 100), "101"),
        (converters.count(1), "0"),
        (converters.number, "nan"),
        (converters.number, "-1"),
        (converters.number, "two"),
        (converters.identifier, "class"),
        (converters.identifier, "a-b"),
        (converters.names, "a,"),
        (converters.names, ""),
        (converters.names, "a b"),
        (converters.one_of("fork"), "Fork!"),
        (converters.pair, "A"),
        (converters.pair, "=1"),
        (converters.default, "y"),
        (converters.default, "y=foo"),
        (converters.default, "1=2"),
        (converters.requirements, "pandas,,numpy"),
        (converters.requirements, ">=2"),
        (converters.word, ""),
    ],
)
def test_a_value_that_does_not_fit_says_what_would(convert: converters.Converter, text: str) -> None:
    with pytest.raises(Unfit) as caught:
        convert(text)

    assert caught.value.expected


def test_the_example_of_a_choice_is_the_nearest_one() -> None:
    with pytest.raises(Unfit) as caught:
        converters.one_of("fork", "process")("proces")

    assert caught.value.example == "process"


EVERY = sorted({id(convert): convert for convert, _, _ in GOOD}.values(), key=repr)


@given(st.text())
def test_any_text_is_read_or_does_not_fit(text: str) -> None:
    for convert in EVERY:
        try:
            convert(text)
        except Unfit:
            continue
