from __future__ import annotations

import pytest

from tests.unit.graph.notation import codes, the_problem


@pytest.mark.parametrize("option", ["--join", "--after", "--else-of"])
def test_an_unknown_step_is_named_with_the_nearest_one_above(option: str) -> None:
    found = the_problem('train[--when "K > 1"]: m=1', f"c[{option} trian]: pass")
    assert found.code == "G002"
    assert found.what == f"{option} trian: there is no step 'trian'. Did you mean 'train'?"
    assert found.place.text == f"%%step c {option} trian"


def test_in_names_a_step_that_is_there() -> None:
    found = the_problem("a: m=1", "c[--in m=zz.m]: print(m)")
    assert found.code == "G002"
    assert found.what == "--in zz: there is no step 'zz'."


@pytest.mark.parametrize("option", ["--join b", "--after b", "--else-of b", "--in y=b.y"])
def test_a_target_below_is_refused(option: str) -> None:
    found = the_problem(f"a[{option}]: x=1", 'b[--when "K > 1"]: y=1')
    assert found.code == "G003"
    assert found.what == f"{option.split(maxsplit=1)[0]} b: b is below this step"


@pytest.mark.parametrize("option", ["--join a", "--after a", "--else-of a", "--in y=a.y"])
def test_a_step_cannot_wait_for_itself(option: str) -> None:
    found = the_problem(f"a[{option}]: x=1")
    assert found.code == "G004"
    assert found.what == f"{option.split(maxsplit=1)[0]} a: a step cannot wait for itself"


def test_else_of_names_a_step_with_a_condition() -> None:
    found = the_problem("a: x=1", "b[--else-of a]: y=1")
    assert found.code == "C008"
    assert found.what == "--else-of a: step a has no condition"


def test_else_of_follows_an_else_of() -> None:
    assert codes("a: x=1", 'b[--when "x>5"]: y=1', "c[--else-of b]: y=2", "d[--else-of c]: y=3") == []


def test_in_names_what_the_step_leaves() -> None:
    found = the_problem("a: model=1; rmse=2", "c[--in m=a.modle]: print(m)")
    assert found.code == "G006"
    assert found.what == "--in m=a.modle: a does not leave modle"
    assert found.why == "a leaves model and rmse"
    assert found.fix == "Did you mean 'model'?"


def test_in_says_when_the_step_leaves_nothing() -> None:
    found = the_problem("a: pass", "c[--in a.x]: print(x)")
    assert found.code == "G006"
    assert found.what == "--in a.x: a does not leave x"
    assert found.why == "a leaves nothing"


def test_every_wrong_target_of_a_header_is_said_at_once() -> None:
    assert codes("a[--after b,zz,a]: x=1", "b: y=1") == ["G002", "G003", "G004"]
