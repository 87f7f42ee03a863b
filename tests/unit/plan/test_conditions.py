from __future__ import annotations

import math
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbflow.cells.expressions import CONDITION_CALLS
from nbflow.errors import TaskError
from nbflow.plan.conditions import CALLS, evaluate

VALUES: dict[str, Any] = {
    "rmse": 2.4,
    "n": 3,
    "go": True,
    "off": False,
    "nan": float("nan"),
    "none": None,
    "name": "eu",
    "day": date(2026, 3, 1),
    "regions": ["eu", "us"],
    "limits": {"eu": 1, "us": 5},
}

HOLDS = [
    "rmse < 2.5",
    "1 < n <= 3",
    "go and not off",
    "off or name == 'eu'",
    "none is None and go is not None",
    "name in regions",
    "'asia' not in regions",
    "limits['us'] > limits[name]",
    "regions[0] == 'eu' and regions[-1:] == ['us']",
    "n % 2 == 1 and n ** 2 == 9 and n // 2 == 1 and -n < +n and n / 2 == 1.5",
    "(1 if go else 0) == 1",
    "isnan(nan) and not isnan(rmse)",
    "len(regions) == 2 and abs(-n) == 3 and min(1, n) == 1 and max(regions) == 'us'",
    "round(rmse) == 2 and int(rmse) == 2 and float(n) == 3.0 and str(n) == '3' and bool(n)",
    "any([off, go]) and all((go, n))",
    "{'a': 1}['a'] in {1, 2}",
    "not (nan < 5) and not (nan >= 5)",
    "str(day) == '2026-03-01'",
    "~n == -4",
]


@pytest.mark.parametrize("expression", HOLDS)
def test_a_condition_holds_as_python_says_it_does(expression: str) -> None:
    assert evaluate(expression, VALUES)
    assert eval(expression, {"isnan": math.isnan, **VALUES})


@pytest.mark.parametrize("expression", HOLDS)
def test_a_condition_that_is_turned_around_does_not_hold(expression: str) -> None:
    assert not evaluate(f"not ({expression})", VALUES)


def test_what_does_not_matter_is_not_evaluated() -> None:
    assert evaluate("go or missing", VALUES)
    assert not evaluate("off and missing", VALUES)
    assert evaluate("1 if go else missing", VALUES)
    assert not evaluate("n < 1 < missing", VALUES)


def failure(expression: str, strange: dict[str, str] | None = None) -> str:
    with pytest.raises(TaskError) as caught:
        evaluate(expression, VALUES, strange, step="publish")
    assert caught.value.code == "NBF-T013"
    return str(caught.value)


def test_what_is_no_scalar_is_named_with_its_type() -> None:
    text = failure("df > 2", {"df": "'df' is a DataFrame"})
    assert '--when "df > 2" of publish' in text
    assert "'df' is a DataFrame" in text


def test_an_exception_comes_with_the_expression_and_the_values_it_read() -> None:
    text = failure("go and rmse < name")
    assert "TypeError" in text
    assert "go = True, rmse = 2.4, name = 'eu'" in text
    assert "regions" not in text


@pytest.mark.parametrize(
    "expression",
    [
        "name.upper() == 'EU'",
        "(lambda: 1)()",
        "[x for x in regions]",
        "f'{n}' == '3'",
        "open('x')",
        "__import__('os')",
        "name.__class__",
        "min(regions, key=len)",
        "(x := 3) > 2",
        "len(*regions)",
        "n @ n",
        "n << 2",
        "{**limits}",
    ],
)
def test_what_is_outside_the_grammar_is_refused_and_never_run(expression: str) -> None:
    assert "NBF-T013" in failure(expression)


@pytest.mark.parametrize(
    "expression",
    [
        "10 ** 10 ** 10",
        "'x' * 10 ** 9",
        "10 ** 9 * [1]",
        "'%1000000000d' % 1",
        "0 ** -1",
        "1 / 0",
        "(" * 500 + "1" + ")" * 500,
    ],
)
def test_what_would_stop_the_scheduler_fails_at_once(expression: str) -> None:
    failure(expression)


def test_a_condition_may_be_an_object_without_a_truth() -> None:
    class Undecided:
        def __bool__(self) -> bool:
            raise ValueError("ambiguous")

    with pytest.raises(TaskError, match="ambiguous"):
        evaluate("x", {"x": Undecided()})


def test_hostile_values_are_shown_on_one_line() -> None:
    text = failure("n < name", {"name": "'na\nme\x1b[31m' is a str"})
    assert "\x1b" not in text


def test_the_calls_are_those_the_grammar_lets_through() -> None:
    assert set(CALLS) == CONDITION_CALLS


numbers = st.integers(-50, 50) | st.floats(allow_nan=True, allow_infinity=True) | st.booleans()


@given(left=numbers, right=numbers, op=st.sampled_from(["<", "<=", "==", "!=", ">", ">=", "and", "or", "+", "-", "*"]))
def test_two_numbers_compare_as_in_python(left: Any, right: Any, op: str) -> None:
    expression = f"a {op} b"
    assert evaluate(expression, {"a": left, "b": right}) == bool(eval(expression, {"a": left, "b": right}))
