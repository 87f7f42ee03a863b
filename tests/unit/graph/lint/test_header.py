from __future__ import annotations

import pytest

from nbflow.errors import Place, problem
from nbflow.graph.build import build
from tests.unit.graph.notation import built, codes, flow, the_problem


def test_a_name_stands_for_one_step() -> None:
    found = the_problem("train: x=1", "b: y=x", "train: x=2")
    assert found.code == "C011"
    assert found.what == "step 'train' is in cell 6 and cell 8"


def test_a_name_given_twice_is_said_once() -> None:
    said = problem("C011", Place(cell="cell 8", step="train"), name="train", first="cell 6", second="cell 8")
    found = build(flow("train: x=1", "b: y=x", "train: x=2", problems=[said]))
    assert found.problems == (said,)


def test_names_that_only_the_second_of_two_steps_leaves_are_not_unknown() -> None:
    assert codes("train: x=1", "train: z=2", "b: y=z") == ["C011"]


@pytest.mark.parametrize(
    ("cell", "what"),
    [
        ("b[--default alpha=1]: y=alpha", "--default alpha: alpha is a parameter, which always has a value"),
        ("b[--default K=1]: y=K", "--default K: K is a definition, which is always there"),
        ("b[--default y=1]: if K: y=2", "--default y: the step does not read y"),
    ],
)
def test_a_default_stands_in_for_artifacts(cell: str, what: str) -> None:
    found = the_problem(cell)
    assert found.code == "C008"
    assert found.what == what


def test_what_is_captured_is_nobody_s() -> None:
    assert codes("b[--capture extra]: y=extra") == []
    found = the_problem("a: x=1", "b[--capture x]: y=x")
    assert found.code == "C008"
    assert found.what == "--capture x: step a leaves it"
    assert the_problem("b[--capture alpha]: y=alpha").what == "--capture alpha: it is a parameter"


def test_a_discarded_call_on_an_artifact_read_below_is_mentioned() -> None:
    found = built("a: model=[]", "b: model.fit(1)\nmodel.fit(2)", "c: y=model")
    assert not found.errors
    (notice,) = found.problems
    assert (notice.code, notice.place.step, notice.place.text) == ("N005", "b", "model.fit(1)")
    assert notice.what == "model.fit(1) changes 'model', which a step below also reads"


@pytest.mark.parametrize(
    "cells",
    [
        ("a: model=[]", "b: model.fit(1)"),
        ("a: model=[]", "c: y=model", "b: model.fit(1)"),
        ("a: model=[]", "b[--out model]: model.fit(1)", "c: y=model"),
        ("a: model=[]", "b[--out model]: model.fit(1)", "c[--in model=a.model]: y=model"),
        ("a: model=[]", "b: model = list(model)\nmodel.fit(1)", "c: y=model"),
    ],
)
def test_a_discarded_call_that_nobody_below_misses_is_not_mentioned(cells: tuple[str, ...]) -> None:
    assert built(*cells).problems == ()


def test_secrets_of_this_machine_do_not_go_to_another() -> None:
    found = the_problem("a[--on batch --secret KEY --secret B=aws-secrets-manager.b]: x = 1")
    assert (found.code, found.severity) == ("G025", "error")
    assert found.what == "secret env.KEY of a is on this machine, and the step runs on another one"
    assert "create-secret --name KEY" in found.fix
    assert codes("a[--on local --secret KEY]: x = 1") == []
