from __future__ import annotations

from nbflow.errors import Place, problem
from nbflow.graph.build import build
from tests.unit.graph.notation import built, codes, flow, graph, the_problem


def test_a_function_that_uses_an_artifact_wants_an_argument() -> None:
    plain = ("def score(d): return d + df",)
    found = the_problem("load: df=1", "b: y=score(1)", plain=plain)
    assert found.code == "G016"
    assert found.what == "function 'score' uses 'df', an artifact of step load"
    assert found.fix == "pass it as an argument"
    assert found.place.cell == "cell 1"


def test_a_function_of_a_step_sees_definitions_only_too() -> None:
    found = the_problem("a: df=1\ndef score(d): return d + df", "b: y=score(1)")
    assert found.code == "G016"
    assert found.place.step == "a"


def test_the_step_that_defines_a_function_may_use_it_as_it_likes() -> None:
    assert codes("a: df=1\ndef score(d): return d + df\ny=score(1)") == []


def test_a_function_that_uses_a_parameter_wants_an_argument() -> None:
    found = the_problem("b: y=scaled(1)", plain=("def scaled(d): return d * alpha",))
    assert found.code == "G016"
    assert found.what == "function 'scaled' uses 'alpha', a parameter of the flow"


def test_a_function_that_uses_what_the_step_itself_binds_wants_an_argument() -> None:
    plain = ("def score(d): return d + df", "LIMIT = 2", "def low(d): return d < LIMIT")
    assert codes("b: df=1\ny=score(1)", plain=plain) == ["G016"]
    found = the_problem("b: LIMIT=1\ny=low(1)", plain=plain)
    assert found.code == "G017"
    assert found.what == "function 'low' uses 'LIMIT', a constant in cell 2 and an artifact of step b"


def test_a_function_that_uses_the_foreach_item_wants_an_argument() -> None:
    found = the_problem("t[FE]: y=named()", plain=("def named(): return region",))
    assert found.code == "G016"
    assert found.what == "function 'named' uses 'region', an artifact of step t"


def test_a_function_that_uses_a_constant_above_the_artifact_of_its_name_is_fine() -> None:
    assert codes("b: y=low(1)", "a: LIMIT=1", plain=("LIMIT = 2", "def low(d): return d < LIMIT")) == []


def test_hidden_state_behind_a_function_names_the_function() -> None:
    plain = ("lookup = len(input())", "def clean2(d): return lookup")
    found = the_problem("b: y=clean2(1)", plain=plain)
    assert found.code == "G015"
    assert "clean2 uses it" in found.what
    assert "cell 1" in found.what


def test_a_name_a_function_may_never_reach_is_a_warning() -> None:
    found = built("b: y=maybe()", plain=("def maybe(): return nowhere",))
    assert not found.errors
    assert [each.code for each in found.problems] == ["N007"]


def test_one_bad_function_is_said_once_however_many_steps_use_it() -> None:
    plain = ("def score(d): return d + df",)
    assert codes("load: df=1", "b: y=score(1)", "c: z=score(2)", plain=plain) == ["G016"]


def test_an_import_of_the_step_serves_the_functions_it_calls() -> None:
    plain = ("import math", "def root(v): return math.sqrt(v)")
    assert codes("b: import math\ny=root(4)", plain=plain) == []
    assert codes("b: import math\ny=root(4)", plain=plain[1:]) == []


def test_a_step_takes_the_closure_of_what_it_reads_and_nothing_else() -> None:
    plain = ("import math", "N = 2", "def inner(v): return v + N", "def outer(v): return inner(v)", "def other(): pass")
    node = graph("b: y=outer(1)", plain=plain)["b"]
    assert node.code.roots == ("outer",)
    assert {name for statement in node.code.slice for name in statement.names} == {"N", "inner", "outer"}


def test_names_in_annotations_and_expressions_are_roots() -> None:
    plain = ("from pathlib import Path", "N = 2", "xs = [1]")
    node = graph('b[--foreach xs --when "N > 1"]: p: Path = None', plain=plain)["b"]
    assert set(node.code.roots) == {"Path", "N", "xs"}


def test_an_unread_cell_is_not_blamed_on_the_definitions() -> None:
    broken = problem("C010", Place(cell="cell 9"), message="invalid syntax")
    found = build(flow("b: y=first()", plain=("def first(): return lost", "@lost\ndef f(): pass"), problems=[broken]))
    assert found.problems == (broken,)


def test_a_plain_cell_that_rebinds_an_artifact_is_mentioned_once() -> None:
    found = built("load: df=1", "b: y=df", "c: z=df", plain=("df = len(input())",))
    assert not found.errors
    (notice,) = found.problems
    assert notice.code == "N006"
    assert notice.what == "df here is load's; the df of cell 1 is not part of the flow"
    assert notice.place.step == "b"
