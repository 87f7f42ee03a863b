from __future__ import annotations

from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbflow.cells.expressions import CONDITION_CALLS, read_expression
from nbflow.cells.text import CellText
from nbflow.cells.words import Word
from nbflow.model.step import Expression
from nbflow.plan.conditions import CALLS

Option = Literal["--foreach", "--when"]


def read(option: Option, text: str) -> tuple[Expression | None, CellText]:
    cell = CellText(f"%%step a {option} {text}")
    return read_expression(cell, option, Word.plain(text, 1, 10 + len(option))), cell


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("xs", "xs"),
        ("  zip(xs, ys)  ", "zip(xs, ys)"),
        ("[f(x) for x in xs if x]", "[f(x) for x in xs if x]"),
        ("(f(x) for x in xs)", "(f(x) for x in xs)"),
        ("xs if go else []", "xs if go else []"),
        ("a, b", "a, b"),
        ("df.groupby('é').groups  # per group", "df.groupby('é').groups"),
    ],
)
def test_a_foreach_is_any_expression(text: str, source: str) -> None:
    found, cell = read("--foreach", text)

    assert cell.problems == []
    assert found is not None
    assert found.source == source


def test_an_expression_knows_its_names_and_its_column() -> None:
    found, _ = read("--foreach", "[f(x) for x in xs]")

    assert found is not None
    assert found.names.reads == {"xs": 1, "f": 1}
    assert found.column == 19


CONDITIONS = [
    "go", "not go", "rmse < 2.5", "0 < n <= 3", "a and b or c", "x is None", "r in ('eu', 'us')", "d['a'][0] == {1, 2}",
    "a if b else c", "n % 2 == 1", "-n + 2 ** 3 // 4 / 5 > 1", "len(xs) > 2", "isnan(x)", "max(a, 1) == round(b)",
    "xs[1:3] == [1, 2]", "{'a': 1}[k] == 1", "any([a, b])",
]  # fmt: skip
BEYOND = [
    "df.empty", "f(x)", "x.mean() > 1", "[x for x in xs]", "any(x for x in xs)", "lambda: 1", "f'{x}'", "a @ b",
    "max(a, key=b)", "(a > 1) & (b < 2)", "a | b", "a ^ b", "a << 1", "len(*xs)", "a + b.c",
]  # fmt: skip


@pytest.mark.parametrize("text", CONDITIONS)
def test_a_condition_over_scalars_is_read(text: str) -> None:
    found, cell = read("--when", text)

    assert cell.problems == []
    assert found is not None


@pytest.mark.parametrize("text", BEYOND)
def test_more_than_scalars_is_refused_in_a_condition(text: str) -> None:
    found, cell = read("--when", text)

    assert found is None
    assert [each.code for each in cell.problems] == ["C040"]


def test_the_caret_stands_under_the_part_that_is_too_much() -> None:
    _, cell = read("--when", "é and not df.empty")

    assert cell.problems[0].place.column == 16 + len("é and not ")


def test_bit_operators_are_told_what_to_write() -> None:
    _, cell = read("--when", "(a > 1) & (b < 2)")

    assert cell.problems[0].fix == "write 'and'"


@pytest.mark.parametrize("text", ["(y := 1)", "await f()", "(yield 1)", "[(y := x) for x in xs]"])
def test_what_binds_or_waits_is_no_option(text: str) -> None:
    for option in ("--foreach", "--when"):
        found, cell = read(option, text)  # type: ignore[arg-type]

        assert found is None
        assert [each.code for each in cell.problems] == ["C040"]


def test_conditions_call_what_their_evaluation_knows() -> None:
    assert set(CALLS) == CONDITION_CALLS


@given(st.text(st.characters(blacklist_characters="\n\r")))
def test_every_text_is_an_expression_or_says_why_not(text: str) -> None:
    for option in ("--foreach", "--when"):
        found, cell = read(option, text)  # type: ignore[arg-type]

        assert (found is None) == bool(cell.problems)
        assert [each.code for each in cell.problems] in ([], ["C040"])
        assert all(str(each) for each in cell.problems)
