from __future__ import annotations

from typing import Any

import pytest

Zygote = Any


@pytest.mark.parametrize(
    ("source", "items"),
    [
        ("[1, 'b']", [1, "b"]),
        ("(x for x in range(3))", [0, 1, 2]),
        ("range(3)", [0, 1, 2]),
        ("{'b': 2, 'a': 1}", [("b", 2), ("a", 1)]),
        ("{3, 1, 2}", [1, 2, 3]),
        ("{'b', 1, 'a'}", ["a", "b", 1]),
        ("frozenset('ba')", ["a", "b"]),
        ("zip('ab', [1, 2])", [("a", 1), ("b", 2)]),
        ("()", []),
        ("list('ab')", ["a", "b"]),
        ("regions", ["eu", "us"]),
        ("[region.upper()\n  for region in regions]", ["EU", "US"]),
    ],
)
def test_of_each_kind_are_taken_in_order(zygote: Zygote, source: str, items: list[Any]) -> None:
    ended = zygote.run(source, kind="items", give={"regions": ["eu", "us"]})
    assert ended.items == items
    assert ended.messages[-1]["total"] == len(items)


def test_of_a_frame_are_its_rows(zygote: Zygote) -> None:
    rows = zygote.run("__import__('pandas').DataFrame({'a': [1, 2], 'b': ['x', 'y']})", kind="items").items
    assert [(type(row).__name__, row.a, row.b) for row in rows] == [("Series", 1, "x"), ("Series", 2, "y")]
    rows = zygote.run("__import__('polars').DataFrame({'a': [1, 2]})", kind="items").items
    assert rows == [{"a": 1}, {"a": 2}]


def test_of_an_array_are_those_along_its_first_axis(zygote: Zygote) -> None:
    items = zygote.run("__import__('numpy').arange(4).reshape(2, 2)", kind="items").items
    assert [item.tolist() for item in items] == [[0, 1], [2, 3]]


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("'eu'", "iterating gives its characters"),
        ("3", "type int has no items"),
        ("None", "type NoneType has no items"),
        ("range(11)", "it has more than 10 items"),
        ("__import__('itertools').count()", "it has more than 10 items"),
        ("[1, __import__('threading').Lock()]", "item 1 cannot be stored"),
    ],
)
def test_that_cannot_be_had_are_an_error(zygote: Zygote, source: str, why: str) -> None:
    failure = zygote.run(source, kind="items", limit=10).failure
    assert failure.code == "T014"
    assert why in failure.message
    assert f"--foreach {source} of a" in failure.message


def test_ten_of_ten_are_not_too_many(zygote: Zygote) -> None:
    assert len(zygote.run("range(10)", kind="items", limit=10).items) == 10


def test_an_expression_that_raises_fails_the_task(zygote: Zygote) -> None:
    failure = zygote.run("[1 / v for v in (1, 0)]", kind="items", line=2, cell="# a\n%%step a --foreach …").failure
    assert (failure.type, failure.line) == ("ZeroDivisionError", 2)


def test_an_iterator_that_raises_fails_the_task(zygote: Zygote) -> None:
    assert zygote.run("(1 / v for v in (1, 0))", kind="items").failure.type == "ZeroDivisionError"


def test_definitions_may_make_items(zygote: Zygote, definition: Any) -> None:
    statements = [
        definition("def pairs(xs): return [(x, K) for x in xs]", "pairs", later=("K",)),
        definition("K = 3", "K"),
    ]
    ended = zygote.run("pairs('ab')", kind="items", statements=statements, slice=(1, 0), roots=("pairs",))
    assert ended.items == [("a", 3), ("b", 3)]
