"""What is asked of EventBridge Scheduler."""

from __future__ import annotations

import json
from typing import Any

import botocore.session
import pytest
from botocore.exceptions import ClientError
from botocore.validate import ParamValidator

from nbflow.deploy.clock.service import explain
from nbflow.deploy.clock.wanted import (
    LONGEST,
    Schedule,
    Target,
    is_of,
    job_target,
    machine_target,
    said_of,
    schedule_name,
)
from nbflow.errors import NbflowError
from nbflow.schedules.timetable import Timetable

MACHINE = "arn:aws:states:eu-central-1:123456789012:stateMachine:nbflow-sales"
STORE = "s3://bucket/nbflow"


def wanted(target: Target, cron: str = "0 7 * * 1", **more: Any) -> dict[str, Any]:
    table = Timetable.read(cron, "Europe/Berlin")
    said = said_of("sales", STORE)
    return Schedule("nbflow-sales", "team", table, target, "arn:aws:iam::1:role/clock", said, **more).request()


@pytest.mark.parametrize("action", ["CreateSchedule", "UpdateSchedule"])
def test_it_is_a_request_of_the_api(action: str) -> None:
    shape = botocore.session.get_session().get_service_model("scheduler").operation_model(action).input_shape
    report = ParamValidator().validate(wanted(machine_target(MACHINE)), shape)
    assert not report.has_errors(), report.generate_report()


def test_a_machine_starts_at_the_minute_in_the_zone_and_is_told_when_it_was_due() -> None:
    asked = wanted(machine_target(MACHINE))
    assert (asked["ScheduleExpression"], asked["ScheduleExpressionTimezone"]) == (
        "cron(0 7 ? * MON *)",
        "Europe/Berlin",
    )
    assert (asked["FlexibleTimeWindow"], asked["State"]) == ({"Mode": "OFF"}, "ENABLED")
    assert json.loads(asked["Target"]["Input"]) == {"ScheduledAt": "<aws.scheduler.scheduled-time>"}
    # what could not start within an hour does not start late in the day
    assert asked["Target"]["RetryPolicy"]["MaximumEventAgeInSeconds"] == 3600
    assert wanted(machine_target(MACHINE), paused=True)["State"] == "DISABLED"


def test_a_job_is_asked_for_in_the_names_of_the_universal_target() -> None:
    environment = [{"name": "NBFLOW_TOLD", "value": "x"}]
    request = {
        "jobName": "sales",
        "jobQueue": "queue",
        "jobDefinition": "nbflow-1",
        "containerOverrides": {"command": ["python"], "environment": environment},
        "tags": {"nbflow:flow": "sales"},
    }
    target = job_target(request)
    assert target.arn == "arn:aws:scheduler:::aws-sdk:batch:submitJob"
    assert json.loads(target.given) == {
        "JobName": "sales",
        "JobQueue": "queue",
        "JobDefinition": "nbflow-1",
        "ContainerOverrides": {"Command": ["python"], "Environment": [{"Name": "NBFLOW_TOLD", "Value": "x"}]},
        "Tags": {"nbflow:flow": "sales"},
    }


def test_a_rhythm_that_eventbridge_has_not_is_refused() -> None:
    with pytest.raises(NbflowError, match="L004"):
        wanted(machine_target(MACHINE), "0 7 1 * 1")


def test_a_long_name_keeps_its_beginning_and_differs_from_its_like() -> None:
    short, long, other = "nbflow-sales", "n" * 80, "n" * 79 + "m"
    assert schedule_name(short) == short
    assert len(schedule_name(long)) == LONGEST and schedule_name(long)[:40] == "n" * 40
    assert schedule_name(long) != schedule_name(other)


def test_a_description_says_whose_it_is() -> None:
    assert is_of(said_of("sales", STORE), STORE)
    assert not is_of(said_of("sales", STORE), "s3://bucket/nbflow2")
    assert not is_of(said_of("sales", "s3://other/nbflow"), STORE)
    assert not is_of("", STORE) and not is_of("Weekly sales of the store s3://bucket/nbflow", STORE)
    far = "s3://bucket/" + "x" * 600
    assert len(said_of("sales", far)) == 512 and is_of(said_of("sales", far), far)


@pytest.mark.parametrize(
    ("code", "message", "expected"),
    [
        ("AccessDeniedException", "User: ann is not authorized to perform: iam:PassRole on resource: …", "A065"),
        ("ValidationException", "Invalid Schedule Expression cron(0 7 ? * MON *).", "A063"),
        (
            "ValidationException",
            "The execution role you provide must allow AWS EventBridge Scheduler to assume the role.",
            "A064",
        ),
    ],
)
def test_an_answer_that_is_known_says_what_to_do(code: str, message: str, expected: str) -> None:
    answer = ClientError({"Error": {"Code": code, "Message": message}}, "CreateSchedule")
    with pytest.raises(NbflowError, match=expected) as told:
        explain(answer, wanted(machine_target(MACHINE)))
    assert message in str(told.value)
