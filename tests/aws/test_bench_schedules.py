"""What EventBridge does with schedules and rules, held against the bench."""

from __future__ import annotations

import json
import time
import uuid
from datetime import timedelta
from typing import Any

import pytest
from aws.bench.asking import define, lines
from aws.bench.asking_machines import machine
from aws.bench.started import Bench
from botocore.exceptions import ClientError

PASS = {"Type": "Pass", "End": True}


@pytest.fixture(scope="module")
def passing(bench: Bench) -> str:
    """A state machine whose output is its input."""
    return machine(bench, {"go": PASS})


def asked(bench: Bench, arn: str, expression: str = "rate(1 hour)", **more: Any) -> dict[str, Any]:
    """Return a request for a schedule that starts `arn`."""
    target = {"Arn": arn, "RoleArn": bench.account.schedule_role, **more.pop("Target", {})}
    return {
        "Name": f"schedule-{uuid.uuid4().hex[:8]}",
        "ScheduleExpression": expression,
        "FlexibleTimeWindow": {"Mode": "OFF"},
        "Target": target,
        **more,
    }


def put(bench: Bench, arn: str, expression: str = "rate(1 hour)", **more: Any) -> str:
    """Make a schedule; return its name."""
    request = asked(bench, arn, expression, **more)
    bench.client("scheduler").create_schedule(**request)
    return str(request["Name"])


def fired(bench: Bench, until: str) -> list[str]:
    return [each["at"] for each in bench.move_clock(until)]


# ---- when ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expression", "zone", "since", "until", "expected"),
    [
        # the clocks go forward on 2027-03-28, and back on 2027-10-31
        ("cron(30 3 * * ? *)", "Europe/Berlin", "2027-03-26T12:00", "2027-03-28T12:00", ["27T02:30", "28T01:30"]),
        ("cron(30 2 * * ? *)", "Europe/Berlin", "2027-03-27T00:00", "2027-03-29T12:00", ["27T01:30", "29T00:30"]),
        ("cron(30 2 * * ? *)", "Europe/Berlin", "2027-10-30T12:00", "2027-10-31T12:00", ["31T00:30"]),
        ("cron(0 9 ? * MON-FRI *)", None, "2027-01-08T00:00", "2027-01-11T12:00", ["08T09:00", "11T09:00"]),
        ("cron(0 9 ? * 2#1 *)", None, "2027-01-01T00:00", "2027-02-02T00:00", ["04T09:00", "01T09:00"]),
        ("cron(0 9 L * ? *)", None, "2027-01-02T00:00", "2027-03-01T00:00", ["31T09:00", "28T09:00"]),
        ("cron(0 9 1W * ? *)", None, "2027-05-01T00:00", "2027-06-02T00:00", ["03T09:00", "01T09:00"]),
        ("cron(0 9 ? * 6L *)", None, "2027-01-01T00:00", "2027-02-01T00:00", ["29T09:00"]),
        ("cron(0/30 9 1 JAN ? 2027)", None, "2026-12-31T00:00", "2028-12-31T00:00", ["01T09:00", "01T09:30"]),
        ("rate(12 hours)", None, "2027-01-01T06:00", "2027-01-02T07:00", ["01T18:00", "02T06:00"]),
        ("at(2027-01-01T09:00:00)", "Asia/Tokyo", "2026-12-31T00:00", "2027-01-02T00:00", ["01T00:00"]),
        ("at(2026-12-30T09:00:00)", None, "2026-12-31T00:00", "2027-01-02T00:00", []),
    ],
)
def test_a_schedule_comes_due(
    bench: Bench, passing: str, expression: str, zone: str | None, since: str, until: str, expected: list[str]
) -> None:
    bench.move_clock(since)
    put(bench, passing, expression, **({"ScheduleExpressionTimezone": zone} if zone else {}))
    # the clock goes on while the schedule is made
    assert [each[8:16] for each in fired(bench, until)] == expected


def test_a_schedule_comes_due_by_itself(bench: Bench, passing: str) -> None:
    bench.move_clock("2027-01-01T08:59:58")
    name = put(bench, passing, "cron(0 9 * * ? *)")
    until = time.monotonic() + 30
    while not (found := bench.fired(name)):
        assert time.monotonic() < until, "it did not come due"
        time.sleep(0.1)
    assert found[0]["at"] == "2027-01-01T09:00:00Z"
    assert bench.wait_execution(found[0]["started"])["status"] == "SUCCEEDED"


