from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbflow.cells.body import read_body
from nbflow.cells.text import CellText
from nbflow.errors import Place
from nbflow.model.step import Body


def read(source: str) -> tuple[Body, CellText]:
    cell = CellText(f"%%step a\n{source}", Place(cell="cell 1"), "<cell 1>")
    body, _ = read_body(cell, source, 2)
    return body, cell


def python(source: str) -> str:
    body, cell = read(source)
    cell.check()
    return body.source


def codes(source: str) -> list[tuple[str, int | None]]:
    return [(each.code, each.place.line) for each in read(source)[1].problems]


@pytest.mark.parametrize(
    ("source", "rewritten"),
    [
        ("x = 1", "x = 1"),
        ("!ls", "__nbflow_shell__('ls')"),
        ("!!ls", "__nbflow_shell_lines__('ls')"),
        ("x = !ls", "x = __nbflow_shell_lines__('ls')"),
        ("if a:\n    !ls {x}\n", "if a:\n    __nbflow_shell__('ls {}'.format((x)))\n"),
        ("!ls \\\n -l\ny", "__nbflow_shell__('ls -l')\n\ny"),
        ("%time f(x)", "with __nbflow_time__(): f(x)"),
        ("x = %time f(x)", "with __nbflow_time__(): x = f(x)"),
        ("%time", "with __nbflow_time__(): pass"),
        ("%%time\nf(x)", "__nbflow_time__().__enter__();\nf(x)"),
        ("# slow\n%%time\nf(x)", "# slow\n__nbflow_time__().__enter__();\nf(x)"),
        ("%matplotlib inline\nx", "pass\nx"),
        ("%config InlineBackend.figure_format = 'svg'", "pass"),
        ("df.head?\nx", "pass\nx"),
        ("?df", "pass"),
        ("    x = 1\n    y = 2", "x = 1\ny = 2"),
    ],
)
def test_lines_for_ipython_become_python_on_the_same_lines(source: str, rewritten: str) -> None:
    assert python(source) == rewritten


def test_names_in_commands_are_read() -> None:
    body, _ = read("!echo {a + b} $c\nx = !ls {d}")

    assert set(body.names.reads) == {"a", "b", "d"}
    assert body.names.soft == {"c"}
    assert "x" in body.names.bindings


def test_a_dollar_name_that_is_certainly_bound_asks_for_nothing() -> None:
    assert read("c = 1\n!echo $c")[0].names.soft == frozenset()


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("x = (1", [("C010", 2)]),
        ("y = 1\nreturn y", [("C010", 3)]),
        ("yield 1", [("C010", 2)]),
        ("break", [("C010", 2)]),
        ("x = 1\n\nfor i in x print(i)", [("C010", 4)]),
        ("print 'x'", [("C010", 2)]),
        ("x\0", [("C010", 2)]),
        ("%%step b", [("C002", 2)]),
        ("x\n%step b", [("C002", 3)]),
        ("%%parameters\na = 1", [("C002", 2)]),
        ("%%bash\nls -l\nfi", [("C021", 2)]),
        ("x = 1\n%sql select 1", [("C021", 3)]),
        ("x = %sql select 1", [("C021", 2)]),
        ("%timeit f()", [("C021", 2)]),
        ("x\n%%time", [("C021", 3)]),
        ("%time for i in x: f(i)", [("C021", 2)]),
        ("%config Completer.use_jedi = False", [("C021", 2)]),
        ("exec(s)", [("C020", 2)]),
        ("x = 1\nfrom m import *", [("C020", 3)]),
        ("x = merge_artifacts(inputs)", [("C023", 2)]),
        ("get_ipython().run_line_magic('sql', '')", [("C022", 2)]),
        ("print(_)", [("C022", 2)]),
        ("print(_12, Out[3])", [("C022", 2), ("C022", 2)]),
        ("for _ in x: pass\na, _ = x\nprint(_)", []),
        ("_total = 1\nprint(_total)", []),
        ("await f()\nasync for x in y: pass\nasync with z: pass", []),
        ("from __future__ import annotations\nx = 1", []),
        ("", []),
        ("# nothing yet", []),
    ],
)
def test_what_no_step_may_say_is_found_at_its_line(source: str, found: list[tuple[str, int]]) -> None:
    assert codes(source) == found


def test_the_caret_stands_where_python_stumbled() -> None:
    _, cell = read("x = 1\ny = = 2")

    (found,) = cell.problems
    assert (found.place.line, found.place.column, found.place.text) == (3, 4, "y = = 2")


def test_a_rewritten_line_gets_no_caret() -> None:
    _, cell = read("!ls\nif a:\n!ls")

    (found,) = cell.problems
    assert (found.code, found.place.line, found.place.column) == ("C010", 4, None)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("x = 1", "x=1  # one\n\n"),
        ("x = 'a'", 'x = ("a")'),
        ("x = 1000", "x = 1_000"),
        ("x = [1,\n 2]", "x = [1, 2]"),
        ("!ls", "!ls  "),
    ],
)
def test_formatting_does_not_change_the_digest(one: str, other: str) -> None:
    assert read(one)[0].digest == read(other)[0].digest


@pytest.mark.parametrize(("one", "other"), [("x = 1", "x = 2"), ("x = 1", "y = 1"), ("!ls", "!ls -l"), ("x", "x = x")])
def test_code_changes_the_digest(one: str, other: str) -> None:
    assert read(one)[0].digest != read(other)[0].digest


def test_the_modules_a_body_imports_are_listed_wherever_they_stand() -> None:
    body, _ = read("import a.b as c, d\nfrom e.f import g\nfrom . import h\ndef i():\n  import j")

    assert body.modules == ("a.b", "d", "e.f", "j")


def test_warnings_of_the_code_are_not_ours_to_give() -> None:
    assert codes('x = "\\d"\ny = x is 1') == []


def test_code_nested_too_deeply_is_said_so() -> None:
    assert codes("x = " + "(" * 3000 + ")" * 3000) == [("C010", 2)]
    assert codes("x = " + "-" * 50_000 + "1") == [("C010", 2)]


PIECES = st.sampled_from(
    [
        "x = 1",
        "!ls {x}",
        "y = !cat $x",
        "%time f()",
        "%%time",
        "x?",
        "if a:",
        "    b",
        "'''",
        "(",
        ")",
        "\\",
        "#",
        "%sql",
    ]
)


@given(st.one_of(st.text(), st.lists(PIECES).map("\n".join)))
def test_every_body_is_read_and_keeps_its_lines(source: str) -> None:
    body, cell = read(source)

    assert {each.code for each in cell.problems} <= {"C002", "C010", "C020", "C021", "C022", "C023"}
    assert body.source.count("\n") == source.count("\n")
