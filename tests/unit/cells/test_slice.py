from __future__ import annotations

import builtins
from collections.abc import Callable, Mapping

from nbflow.cells.definitions import DefinitionTable
from nbflow.cells.plain import plain_cell
from nbflow.cells.slice import Meaning, Slice, take_slice
from nbflow.cells.step import step_draft
from nbflow.errors import Place
from nbflow.model.step import Definitions, Statement

OTHERS: Mapping[str, Meaning] = {
    "df": Meaning("artifact", giver="load"),
    "LIMIT": Meaning("artifact", giver="tune"),
    "alpha": Meaning("parameter"),
}


def definitions(*cells: str) -> Definitions:
    table = DefinitionTable()
    for number, text in enumerate(cells, 1):
        table.add(plain_cell(text, Place(cell=f"cell {number}"), f"<cell {number}>"))
    return table.freeze()


def resolver(found: Definitions, above: Mapping[str, Statement]) -> Callable[[str], Meaning]:
    def resolve(name: str) -> Meaning:
        if name in OTHERS:
            return OTHERS[name]
        if name in found.computed:
            return Meaning("computed", giver=found.computed[name].how)
        statement = above.get(name) or found.of(name)
        if statement is not None:
            return Meaning("definition", statement)
        return Meaning("provided" if hasattr(builtins, name) else "unknown")

    return resolve


def sliced(roots: str, *cells: str, step: str = "") -> Slice:
    found = definitions(*cells)
    statements = step_draft(f"%%step a\n{step}", Place(cell="cell 9"), "<cell 9>").statements
    above = {name: each for each in statements for name in each.names}
    return take_slice(roots.split(), found, statements, resolver(found, above))


def order(taken: Slice) -> list[str]:
    return [each.source.partition("\n")[0] for each in taken.statements]


def said(taken: Slice) -> list[tuple[str, str]]:
    return [(each.code, each.what) for each in taken.problems]


def test_only_what_is_needed_is_taken() -> None:
    taken = sliced("f", "import a\nimport b\nK = 1", "def f(): return a.x + K", "def g(): return b")

    assert order(taken) == ["import a", "K = 1", "def f(): return a.x + K"]
    assert said(taken) == []


def test_what_is_read_now_comes_first_wherever_it_stands() -> None:
    taken = sliced("f", "def f(x=K): ...", "K = L", "L = 1")

    assert order(taken) == ["L = 1", "K = L", "def f(x=K): ..."]


def test_what_is_read_later_may_come_later() -> None:
    assert order(sliced("f", "def f(): return g()", "def g(): return f()")) == [
        "def f(): return g()",
        "def g(): return f()",
    ]


def test_annotations_are_taken_when_they_name_a_definition() -> None:
    taken = sliced("f", "import pd", "def f(x: pd.DataFrame, y: Unknown, z: df): ...")

    assert order(taken) == ["import pd", "def f(x: pd.DataFrame, y: Unknown, z: df): ..."]
    assert said(taken) == []


def test_what_is_attached_comes_with_its_definition_and_after_it() -> None:
    taken = sliced("D", "E = 3\nD = {}", "D['a'] = E", "D = {}\nD['b'] = E", "D['c'] = 1")

    assert order(taken) == ["E = 3", "D = {}", "D['b'] = E", "D['c'] = 1"]


def test_what_was_set_before_a_statement_ran_is_set_before_it_runs_again() -> None:
    taken = sliced("N", "D = {}", "D['a'] = 1", "N = D['a']", "D['b'] = 2")

    assert order(taken) == ["D = {}", "D['a'] = 1", "N = D['a']", "D['b'] = 2"]

    taken = sliced("f", "def f(x=N): ...", "D = {}", "D['a'] = 1", "N = D['a']")

    assert order(taken) == ["D = {}", "D['a'] = 1", "N = D['a']", "def f(x=N): ..."]


