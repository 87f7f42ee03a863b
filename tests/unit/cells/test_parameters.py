from __future__ import annotations

import pytest

from nbflow.cells.parameters import ParameterCell, parameter_cell
from nbflow.errors import NbflowError, Place


def read(body: str) -> ParameterCell:
    return parameter_cell(f"%%parameters\n{body}", Place(cell="cell 1"), "<cell 1>")


def problems(body: str) -> list[tuple[str, int | None, str]]:
    with pytest.raises(NbflowError) as caught:
        read(body)
    return [(each.code, each.place.line, each.what) for each in caught.value.problems]


def test_a_declaration_has_a_type_a_default_and_a_help() -> None:
    (alpha,) = read("alpha: float = 0.1   # learning rate").parameters

    assert (alpha.name, alpha.type, alpha.default, alpha.help) == ("alpha", "float", "0.1", "learning rate")
    assert (alpha.place.line, alpha.place.text) == (2, "alpha: float = 0.1   # learning rate")


@pytest.mark.parametrize(
    ("line", "type_text", "default"),
    [
        ("a: int", "int", None),
        ("a: 'list[str]' = []", "list[str]", "[]"),
        ("a: Literal['x', 'y'] = 'x'", "Literal['x', 'y']", "'x'"),
        ("a: str | None = None", "str | None", "None"),
        ("a: date = start + timedelta(7)", "date", "start + timedelta(7)"),
        ("a = 3", "int", "3"),
        ("a = -0.5", "float", "-0.5"),
        ("a = True", "bool", "True"),
        ("a = 'x'", "str", "'x'"),
        ("a = b'x'", "bytes", "b'x'"),
        ("a = ['eu', 'us']", "list[str]", "['eu', 'us']"),
        ("a = [1, 2.5]", "list[float]", "[1, 2.5]"),
        ("a = [1, 'x']", "list", "[1, 'x']"),
        ("a = [[1], [2]]", "list", "[[1], [2]]"),
        ("a = []", "list", "[]"),
        ("a = {'x': 1}", "dict[str, int]", "{'x': 1}"),
        ("a = (1, 2)", "tuple", "(1, 2)"),
        ("a = {1, 2}", "set[int]", "{1, 2}"),
    ],
)
def test_a_type_is_written_or_that_of_the_literal(line: str, type_text: str, default: str | None) -> None:
    (found,) = read(line).parameters

    assert (found.type, found.default) == (type_text, default)


def test_a_default_knows_the_names_it_reads() -> None:
    assert read("end: date = start + timedelta(7)").parameters[0].reads == {"start", "timedelta"}


def test_help_stands_behind_the_last_line() -> None:
    first, second = read("a: list = [  # not this\n  1,\n]  # numbers\nb = '# no'").parameters

    assert (first.help, second.help) == ("numbers", "")
    assert first.default == "[  # not this\n  1,\n]"


def test_imports_are_definitions() -> None:
    cell = read("from datetime import date\n\n# when\nstart: date = date(2026, 1, 1)")

    assert [(each.names, each.kind, each.line) for each in cell.statements] == [(("date",), "import", 2)]
    assert [each.name for each in cell.parameters] == ["start"]


def test_an_empty_cell_declares_nothing() -> None:
    assert read("# later") == ParameterCell((), ())


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("print(1)", "'print(1)' in a %%parameters cell"),
        ("a, b = 1, 2", "'a, b = (1, 2)' in a %%parameters cell"),
        ("a = b = 1", "'a = b = 1' in a %%parameters cell"),
        ("a['x'] = 1", "'a['x'] = 1' in a %%parameters cell"),
        ("if x: a = 1", "'if x: a = 1' in a %%parameters cell"),
        ("def f(): ...", "'def f(): ...' in a %%parameters cell"),
        ("from m import *", "'from m import *' in a %%parameters cell"),
        ("!ls", "!ls in a %%parameters cell"),
        ("%env A=1", "%env in a %%parameters cell"),
    ],
)
def test_anything_else_in_the_cell_is_refused(line: str, what: str) -> None:
    assert problems(f"a: int = 1\n{line}") == [("P004", 3, what)]


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("a = None", "parameter 'a': the type of None is not known"),
        ("a = f(1)", "parameter 'a': the type of its default is not known"),
    ],
)
def test_a_type_that_cannot_be_seen_must_be_written(line: str, what: str) -> None:
    assert problems(line) == [("P007", 2, what)]


def test_all_problems_are_said_together() -> None:
    assert [code for code, _, _ in problems("a = None\nprint(1)\nb: int = 1")] == ["P007", "P004"]


def test_a_cell_that_is_not_python_says_where() -> None:
    assert [(code, line) for code, line, _ in problems("a: int = 1\nb: int = ")] == [("C010", 3)]


def test_words_behind_the_header_are_refused() -> None:
    with pytest.raises(NbflowError, match="'alpha=1' is not an option"):
        parameter_cell("%%parameters alpha=1", Place(), "<cell>")


@pytest.mark.parametrize(("value", "kind"), [("date(2024, 1, 1)", "date"), ("Path('a')", "Path"), ("2 * 3", "float")])
def test_a_type_is_proposed_where_a_default_does_not_tell_it(value: str, kind: str) -> None:
    with pytest.raises(NbflowError) as caught:
        parameter_cell(f"%%parameters\na = {value}", Place(cell="cell 1"), "<cell 1>")
    assert f"a: {kind} = {value}" in str(caught.value)
