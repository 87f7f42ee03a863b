from __future__ import annotations

from nbflow.cells.definitions import DefinitionTable
from nbflow.cells.plain import plain_cell
from nbflow.errors import Place
from nbflow.model.step import Definitions


def table(*cells: str) -> DefinitionTable:
    made = DefinitionTable()
    for number, text in enumerate(cells, 1):
        made.add(plain_cell(text, Place(cell=f"cell {number}"), f"<cell {number}>"))
    return made


def definitions(*cells: str) -> Definitions:
    return table(*cells).freeze()


def sources(found: Definitions) -> list[str]:
    return [each.source for each in found.statements]


def test_the_latest_statement_of_a_name_counts() -> None:
    found = definitions("K = 1\ndef f(): ...", "K = 2")

    assert sources(found) == ["def f(): ...", "K = 2"]
    statement = found.of("K")
    assert statement is not None
    assert statement.place.cell == "cell 2"
    assert found.of("L") is None


def test_a_statement_stays_while_one_of_its_names_does() -> None:
    found = definitions("A, B = 1, 2", "A = 3")

    assert sources(found) == ["A, B = 1, 2", "A = 3"]
    latest = found.of("A")
    assert latest is not None
    assert latest.source == "A = 3"


def test_a_cell_run_again_takes_its_new_place() -> None:
    assert sources(definitions("K = 1", "L = K", "K = 1")) == ["L = K", "K = 1"]


def test_a_name_is_a_definition_or_computed_whichever_was_last() -> None:
    computed = definitions("K = 1", "K = f()")
    assert (sources(computed), computed.computed["K"].how) == ([], "computed in cell 2")

    defined = definitions("K = f()", "K = 1")
    assert (sources(defined), dict(defined.computed)) == (["K = 1"], {})


def test_the_last_binding_within_a_cell_counts() -> None:
    assert sources(definitions("x = f()\nx = 1")) == ["x = 1"]
    assert "x" in definitions("x = 1\nx = f()").computed


def test_a_change_makes_a_definition_computed() -> None:
    found = definitions("D = []", "D.append(1)")

    assert sources(found) == []
    assert found.computed["D"].how == "changed in cell 2 by D.append(1)"
    assert found.computed["D"].place.cell == "cell 1"


def test_a_change_of_something_else_is_none() -> None:
    found = definitions("import plt", "df.update(x)\nplt.rcParams.update({})\ndf['x'] = f()")

    assert sources(found) == ["import plt"]
    assert dict(found.computed) == {}


def test_what_is_set_on_a_definition_is_kept_while_it_stands() -> None:
    assert sources(definitions("D = {}", "D['a'] = 1", "E = 2")) == ["D = {}", "D['a'] = 1", "E = 2"]
    assert sources(definitions("D = {}", "D['a'] = 1", "D = {'b': 2}")) == ["D = {'b': 2}"]
    assert sources(definitions("D = {}\nD['a'] = 1", "D = {}\nD['a'] = 1")) == ["D = {}", "D['a'] = 1"]
    assert sources(definitions("df['a'] = 1")) == []
    assert sources(definitions("D = f()", "D['a'] = 1")) == []


def test_functions_registered_with_a_definition_are_all_kept() -> None:
    found = definitions(
        "from functools import singledispatch\n@singledispatch\ndef area(x): ...",
        "@area.register\ndef _(x: int): ...\n@area.register\ndef _(x: str): ...",
    )

    assert [each.owner for each in found.statements] == [None, None, "area", "area"]


def test_a_module_owns_no_function_it_decorates() -> None:
    found = definitions("import functools", "@functools.cache\ndef f(): ...")

    assert [each.owner for each in found.statements] == [None, None]


def test_a_statement_that_builds_on_the_one_before_keeps_it() -> None:
    found = definitions("def f(): ...", "@f.variant\ndef f(): ...", "class f(f): ...")

    assert len(found.statements) == 3
    assert len(definitions("def f(): ...", "def f(): return f()").statements) == 1


def test_a_deleted_name_is_forgotten() -> None:
    found = definitions("K = 1\nL = f()", "del K, L")

    assert sources(found) == []
    assert dict(found.computed) == {}


def test_settings_of_the_process_are_remembered_once() -> None:
    assert [each.call for each in definitions("pd.set_option(1)", "pd.set_option(2)").unreplayed] == ["pd.set_option"]


def test_a_frozen_table_does_not_change() -> None:
    made = table("K = 1")
    before = made.freeze()
    made.add(plain_cell("K = f()", Place(), "<cell>"))

    assert sources(before) == ["K = 1"]
    assert dict(before.computed) == {}


def made_once(*cells: str) -> Definitions:
    return table(*cells).freeze(once=True)


def test_a_default_taken_from_a_constant_that_a_cell_below_replaces_cannot_be_made_again() -> None:
    found = made_once("K = 1\ndef f(k=K): ...", "K = 2")

    assert found.computed["f"].how.startswith("made in cell 1 with another 'K' than that of cell 2")
    assert "K" not in found.computed


def test_a_base_a_decorator_and_an_alias_count_as_read_when_they_were_made() -> None:
    for cell in ("class D(X): ...", "@X\ndef D(): ...", "D = X", "if X:\n    D = 1\nelse:\n    D = 2"):
        assert set(made_once("X = 1", cell, "X = 2").computed) == {"D"}, cell


def test_what_a_function_reads_when_it_is_called_may_be_replaced_below() -> None:
    assert not made_once("K = 1\ndef f(): return K", "K = 2").computed


def test_equal_statements_and_imports_from_one_place_replace_nothing() -> None:
    assert not made_once("K = 1\ndef f(k=K): ...", "K = 1").computed
    assert not made_once("from a import K\ndef f(k=K): ...", "from a import J, K").computed
    assert not made_once("import a.b\ndef f(k=a.b): ...", "import a.c").computed
    assert set(made_once("from a import K\ndef f(k=K): ...", "from b import K").computed) == {"f"}


def test_in_a_kernel_the_cell_may_have_been_edited_and_the_latest_counts() -> None:
    assert not definitions("K = 1\ndef f(k=K): ...", "K = 2").computed


def test_names_that_are_swapped_need_both_older_statements() -> None:
    assert sources(definitions("A = 1\nB = 2", "A, B = B, A")) == ["A = 1", "B = 2", "A, B = B, A"]


def test_setattr_changes_what_it_is_given() -> None:
    assert set(definitions("class A: ...\nclass B: ...", "setattr(A, 'x', 1)\ndelattr(B, 'x')").computed) == {"A", "B"}
