"""What somebody looks for in a log."""

from __future__ import annotations

import pytest

from nbflow.errors import ViewError
from nbflow.views.task.sought import Sought, sought


def found(text: str, line: str, *, expression: bool = False) -> list[str]:
    wanted = sought(text, expression=expression)
    assert isinstance(wanted, Sought)
    return [line[start:end] for start, end in wanted.in_line(line)]


def test_words_are_found_in_upper_and_lower_case_wherever_they_stand() -> None:
    assert found("error", "Error: no ERROR here, errors") == ["Error", "ERROR", "error"]
    assert found("a.c", "abc a.c") == ["a.c"]
    assert found("ß", "Straße") == ["ß"]


def test_a_line_that_grows_in_lower_case_is_marked_where_it_matches() -> None:
    assert found("b", "İb") == ["b"]


def test_an_expression_is_read_as_one_when_it_is_asked_for() -> None:
    assert found(r"loss: [0-9.]+", "Loss: 0.25, loss: x", expression=True) == ["Loss: 0.25"]
    assert found("^", "abc", expression=True) == []


def test_nothing_is_looked_for_in_blanks() -> None:
    assert sought("  ", expression=False) is None
    assert sought("", expression=True) is None


def test_what_is_no_expression_is_told() -> None:
    with pytest.raises(ViewError, match="NBF-V040") as raised:
        sought("loss (", expression=True)
    assert "loss (" in str(raised.value)


@pytest.mark.parametrize(
    "text", ["(a+)+$", "(a|aa)+", "(.*a){9}", r"(\d+\s?)*x", "a*b*c*d*", "(?:x(y*))*", r"(a)\1+(b\1)*"]
)
def test_what_could_take_for_ever_is_refused(text: str) -> None:
    with pytest.raises(ViewError, match="NBF-V041"):
        sought(text, expression=True)


@pytest.mark.parametrize("text", ["error|warning", r"epoch \d+.*loss", "[a-z]{2,5}", "(ab)?c", "a{3}", "(foo|bar) baz"])
def test_what_people_write_is_taken(text: str) -> None:
    assert sought(text, expression=True) is not None