def test_a_schedule_has_a_beginning_and_an_end(bench: Bench, passing: str) -> None:
    bench.move_clock("2027-01-01T00:00")
    first = bench.now() + timedelta(days=2)
    put(bench, passing, "cron(0 9 * * ? *)", StartDate=first, EndDate=first + timedelta(days=2))
    assert fired(bench, "2027-01-10T00:00") == ["2027-01-03T09:00:00Z", "2027-01-04T09:00:00Z"]


# ---- what ------------------------------------------------------------------------------------------------------------


def test_a_machine_is_told_when_it_was_due(bench: Bench, passing: str) -> None:
    bench.move_clock("2027-01-01T00:00")
    given = json.dumps({"at": "<aws.scheduler.scheduled-time>", "by": "<aws.scheduler.schedule-arn>", "n": 1})
    name = put(bench, passing, "at(2027-01-01T09:00:00)", Target={"Input": given})
    (told,) = bench.move_clock("2027-01-01T12:00")
    arn = f"arn:aws:scheduler:us-east-1:123456789012:schedule/default/{name}"
    output = json.loads(bench.wait_execution(told["started"])["output"])
    assert output == {"at": "2027-01-01T09:00:00Z", "by": arn, "n": 1}
    (started,) = bench.requests(caller="scheduler")
    assert (started["action"], started["principal"]) == (
        "StartExecution",
        "arn:aws:sts::123456789012:assumed-role/schedule/scheduler",
    )


def test_a_job_is_submitted_by_the_universal_target(bench: Bench) -> None:
    bench.move_clock("2027-01-01T00:00")
    job = {
        "JobName": "nightly",
        "JobQueue": bench.account.ec2_queue,
        "JobDefinition": define(bench),
        "ContainerOverrides": {"Command": ["python", "-c", "print('<aws.scheduler.scheduled-time>')"]},
    }
    put(
        bench,
        "arn:aws:scheduler:::aws-sdk:batch:submitJob",
        "at(2027-01-01T09:00:00)",
        Target={"Input": json.dumps(job)},
    )
    (told,) = bench.move_clock("2027-01-01T12:00")
    assert lines(bench, bench.wait(told["started"])) == ["2027-01-01T09:00:00Z"]


def test_a_target_that_does_not_start_is_told(bench: Bench) -> None:
    bench.move_clock("2027-01-01T00:00")
    gone = "arn:aws:states:us-east-1:123456789012:stateMachine:gone"
    put(bench, gone, "at(2027-01-01T09:00:00)")
    (told,) = bench.move_clock("2027-01-01T12:00")
    assert "started" not in told and "StateMachineDoesNotExist" in told["error"]


def test_a_schedule_that_is_disabled_starts_nothing_until_it_is_enabled(bench: Bench, passing: str) -> None:
    bench.move_clock("2027-01-01T00:00")
    request = asked(bench, passing, "cron(0 9 * * ? *)")
    scheduler = bench.client("scheduler")
    scheduler.create_schedule(**request, State="DISABLED")
    assert fired(bench, "2027-01-03T00:00") == []
    # an update that does not say a state enables it
    scheduler.update_schedule(**request)
    assert scheduler.get_schedule(Name=request["Name"])["State"] == "ENABLED"
    assert fired(bench, "2027-01-04T00:00") == ["2027-01-03T09:00:00Z"]
    scheduler.update_schedule(**{**request, "ScheduleExpression": "cron(0 10 * * ? *)"})
    assert fired(bench, "2027-01-05T00:00") == ["2027-01-04T10:00:00Z"]
    scheduler.delete_schedule(Name=request["Name"])
    assert fired(bench, "2027-01-06T00:00") == []


def test_a_schedule_that_is_done_is_deleted_if_it_says_so(bench: Bench, passing: str) -> None:
    bench.move_clock("2027-01-01T00:00")
    kept = put(bench, passing, "at(2027-01-01T09:00:00)")
    gone = put(bench, passing, "at(2027-01-01T09:00:00)", ActionAfterCompletion="DELETE")
    assert len(bench.move_clock("2027-01-02T00:00")) == 2
    scheduler = bench.client("scheduler")
    assert scheduler.get_schedule(Name=kept)["State"] == "ENABLED"
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        scheduler.get_schedule(Name=gone)


