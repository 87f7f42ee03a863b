"""`current`, outside of a task and told of one."""

from __future__ import annotations

import pytest

from nbflow.flowspec.current import Current, current, in_current

EVERYWHERE = [
    "flow_name",
    "run_id",
    "step_name",
    "task_id",
    "retry_count",
    "origin_run_id",
    "pathspec",
    "task",
    "run",
    "namespace",
    "username",
    "tempdir",
    "parameter_names",
    "graph",
    "trigger",
]
PROJECT = {
    "project_name": "sales",
    "branch_name": "user.ann",
    "project_flow_name": "sales.user.ann.F",
    "is_user_branch": True,
    "is_production": False,
}


@pytest.fixture
def here() -> Current:
    return Current()


def test_outside_of_a_task_there_is_nothing(here: Current) -> None:
    assert [getattr(here, name) for name in EVERYWHERE] == [None] * len(EVERYWHERE)
    assert (here.is_running_flow, here.is_parallel, here.tags) == (False, False, frozenset())
    assert not current.is_running_flow
    assert repr(here) == "<current: no flow runs here>"


def test_what_is_asked_for_by_name(here: Current) -> None:
    here._fill(flow_name="F", step_name="start")
    assert here.get("flow_name") == "F"
    assert here.get("nothing") is None
    assert here.get("nothing", 5) == 5
    assert "flow_name" in here
    assert "run_id" not in here
    assert "nothing" not in here
    assert 5 not in here
    assert {"flow_name", "run_id", "tags", "get"} <= set(dir(here))


def test_what_is_looked_up_is_looked_up_once_and_when_asked_for(here: Current) -> None:
    calls = []
    here._fill({"run": lambda: calls.append(1) or "the run"}, flow_name="F")
    assert calls == []
    assert (here.run, here.run) == ("the run", "the run")
    assert calls == [1]


def test_what_is_not_there_is_an_attribute_error_that_says_why(here: Current) -> None:
    with pytest.raises(AttributeError, match="'Current' object has no attribute 'nothing'"):
        here.nothing  # noqa: B018
    with pytest.raises(AttributeError, match="has no attribute 'project_name': the flow has no @project"):
        here.project_name  # noqa: B018
    with pytest.raises(AttributeError, match="has no attribute 'parallel': the step has no @parallel"):
        here.parallel  # noqa: B018


def test_the_members_of_a_project(here: Current) -> None:
    here._fill(**PROJECT)
    assert {name: getattr(here, name) for name in PROJECT} == PROJECT


def test_nothing_can_be_set(here: Current) -> None:
    with pytest.raises(AttributeError, match=r"current\.run_id cannot be set"):
        here.run_id = "5"


def test_defaults_of_parameters_know_the_flow_its_user_and_its_project(here: Current) -> None:
    here._for_defaults(flow_name="F", user="ann", project={**PROJECT, "tags": ["project:sales"]})
    assert (here.flow_name, here.username, here.is_production, here.tags) == ("F", "ann", False, frozenset())
    assert not here.is_running_flow
    here._for_defaults(flow_name="F", user="ann", project=None)
    assert "is_production" not in here


def test_a_block_gives_it_back_as_it_was() -> None:
    with in_current(flow_name="outer"):
        with in_current({"run": lambda: 1}, flow_name="inner"):
            assert (current.flow_name, current.run, repr(current)) == ("inner", 1, "<current: inner>")
        assert (current.flow_name, current.run) == ("outer", None)
    assert current.flow_name is None
