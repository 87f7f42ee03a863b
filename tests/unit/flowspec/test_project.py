from __future__ import annotations

from typing import Any

import pytest

from nbflow.errors import DecoratorError
from nbflow.flowspec.decorators_of_flows import project
from nbflow.flowspec.flow import FlowBody
from nbflow.flowspec.prepare import prepare
from nbflow.flowspec.prepared import PreparedFlow
from nbflow.flowspec.project import project_of


def flow_with(**given: Any) -> PreparedFlow:
    @project(name="sales", **given)
    class TrainFlow(FlowBody): ...

    return prepare(TrainFlow)


@pytest.mark.parametrize(
    ("given", "asked", "branch", "mine", "production"),
    [
        ({}, {}, "user.ann", True, False),
        ({}, {"branch": "better"}, "test.better", False, False),
        ({}, {"production": True}, "prod", False, True),
        ({}, {"production": True, "branch": "better"}, "prod.better", False, True),
        ({"branch": "better"}, {}, "test.better", False, False),
        ({"production": True}, {}, "prod", False, True),
        ({"production": True}, {"branch": "better"}, "prod.better", False, True),
        ({"branch": "better"}, {"production": True}, "prod.better", False, True),
    ],
)
def test_a_run_is_of_one_branch_of_its_project(
    given: dict[str, Any], asked: dict[str, Any], branch: str, mine: bool, production: bool
) -> None:
    assert project_of(flow_with(**given), user="ann", **asked) == {
        "project_name": "sales",
        "branch_name": branch,
        "project_flow_name": f"sales.{branch}.TrainFlow",
        "is_user_branch": mine,
        "is_production": production,
        "tags": ["project:sales", f"project_branch:{branch}"],
    }


def test_a_flow_without_a_project_has_no_branch() -> None:
    class Plain(FlowBody): ...

    assert project_of(prepare(Plain), user="ann") is None
    for asked, said in (({"branch": "x"}, "--branch"), ({"production": True}, "--production")):
        with pytest.raises(DecoratorError, match=f"NBF-D018  {said}: flow 'Plain' has no @project"):
            project_of(prepare(Plain), user="ann", **asked)


@pytest.mark.parametrize(("name", "value"), [("branch", "x"), ("production", True)])
def test_the_code_and_the_command_line_do_not_both_say_it(name: str, value: Any) -> None:
    with pytest.raises(DecoratorError, match=f"NBF-D017  It is an error to specify {name} in @project and on the"):
        project_of(flow_with(**{name: value}), user="ann", **{name: value})


@pytest.mark.parametrize("branch", ["Better", "a-b", "a.b", "x" * 129])
def test_a_branch_of_the_command_line_is_named_like_a_project(branch: str) -> None:
    with pytest.raises(DecoratorError) as caught:
        project_of(flow_with(), user="ann", branch=branch)
    assert f"NBF-D019  --branch {branch}: it must be a name of" in str(caught.value)
    assert caught.value.problems[0].fix.startswith("--branch ")
