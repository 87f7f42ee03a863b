from __future__ import annotations

import datetime as dt
import enum
from datetime import timedelta
from typing import Any, Optional

import pytest

from nbflow.plan.typeform import UnknownTypeError, parse_type


class Colour(enum.Enum):
    RED = 1
    GREEN = 2


@pytest.mark.parametrize(
    ("source", "written"),
    [
        ("str", "str"),
        ("int", "int"),
        ("float", "float"),
        ("bool", "bool"),
        ("bytes", "bytes"),
        ("date", "date"),
        ("datetime", "datetime"),
        ("datetime.date", "date"),
        ("dt.timedelta", "timedelta"),
        ("pathlib.Path", "Path"),
        ("Decimal", "Decimal"),
        ("UUID", "UUID"),
        ("Any", "Any"),
        ("", "Any"),
        ("None", "None"),
        ("list", "list[Any]"),
        ("list[str]", "list[str]"),
        ("List[int]", "list[int]"),
        ("set[date]", "set[date]"),
        ("tuple", "tuple[Any, ...]"),
        ("tuple[int, ...]", "tuple[int, ...]"),
        ("tuple[int, str]", "tuple[int, str]"),
        ("dict", "dict[Any, Any]"),
        ("dict[str, list[int]]", "dict[str, list[int]]"),
        ("'float'", "float"),
        ("int | None", "int | None"),
        ("Optional[int]", "int | None"),
        ("Union[int, str, None]", "int | str | None"),
        ("int | (str | None)", "int | str | None"),
        ("int | int", "int"),
        ("Literal['a', 1, None, True]", "Literal['a', 1, None, True]"),
        ("typing.Literal[-1]", "Literal[-1]"),
        ("Annotated[int, 'cores']", "int"),
    ],
)
def test_an_annotation_is_read_from_its_source(source: str, written: str) -> None:
    assert str(parse_type(source, {})) == written


@pytest.mark.parametrize(
    "source",
    [
        "DataFrame",
        "list[DataFrame]",
        "list[int, str]",
        "dict[str]",
        "int[str]",
        "Literal",
        "Literal[1.5]",
        "int +",
        "f()",
        "3",
        "a.b.c",
        "Colour",
    ],
)
def test_what_is_no_type_of_a_parameter_is_refused(source: str) -> None:
    with pytest.raises(UnknownTypeError):
        parse_type(source, {})


def test_the_part_that_is_unknown_is_named() -> None:
    with pytest.raises(UnknownTypeError, match=r"^DataFrame$"):
        parse_type("dict[str, list[DataFrame]]", {})


def test_definitions_give_enums_aliases_and_modules() -> None:
    namespace = {
        "Colour": Colour,
        "Regions": list[str],
        "Maybe": int | None,
        "dt": dt,
        "datetime": dt,
        "Seconds": timedelta,
        "O": Optional,
        "Anything": Any,
    }
    assert parse_type("Colour | None", namespace).args[0].enum is Colour
    assert parse_type("Literal[Colour.RED]", namespace).values == (Colour.RED,)
    written = {
        source: str(parse_type(source, namespace)) for source in ("Regions", "Maybe", "dt.date", "Seconds", "Anything")
    }
    assert written == {
        "Regions": "list[str]",
        "Maybe": "int | None",
        "dt.date": "date",
        "Seconds": "timedelta",
        "Anything": "Any",
    }
    # `import datetime`, then the class by its module
    assert str(parse_type("datetime.datetime", namespace)) == "datetime"


def test_a_class_of_the_flow_that_is_called_like_a_known_type_is_not_that_type() -> None:
    class Path:
        pass

    with pytest.raises(UnknownTypeError):
        parse_type("Path", {"Path": Path})


def test_a_module_is_no_type() -> None:
    with pytest.raises(UnknownTypeError):
        parse_type("datetime", {"datetime": dt})


@pytest.mark.parametrize(
    ("source", "phrase"),
    [
        ("int", "an int"),
        ("float", "a float"),
        ("list[str]", "a list[str]"),
        ("int | None", "an int or None"),
        ("Literal['a', 'b']", "one of 'a', 'b'"),
        ("Any", "JSON"),
    ],
)
def test_a_type_reads_well_in_a_sentence(source: str, phrase: str) -> None:
    assert parse_type(source, {}).phrase == phrase