# ---- what CreateSchedule refuses -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "expression",
    [
        "every day",
        "cron(0 9 * * *)",
        "cron(0 9 * * * *)",
        "cron(0 9 ? * ? *)",
        "cron(0 24 * * ? *)",
        "cron(0 9 ? * 0 *)",
        "cron(0 9 ? * MOO *)",
        "cron(0 9 * * ? 1969)",
        "cron(*/0 9 * * ? *)",
        "rate(0 hours)",
        "rate(1 week)",
        "rate(1.5 hours)",
        "at(2027-01-01)",
        "at(2027-01-01T09:00:00Z)",
    ],
)
def test_an_expression_is_refused(bench: Bench, passing: str, expression: str) -> None:
    with pytest.raises(ClientError, match="ValidationException") as refused:
        put(bench, passing, expression)
    assert f"Invalid Schedule Expression {expression}." in str(refused.value)


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"Name": "daily sales"}, "ValidationException.*'name' failed to satisfy"),
        ({"ScheduleExpressionTimezone": "Berlin"}, "ValidationException"),
        ({"GroupName": "nowhere"}, "ResourceNotFoundException.*Schedule group nowhere does not exist"),
        ({"FlexibleTimeWindow": {"Mode": "FLEXIBLE"}}, "ValidationException"),
        ({"Target": {"Arn": "arn:aws:batch:us-east-1:123456789012:job-queue/ec2"}}, "Provided Arn is not in correct"),
        ({"Target": {"Arn": "arn:aws:scheduler:::aws-sdk:batch:describeJobs"}}, "not a supported api operation"),
        ({"Target": {"Arn": "arn:aws:scheduler:::aws-sdk:batch:submitJob", "Input": "x"}}, "Invalid RequestJson"),
    ],
)
def test_a_schedule_is_refused(bench: Bench, passing: str, more: dict[str, Any], message: str) -> None:
    with pytest.raises(ClientError, match=message):
        put(bench, passing, **more)
    assert bench.client("scheduler").list_schedules()["Schedules"] == []


def test_a_schedule_has_a_role_that_scheduler_may_assume(bench: Bench, passing: str) -> None:
    for role in (bench.account.machine_role, "arn:aws:iam::123456789012:role/nobody"):
        with pytest.raises(ClientError, match="must allow AWS EventBridge Scheduler to assume the role"):
            put(bench, passing, Target={"RoleArn": role})


def test_a_name_is_one_schedule_of_a_group_and_a_group_goes_with_its_schedules(bench: Bench, passing: str) -> None:
    scheduler, group = bench.client("scheduler"), f"group-{uuid.uuid4().hex[:8]}"
    scheduler.create_schedule_group(Name=group)
    with pytest.raises(ClientError, match="ConflictException"):
        scheduler.create_schedule_group(Name=group)
    name = put(bench, passing)
    put(bench, passing, Name=name, GroupName=group)
    with pytest.raises(ClientError, match="ConflictException"):
        put(bench, passing, Name=name)
    scheduler.delete_schedule_group(Name=group)
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        scheduler.get_schedule(Name=name, GroupName=group)
    assert scheduler.get_schedule(Name=name)["GroupName"] == "default"


# ---- rules -----------------------------------------------------------------------------------------------------------


def test_an_event_starts_what_its_rule_says(bench: Bench, passing: str) -> None:
    events, name = bench.client("events"), f"rule-{uuid.uuid4().hex[:8]}"
    pattern = {"source": ["sales"], "detail": {"region": ["eu"]}}
    target = {"Id": "1", "Arn": passing, "RoleArn": bench.account.schedule_role, "InputPath": "$.detail"}
    events.put_rule(Name=name, EventPattern=json.dumps(pattern))
    events.put_targets(Rule=name, Targets=[target])
    entries = [
        {"Source": source, "DetailType": "loaded", "Detail": json.dumps({"region": region})}
        for source, region in (("sales", "eu"), ("sales", "us"), ("other", "eu"))
    ]
    events.put_events(Entries=entries)
    (told,) = bench.fired(name)
    assert json.loads(bench.wait_execution(told["started"])["output"]) == {"region": "eu"}
    events.disable_rule(Name=name)
    events.put_events(Entries=entries)
    assert len(bench.fired(name)) == 1