def test_registered_functions_come_with_what_they_are_registered_with() -> None:
    cells = (
        "import functools\n@functools.singledispatch\ndef area(x): ...",
        "@area.register\ndef _(x: int): return K\nK = 1",
    )

    assert order(sliced("area", *cells)) == [
        "import functools",
        "@functools.singledispatch",
        "@area.register",
        "K = 1",
    ]


def test_same_named_statements_that_build_on_each_other_are_one() -> None:
    assert order(sliced("f", "def f(): ...", "@f.twice\ndef f(): ...")) == ["def f(): ...", "@f.twice"]


def test_definitions_of_steps_take_part() -> None:
    taken = sliced("f", "K = 1\ndef g(): ...", step="import m\ndef g(): return m\ndef f(): return g() + K")

    assert order(taken) == ["K = 1", "import m", "def g(): return m", "def f(): return g() + K"]


def test_a_root_that_means_no_definition_takes_nothing() -> None:
    assert sliced("df len nothing", "K = 1") == Slice(())


def test_a_function_that_reads_an_artifact_is_told_to_take_an_argument() -> None:
    taken = sliced("f", "def f(): return df", "def g(): return 1")

    (found,) = taken.problems
    assert (found.code, found.place.cell) == ("G016", "cell 1")
    assert found.what == "function 'f' uses 'df', an artifact of step load"
    assert found.fix == "pass it as an argument"


def test_a_function_that_reads_a_parameter_is_told_to_take_an_argument() -> None:
    assert said(sliced("f", "def f(x=alpha): ...")) == [("G016", "function 'f' uses 'alpha', a parameter of the flow")]


def test_a_constant_that_is_an_artifact_elsewhere_is_told_apart() -> None:
    assert said(sliced("f", "LIMIT = 2\ndef f(d): return d < LIMIT")) == [
        ("G017", "function 'f' uses 'LIMIT', a constant in cell 1 and an artifact of step tune")
    ]


def test_a_function_that_reads_a_computed_name_says_where_it_was_computed() -> None:
    (found,) = sliced("f", "look = read()", "def f(): return g()\ndef g(): return look").problems

    assert (found.code, found.place.cell) == ("G015", "cell 2")
    assert found.what == "'look' is hidden state: g uses it, and it is computed in cell 1"


def test_a_constant_made_from_a_value_is_no_constant() -> None:
    (found,) = sliced("K", "K = df[0]").problems

    assert found.what == "'K' is hidden state: computed in cell 1 from 'df', an artifact of step load"


def test_a_name_nobody_knows_is_an_error_now_and_a_warning_later() -> None:
    assert said(sliced("f", "def f(x=modle): ...\nmodel = 1")) == [("G001", "'modle' not found. Did you mean 'model'?")]
    assert said(sliced("f", "def f(): return modle")) == [("N007", "f may use 'modle', which is not defined anywhere")]


def test_a_setting_of_a_module_is_said_when_the_slice_imports_it() -> None:
    cells = "import pandas as pd\nimport numpy as np", "pd.set_option('x', 1)", "def f(): return pd"

    assert said(sliced("f", *cells)) == [("N002", "pd.set_option in cell 2 does not reach steps")]
    assert said(sliced("np", *cells)) == []


def test_a_setting_of_the_current_picture_is_no_setting_of_the_process() -> None:
    picture = "plt.gca().yaxis.set_major_formatter('{x:.0%}')\nplt.gcf().set_size_inches(3, 3)"
    assert said(sliced("f", "import matplotlib.pyplot as plt\ndef f():\n    return plt", picture)) == []
    level = "logging.getLogger('x').setLevel(10)"
    assert said(sliced("f", "import logging\ndef f():\n    return logging", level)) == [
        ("N002", "logging.getLogger('x').setLevel in cell 2 does not reach steps")
    ]


def test_each_problem_is_said_once() -> None:
    assert len(sliced("f g", "def h(): return df\ndef f(): return h()\ndef g(): return h()").problems) == 1
