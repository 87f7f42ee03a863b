"""Functions of a body that another process can have by name, and those it cannot."""

from __future__ import annotations

import pytest

from nbflow.code.standing import stands_alone

BODY = """
import math
factor = 10
def plain(x): return math.floor(x) + len([x])
def reads(x): return x * factor
def calls(x): return reads(x)
def inside(x): return [(lambda: factor)() for _ in range(x)]
def again(x): return again(x - 1) if x else plain(x)
def own(factor): return factor
def attribute(x): return x.factor
"""
DEFINITIONS = {"math", "plain", "reads", "calls", "inside", "again", "own", "attribute"}


@pytest.mark.parametrize(
    ("name", "alone"),
    [
        ("plain", True),
        ("reads", False),
        ("calls", False),
        ("inside", False),
        ("again", True),
        ("own", True),
        ("attribute", True),
    ],
)
def test_a_function_stands_alone_unless_it_reads_a_variable_of_the_body(name: str, alone: bool) -> None:
    body: dict[str, object] = {}
    exec(BODY, body)
    assert stands_alone(body[name], body, DEFINITIONS) is alone  # type: ignore[arg-type]
