from __future__ import annotations

import pytest

from tests.unit.graph.notation import codes, graph, the_problem


@pytest.mark.parametrize(
    "cell",
    [
        "b: alpha = 2",
        "b: if K: alpha = 2",
        "b: alpha += 1",
        "b: def alpha(): pass",
        "b: import math as alpha",
        "b: regions.x = 1",
        "b[--catch alpha]: pass",
        "b[--in alpha=a.x]: print(alpha)",
        "b[--out regions]: regions.append(1)",
        "b[--foreach regions --as alpha]: pass",
    ],
)
def test_a_parameter_is_neither_bound_nor_changed(cell: str) -> None:
    found = the_problem("a: x=1", cell)
    assert found.code == "G012"
    assert found.what in {"'alpha' is a parameter", "'regions' is a parameter"}


def test_the_line_that_binds_a_parameter_is_shown() -> None:
    assert the_problem("b: y = 1\nalpha = 2").place.text == "alpha = 2"


@pytest.mark.parametrize("cell", ["b: for alpha in [1]: pass", "b[--out y]: alpha = 2\ny = alpha"])
def test_a_parameter_s_name_may_be_the_step_s_own(cell: str) -> None:
    assert codes(cell) == []


@pytest.mark.parametrize(
    ("cell", "name"),
    [("b: CONFIG['x'] = 1", "CONFIG"), ("b: clean.cache = 1", "clean"), ("b[--out CONFIG]: CONFIG.clear()", "CONFIG")],
)
def test_a_definition_is_not_changed(cell: str, name: str) -> None:
    found = the_problem(cell)
    assert found.code == "G014"
    assert found.what.startswith(f"'{name}' is a definition")


def test_a_function_of_a_step_above_is_not_changed() -> None:
    assert codes("a: def f(): pass", "b: f.cache = 1") == ["G014"]
    assert codes("a: import math", "b: math.cache = 1") == []


def test_out_may_name_what_is_bound_or_changed_by_a_call() -> None:
    assert graph("a: l=[]; z=1", "b[--out l,y]: l.append(1); y=1; w=2")["b"].leaves == {"l", "y"}


def test_out_names_a_value_not_what_is_sometimes_a_function() -> None:
    found = the_problem("b[--out f]: f = 1\ndef f(): pass")
    assert found.code == "C032"
    assert found.what == "--out f: it is a definition, not a value"


def test_out_names_what_the_merge_fills() -> None:
    cells = ("a: m=1; z=1", "b: m=1")
    assert graph(*cells, "j[--join a,b --out m]: merge_artifacts(inputs)")["j"].leaves == {"m"}
    found = the_problem(*cells, "j[--join a,b --out mm]: merge_artifacts(inputs)")
    assert found.code == "C030"
    assert found.what.startswith("--out mm: the step does not bind mm.")


def test_what_out_keeps_from_a_merge_cannot_be_read_below() -> None:
    cells = ("a: m=1; z=1", "b: m=1", "j[--join a,b --out m]: merge_artifacts(inputs)", "c: q=z")
    assert codes(*cells) == ["G007"]


def test_a_merge_includes_what_the_joined_steps_give() -> None:
    cells = ("s: w=1", "a: model=w", "b: model=1; u=w")
    assert codes(*cells, 'j[--join a,b]: merge_artifacts(inputs, include=["model", "w"])') == []
    found = the_problem(*cells, 'j[--join a,b]: merge_artifacts(inputs, include=["modle"])')
    assert found.code == "G001"
    assert found.what == "'modle' not found. Did you mean 'model'?"
    assert found.place.line == 2
