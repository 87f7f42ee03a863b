"""Which runs are meant, and what a run's baseline is."""

from __future__ import annotations

import pytest
from compared import Runs

from nbflow.client import Flow, Run
from nbflow.client.comparing.runs import Ground, baseline_of, latest_two, picked
from nbflow.client.namespace import namespace
from nbflow.errors import NotFoundError, ViewError


def ids(found: list[Run]) -> list[str]:
    return [run.pathspec for run in found]


def test_runs_are_named_by_objects_pathspecs_ids_and_words(runs: Runs) -> None:
    first, second, third = runs.run(), runs.run(status="failed"), runs.run()
    fourth = runs.run(status="failed")
    given = [first, "sales/2", 3, "latest", "latest_successful", "previous", "sales/latest", "sales", Flow("sales")]
    assert ids(picked(given, Ground(flow="sales"))) == ids([first, second, third, fourth])
    assert ids(picked([second, "1"], Ground())) == ids([second, first])


def test_lists_of_runs_stand_for_their_runs(runs: Runs) -> None:
    first, second, third = runs.run(), runs.run(), runs.run()
    assert ids(picked([[third, "sales/1"], 2], Ground())) == ids([third, first, second])
    assert ids(picked([Flow("sales").runs()], Ground())) == ids([third, second, first])


def test_a_single_flow_needs_no_name_and_one_of_several_does(runs: Runs) -> None:
    runs.run()
    assert ids(picked([1], Ground())) == ["sales/1"]
    runs.run(flow="other")
    with pytest.raises(ViewError, match="V011") as failed:
        picked([1], Ground())
    assert "other, sales" in str(failed.value)


@pytest.mark.parametrize(
    ("given", "kind", "said"),
    [
        ("sales/9", NotFoundError, "no run '9'"),
        ("sale/1", NotFoundError, "Did you mean 'sales'?"),
        ("latests", ViewError, "'latests' is no run to compare. Did you mean 'latest'?"),
        ("sales/1/train", ViewError, "sales/1 is all of it"),
        ("", ViewError, "is no run to compare"),
        (None, ViewError, "None is no run to compare"),
        (True, ViewError, "True is no run to compare"),
        (3.5, ViewError, "3.5 is no run to compare"),
        ([], ViewError, "an empty list is no run to compare"),
        ({"sales/1": 2}, ViewError, "a dict is no run to compare"),
        ("previous", NotFoundError, "It has no two runs yet."),
        ("\x1b[31m", ViewError, "\\x1b"),
    ],
)
def test_what_is_no_run_is_told(runs: Runs, given: object, kind: type[Exception], said: str) -> None:
    runs.run()
    with pytest.raises(kind) as failed:
        picked([given], Ground(flow="sales"))
    assert said in str(failed.value)


def test_more_than_fifty_are_refused(runs: Runs) -> None:
    run = runs.run()
    with pytest.raises(ViewError, match="V013"):
        picked([run] * 51, Ground())
    with pytest.raises(ViewError, match="10000 runs are too many"):
        picked([range(10_000)], Ground())


def test_the_baseline_is_the_latest_success_before_the_run_itself(runs: Runs) -> None:
    first, _failed, third = runs.run(), runs.run(status="failed"), runs.run(status="running")
    fourth = runs.run()
    assert baseline_of(third, "latest_successful", Ground()) == first
    assert baseline_of(fourth, "latest_successful", Ground()) == first
    assert baseline_of(fourth, "previous", Ground()) == third
    assert baseline_of(first, "latest_successful", Ground()) is None
    assert baseline_of(fourth, "sales/2", Ground()).id == "2"  # type: ignore[union-attr]
    assert baseline_of(fourth, 2, Ground()).id == "2"  # type: ignore[union-attr]


def test_drafts_are_no_baselines_and_have_any_run_as_theirs(runs: Runs) -> None:
    draft = runs.run(kind="draft")
    run = runs.run()
    assert baseline_of(run, "latest_successful", Ground()) is None
    assert baseline_of(draft, "latest_successful", Ground()) == run


def test_a_baseline_is_of_the_namespace_and_of_any_where_none_is_asked_for(runs: Runs) -> None:
    others = runs.run(user="bob", system_tags=frozenset({"user:bob"}))
    mine = runs.run()
    assert baseline_of(mine, "latest_successful", Ground()) is None
    assert baseline_of(mine, "latest_successful", Ground(namespace=None)) == others
    namespace("user:bob")
    assert baseline_of(mine, "latest_successful", Ground()) == others


def test_a_run_of_somebody_else_can_be_named_and_is_not_the_latest(runs: Runs) -> None:
    runs.run()
    runs.run(user="bob", system_tags=frozenset({"user:bob"}))
    assert ids(picked(["sales/2", "latest"], Ground())) == ["sales/2", "sales/1"]
    assert ids(picked(["latest"], Ground(namespace=None))) == ["sales/2"]


def test_a_baseline_far_back_is_found(runs: Runs) -> None:
    first = runs.run()
    for _ in range(60):
        runs.run(status="failed")
    assert baseline_of(runs.run(), "latest_successful", Ground()) == first


def test_without_names_the_two_latest_are_meant(runs: Runs) -> None:
    with pytest.raises(NotFoundError, match="M019"):
        latest_two(Ground())
    first = runs.run()
    assert latest_two(Ground()) == [first]
    second, third = runs.run(), runs.run()
    assert latest_two(Ground()) == [second, third]
