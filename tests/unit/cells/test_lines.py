from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbflow.cells.lines import LogicalLine, logical_lines


def escapes(text: str) -> list[tuple[int, str, str, str]]:
    return [(line.first, line.target, line.sigil, line.content) for line in logical_lines(text) if line.sigil]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("!ls", [(0, "", "!", "ls")]),
        ("!!ls", [(0, "", "!!", "ls")]),
        ("%time f()", [(0, "", "%", "time f()")]),
        ("%%time\nx", [(0, "", "%%", "time")]),
        ("x?", [(0, "", "?", "x")]),
        ("x.y??", [(0, "", "?", "x.y")]),
        ("?x", [(0, "", "?", "x")]),
        ("x[0]?", [(0, "", "?", "x[0]")]),
        ("%time?", [(0, "", "?", "%time")]),
        ("x = !ls", [(0, "x = ", "!", "ls")]),
        ("a, b = !ls", [(0, "a, b = ", "!", "ls")]),
        ("d['a=b'] = !ls", [(0, "d['a=b'] = ", "!", "ls")]),
        ("x =!ls", [(0, "x = ", "!", "ls")]),
        ("x = %env HOME", [(0, "x = ", "%", "env HOME")]),
        ("if a:\n    !ls", [(1, "", "!", "ls")]),
        ("!ls \\\n  -l \\\n  b\nx", [(0, "", "!", "ls -l b")]),
        ("x = !ls \\\n -l", [(0, "x = ", "!", "ls -l")]),
        ("x = '''\n!ls\n'''", []),
        ('x = """\n\\"""\n!ls\n"""', []),
        ("f(\n!ls\n)", []),
        ("x = 1 \\\n%y", []),
        ("x = a != b", []),
        ("x == %y", []),
        ("x = 5 %y", []),
        ("f(a=!b)", []),
        ("# !ls", []),
        ("x = 1  # = !ls", []),
        ("x = '= !ls'", []),
        ("x = 'open\n!ls", [(1, "", "!", "ls")]),
        ("x = r'\\'\n!ls", [(1, "", "!", "ls")]),
        ("x: int = !ls", [(0, "x: int = ", "!", "ls")]),
        ("x = a if b else c?", []),
    ],
)
def test_a_line_for_ipython_counts_only_where_a_statement_begins(
    text: str, found: list[tuple[int, str, str, str]]
) -> None:
    assert escapes(text) == found


def test_a_logical_line_covers_its_physical_lines() -> None:
    lines = list(logical_lines("f(1,\n  2)\n\n# c\nif a:\n  x = '''\n'''\n!ls \\\n -l"))

    assert [(line.first, line.last, line.indent) for line in lines] == [
        (0, 1, ""),
        (4, 4, ""),
        (5, 6, "  "),
        (7, 8, ""),
    ]


@given(st.text(alphabet="ab =!%?'\"#()[]{}\\\n\t"))
def test_every_text_has_lines_that_do_not_overlap(text: str) -> None:
    lines: list[LogicalLine] = list(logical_lines(text))

    count = text.count("\n") + 1
    ends = [-1, *(line.last for line in lines)]
    assert all(before < line.first <= line.last < count for before, line in zip(ends, lines, strict=False))
