from __future__ import annotations

import pytest

from nbflow.graph.wording import listed, option_of
from tests.unit.graph.notation import step


@pytest.mark.parametrize(("names", "text"), [(["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")])
def test_names_are_listed(names: list[str], text: str) -> None:
    assert listed(names) == text


@pytest.mark.parametrize(
    ("cell", "line"),
    [
        ("c[--after a]: pass", 1),
        ("c[--after=a]: pass", 1),
        ("c: #| after: a\npass", 2),
        ("c[--cpu 2]: #| foreach: xs\n#| after: a\npass", 3),
        ("c: # --after is not here\npass", None),
    ],
)
def test_an_option_is_found_where_it_is_spelled(cell: str, line: int | None) -> None:
    assert option_of(step(cell), "--after").line == line
