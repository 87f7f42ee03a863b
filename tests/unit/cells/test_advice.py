"""What Python says of a line, and what helps."""

from __future__ import annotations

import pytest

from nbflow.cells.advice import advice, told
from nbflow.cells.syntax import parse_module


@pytest.mark.parametrize(
    ("source", "fix"),
    [
        (">>> x = 1", "drop the prompt"),
        ("x = “eu”", "straight quotes"),
        ("x = 'eu", "close the quote"),
        ("x = 'eu’", "close the quote"),
        ("x = [1,", "close the bracket"),
        ('x = "C:\\Users\\me"', 'r"C:\\data"'),
        ("if x:\n\ty = 1\n        z = 2", "spaces only"),
        ("x = 1\n  y = 2", "where the one above it begins"),
        ("x\u200b = 1", "type the line anew"),
        ("return 3", "drop return"),
        ("yield 3", "into a function"),
        ("x = = 1", "correct the line shown"),
        ("print('a” and “b'", "close the bracket"),
    ],
)
def test_what_does_not_compile_comes_with_what_helps(source: str, fix: str) -> None:
    with pytest.raises(SyntaxError) as caught:
        parse_module(source)
    line = source.split("\n")[(caught.value.lineno or 1) - 1]
    assert fix in advice(caught.value.msg, line)


def test_a_message_names_no_line_of_its_own() -> None:
    assert told("unterminated string literal (detected at line 3)") == "unterminated string literal"
    assert told("expected an indented block after 'if' statement on line 2") == (
        "expected an indented block after 'if' statement"
    )
