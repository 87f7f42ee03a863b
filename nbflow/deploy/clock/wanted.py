"""What is asked of EventBridge Scheduler. Pure.

Sources: EventBridge Scheduler's API reference (CreateSchedule, Target), and its user guide, "Templated targets" and "Universal
targets", of which the latter take a request of any API in the names of the AWS SDK for Java.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from nbflow.deploy.jobs import step_job
from nbflow.frozen import frozen
from nbflow.schedules.timetable import Timetable, aws_expression

#: characters of a schedule's name, and of its description
LONGEST, _LONGEST_SAID = 64, 512
#: seconds for which a start that AWS refuses is tried again: a run of this morning is not wanted in the evening
_LATE = 3600
_SUBMIT = "arn:aws:scheduler:::aws-sdk:batch:submitJob"
#: in its place the time is put that a run was due: `2026-12-01T07:00:00Z`
DUE = "<aws.scheduler.scheduled-time>"
#: what a description of a schedule of a store ends in
_OF = " of the store "


@frozen
class Target:
    """What a schedule starts."""

    #: a state machine, or an action of an API
    arn: str
    #: JSON
    given: str


@frozen
class Schedule:
    """One schedule as it is to be."""

    name: str
    group: str
    table: Timetable
    target: Target
    #: ARN of the role that EventBridge starts it by
    role: str
    #: what it is for; it says whose it is, too: schedules have no tags
    said: str
    paused: bool = False

    def request(self) -> dict[str, Any]:
        """Return it as CreateSchedule and UpdateSchedule take it. Raises ScheduleError L004: AWS has no such rhythm."""
        return {
            "Name": self.name,
            "GroupName": self.group,
            "Description": self.said,
            "ScheduleExpression": aws_expression(self.table),
            "ScheduleExpressionTimezone": self.table.timezone,
            # at the minute, and not somewhen in a window
            "FlexibleTimeWindow": {"Mode": "OFF"},
            "State": "DISABLED" if self.paused else "ENABLED",
            "Target": {
                "Arn": self.target.arn,
                "RoleArn": self.role,
                "Input": self.target.given,
                "RetryPolicy": {"MaximumEventAgeInSeconds": _LATE, "MaximumRetryAttempts": 185},
            },
        }


def machine_target(arn: str) -> Target:
    """Return the target that starts a state machine, whose input says when the run was due and nothing of parameters."""
    return Target(arn, json.dumps({"ScheduledAt": DUE}))


def job_target(request: Mapping[str, Any]) -> Target:
    """Return the target that submits a job of Batch, by a SubmitJob request as boto3 takes it."""
    return Target(_SUBMIT, json.dumps(step_job(request).parameters))


def schedule_name(deployment: str) -> str:
    """Return the name of a deployment's schedule: the same, and where that is too long its beginning and a digest."""
    if len(deployment) <= LONGEST:
        return deployment
    return f"{deployment[: LONGEST - 9]}-{hashlib.sha256(deployment.encode()).hexdigest()[:8]}"


def said_of(flow: str, store: str) -> str:
    """Return the description of a schedule; of a long store its end is kept, which tells it apart."""
    text = f"nbflow: runs {flow}{_OF}"
    return text + store[-(_LONGEST_SAID - len(text)) :]


def is_of(description: str, store: str) -> bool:
    """Say whether a schedule with this description belongs to a store."""
    found = description.rpartition(_OF)[2]
    return bool(found) and description.startswith("nbflow: ") and store.endswith(found)
