"""Conditions: what they can say, what they mean, and what stays open."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbflow.client.comparing.condition import UNKNOWN, ConditionError, Unknown, evaluate, named, parse


def holds(text: str, values: Mapping[str, Any] | None = None) -> bool | Unknown:
    known = values or {}
    return evaluate(parse(text), lambda chain: known[".".join(chain)])


NAMES = ("a", "b", "baseline.a", "train.b")
numbers = st.integers(-5, 5) | st.floats(-5, 5).map(lambda each: round(each, 2))


def arithmetic(below: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    pairs = st.tuples(below, st.sampled_from(["+", "-", "*"]), below)
    return pairs.map(lambda each: f"({each[0]} {each[1]} {each[2]})") | below.map(lambda each: f"abs({each})")


amounts = st.recursive(st.sampled_from(NAMES) | numbers.map(lambda each: f"({each})"), arithmetic, max_leaves=5)
comparisons = st.tuples(amounts, st.sampled_from(["<", "<=", ">", ">=", "==", "!="]), amounts).map(" ".join)


def logic(below: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    pairs = st.tuples(below, st.sampled_from(["and", "or"]), below)
    return pairs.map(lambda each: f"({each[0]} {each[1]} {each[2]})") | below.map(lambda each: f"(not {each})")


conditions = st.recursive(comparisons, logic, max_leaves=5)
all_values = st.fixed_dictionaries(dict.fromkeys(NAMES, numbers))


def as_python(text: str, values: Mapping[str, Any]) -> bool:
    return bool(
        eval(
            text.replace(".a", "_a").replace(".b", "_b"), {key.replace(".", "_"): each for key, each in values.items()}
        )
    )


@given(conditions, all_values)
def test_a_condition_means_what_python_means_by_it(text: str, values: dict[str, Any]) -> None:
    assert holds(text, values) is as_python(text, values)


@given(conditions, all_values, st.sets(st.sampled_from(NAMES)), st.data())
def test_what_is_said_without_knowing_all_is_true_whatever_the_unknown_is(
    text: str, values: dict[str, Any], unknown: set[str], data: st.DataObject
) -> None:
    said = holds(text, {name: UNKNOWN if name in unknown else each for name, each in values.items()})
    if not isinstance(said, Unknown):
        other = {name: data.draw(numbers) if name in unknown else each for name, each in values.items()}
        assert holds(text, other) is said


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused_in_words(text: str) -> None:
    with contextlib.suppress(ConditionError):
        evaluate(parse(text), lambda _: 1.0)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "it is a text"),
        ("rmse = 3", "== compares"),
        ("rmse => 3", "write >="),
        ("rmse > 3 & b", "combines with 'and'"),
        ("open('x')", "open(…) cannot be called"),
        ("a.b()", "a.b(…) cannot be called"),
        ("max(a, key=len)", "cannot be called"),
        ("(lambda: 1)()", "cannot be called"),
        ("[a for a in b]", "more than a condition may say"),
        ("a[0]", "more than a condition may say"),
        ("().__class__", "more than a condition may say"),
        ("b'x' == a", "more than a condition may say"),
        ("a := 1", "invalid syntax"),
        ("(" * 300 + "1" + ")" * 300, ""),
        ("1 > " * 900 + "1", "longer than"),
        ("a" + "\x00", ""),
    ],
)
def test_what_a_condition_cannot_say_is_refused_before_anything_is_looked_at(text: str, said: str) -> None:
    with pytest.raises(ConditionError) as refused:
        parse(text)
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1 / 0 > 1", "ZeroDivisionError"),
        ("10 ** 10 ** 10 > 1", "too large"),
        ("text > 1", "text is 'abc', which is no number"),
        ("many > 1", "many has one value an item (2): mean(many)"),
        ("nan > 1", "nan is NaN"),
        ("1 < nan + 1", "nan + 1 is NaN"),
        ("max(1, nan) > 3", "NaN"),
        ("max(some) > 3", "NaN"),
        ("many", "any(…) or all(…)"),
        ("mean(none) > 1", "StatisticsError"),
        ("(-8) ** 0.5 > 1", "root"),
    ],
)
def test_what_says_nothing_of_these_values_is_told(text: str, said: str) -> None:
    values = {"text": "abc", "many": [1, 2], "nan": math.nan, "some": [1.0, math.nan], "none": []}
    with pytest.raises(ConditionError) as refused:
        holds(text, values)
    assert said in str(refused.value)


def test_a_foreach_is_judged_by_what_is_made_of_its_numbers() -> None:
    values = {"train.rmse": [1.0, 2.0, 6.0], "baseline.train.rmse": [1.0, 1.0, 1.0]}
    assert holds("mean(train.rmse) > 2 * mean(baseline.train.rmse)", values) is True
    assert holds("median(train.rmse) == 2 and len(train.rmse) == 3 and max(train.rmse) < 7", values) is True
    assert holds("isnan(train.rmse)", values) is False


def test_texts_and_truths_are_compared_too() -> None:
    assert holds("model == 'ridge' and not converged", {"model": "ridge", "converged": False}) is True
    assert holds("x is None", {"x": None}) is True
    assert holds("2 if converged else 0", {"converged": True}) is True


def test_what_is_not_known_stays_open_unless_it_does_not_matter() -> None:
    values = {"a": 3.0, "baseline.a": UNKNOWN}
    assert holds("a > 1.05 * baseline.a", values) is UNKNOWN
    assert holds("not a > baseline.a", values) is UNKNOWN
    assert holds("a > baseline.a or a > 2", values) is True
    assert holds("a > baseline.a and a > 4", values) is False
    assert holds("5 < a < baseline.a", values) is False
    assert holds("max(a, baseline.a) > 1", values) is UNKNOWN


def test_what_a_condition_names_is_known_without_looking() -> None:
    tree = parse("max(train.rmse) > baseline.train.rmse or abs(b) > 1")
    assert list(named(tree)) == [("max", ("train", "rmse")), ("", ("baseline", "train", "rmse")), ("abs", ("b",))]
