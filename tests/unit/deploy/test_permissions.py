"""What AWS does by our roles, from the very state machines and schedules that are made: the template allows that, and no more."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from aws.derived import Account, of_machine, of_schedule, resolved
from aws.permitted import Call, listed, permits
from filled_notebooks import write

from nbflow.backends.batch.requests import definition, submission, wanted
from nbflow.configuration.settings import BatchSettings
from nbflow.deploy.clock.wanted import Schedule, Target, job_target, machine_target
from nbflow.deploy.deployment import name_of
from nbflow.deploy.template import asked, template
from nbflow.frontends.cli.main import main
from nbflow.model.task import Place
from nbflow.schedules.timetable import Timetable

ACCOUNT = Account("eu-central-1", "123456789012")
PREFIX = "sales"
#: a foreach in a foreach, a join of each, a step that may be skipped, another one beside them
SHAPES = (
    "%%step load\nrows = [[1, 2], [3]]",
    "%%step row --foreach rows --as row\ncells = row",
    "%%step cell --foreach cells --as cell --retry 2\nvalue = cell",
    "%%step row_done --join cell\ntotal = sum(each.value for each in inputs)",
    "%%step all_done --join row\nwhole = len(inputs)",
    '%%step check --when "whole > 3"\ngood = True',
    "%%step beside\nother = 1",
)


class Stack:
    """What CloudFormation makes of the template."""

    def __init__(self, bucket: str | None) -> None:
        self._resources = template(asked(prefix=PREFIX, bucket=bucket))["Resources"]
        self.bucket = bucket or f"{PREFIX}-{ACCOUNT.number}-{ACCOUNT.region}"
        self._arns = {"Bucket": f"arn:aws:s3:::{self.bucket}"}

    def of(self, role: str) -> list[dict[str, Any]]:
        """Return the statements of a role."""
        (policy,) = self._resources[role]["Properties"]["Policies"]
        found: list[dict[str, Any]] = resolved(policy["PolicyDocument"]["Statement"], self._arns, ACCOUNT)
        return found


@pytest.fixture(params=[None, "my-bucket"], ids=["bucket made", "bucket there"])
def stack(request: pytest.FixtureRequest) -> Stack:
    return Stack(request.param)


def agree(statements: list[dict[str, Any]], calls: Iterable[Call]) -> None:
    """Each call is permitted, and each action on each kind of resource that is permitted is called."""
    asked_for = set(calls)
    refused = sorted(each for each in asked_for if not permits(statements, each.action, each.resource))
    assert refused == []
    unused = [
        (action, resource)
        for statement in statements
        for action in listed(statement["Action"])
        for resource in listed(statement["Resource"])
        if not any(
            permits([{**statement, "Action": action, "Resource": resource}], each.action, each.resource)
            for each in asked_for
        )
    ]
    assert unused == []


def test_the_role_of_machines_allows_what_they_do_and_no_more(
    stack: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NBFLOW_ROOT", f"s3://{stack.bucket}/nbflow")
    monkeypatch.setenv("NBFLOW_BATCH_QUEUE", PREFIX)
    monkeypatch.setenv("NBFLOW_DEPLOY_NAME_PREFIX", PREFIX)
    write(tmp_path, "shapes.ipynb", *SHAPES)
    assert main(["deploy", "shapes.ipynb", "--only-json"]) == 0
    machine = json.loads(capsys.readouterr().out)
    agree(stack.of("StatesRole"), of_machine(machine, name_of("shapes", prefix=PREFIX), ACCOUNT))


def test_the_role_of_schedules_allows_what_they_start_and_no_more(stack: Stack) -> None:
    wish = wanted(Place("batch"), BatchSettings(queue=PREFIX, image="python"), step="report.ipynb", fargate=False)
    made = definition(wish, ["python"])
    job = submission(wish, "report", made["jobDefinitionName"], (), {}, {"nbflow:flow": "report"})
    targets = (job_target(job), machine_target(ACCOUNT.arn("states", f"stateMachine:{PREFIX}-shapes")))
    calls = [each for target in targets for each in of_schedule(_scheduled(target), ACCOUNT)]
    agree(stack.of("SchedulerRole"), calls)


def _scheduled(target: Target) -> dict[str, Any]:
    return Schedule(f"{PREFIX}-x", PREFIX, Timetable.every("weekly"), target, "arn:role", "said").request()


@pytest.mark.parametrize(
    "state",
    [
        {"Type": "Task", "Resource": "arn:aws:states:::sns:publish", "Parameters": {}},
        {"Type": "Map", "ItemProcessor": {}, "ResultWriter": {"Resource": "arn:aws:states:::s3:putObject"}},
        {
            "Type": "Task",
            "Resource": "arn:aws:states:::s3:getObject",
            "Parameters": {"Bucket": "b", "Key.$": "$.key"},
        },
    ],
)
def test_what_is_not_known_to_call_something_is_not_passed_over(state: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="not known here"):
        list(of_machine({"States": {"a": state}}, "m", ACCOUNT))
