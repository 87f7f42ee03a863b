"""EventBridge Scheduler's actions on schedules, where moto takes what AWS refuses."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from aws.bench.pins import needed, replace
from aws.bench.scheduler_expressions import Expression
from aws.bench.scheduler_firing import Schedules
from aws.bench.targets import check_schedule_target
from aws.bench.trust import trusts
from moto.core.exceptions import JsonRESTError
from moto.scheduler.exceptions import ScheduleGroupNotFound, ValidationException
from moto.scheduler.models import EventBridgeSchedulerBackend
from moto.scheduler.responses import EventBridgeSchedulerResponse

_NAME = re.compile(r"[0-9a-zA-Z_.-]{1,64}")
_FIELDS = {
    "description": "Description",
    "end_date": "EndDate",
    "flexible_time_window": "FlexibleTimeWindow",
    "group_name": "GroupName",
    "kms_key_arn": "KmsKeyArn",
    "schedule_expression": "ScheduleExpression",
    "schedule_expression_timezone": "ScheduleExpressionTimezone",
    "start_date": "StartDate",
    "target": "Target",
}

needed(EventBridgeSchedulerResponse, "_get_param", "scheduler_backend")
needed(EventBridgeSchedulerBackend, "create_schedule", "update_schedule", "get_schedule", "get_schedule_group")


class _GroupExistsError(JsonRESTError):
    code = 409


def install(schedules: Schedules) -> None:
    """Have moto's server check schedules, and `schedules` fire them."""
    for name in ("create_schedule", "update_schedule"):
        replace(EventBridgeSchedulerResponse, name, _putting(name, schedules))
    _once(EventBridgeSchedulerResponse.create_schedule_group)


def _putting(action: str, schedules: Schedules) -> Callable[[Any], str]:
    def put(response: Any) -> str:
        name = response.uri.split("?")[0].rpartition("/")[2]
        asked = {ours: response._get_param(field) for ours, field in _FIELDS.items()}
        backend = response.scheduler_backend
        backend.get_schedule_group(asked["group_name"])
        _check(name, asked, backend.account_id, schedules.now())
        # what an update does not name is not kept
        asked["state"] = response._get_param("State") or "ENABLED"
        after = response._get_param("ActionAfterCompletion") or "NONE"
        if action == "create_schedule":
            schedule = backend.create_schedule(name=name, action_after_completion=after, **asked)
        else:
            schedule = backend.update_schedule(name=name, **asked)
            schedule.action_after_completion = after
        schedules.watch(schedule)
        return json.dumps({"ScheduleArn": schedule.arn})

    return put


def _check(name: str, asked: dict[str, Any], account: str, now: datetime) -> None:
    """Raise what Scheduler answers to a schedule that it does not take."""
    if not _NAME.fullmatch(name):
        raise ValidationException(
            f"1 validation error detected: Value '{name}' at 'name' failed to satisfy constraint: "
            f"Member must satisfy regular expression pattern: ^[0-9a-zA-Z-_.]+$"
        )
    text, target = asked["schedule_expression"] or "", asked["target"] or {}
    try:
        zone = ZoneInfo(asked["schedule_expression_timezone"] or "UTC")
    except (LookupError, ValueError, OSError):
        raise ValidationException(f"Invalid Timezone {asked['schedule_expression_timezone']}.") from None
    try:
        Expression(text, zone)
    except ValueError:
        raise ValidationException(f"Invalid Schedule Expression {text}.") from None
    window = asked["flexible_time_window"] or {}
    if window.get("Mode") == "FLEXIBLE" and not 1 <= window.get("MaximumWindowInMinutes", 0) <= 1440:
        raise ValidationException("Invalid MaximumWindowInMinutes, it is from 1 to 1440 for a flexible window.")
    if window.get("Mode") == "OFF" and "MaximumWindowInMinutes" in window:
        raise ValidationException("MaximumWindowInMinutes must not be specified if FlexibleTimeWindow is OFF.")
    end = asked["end_date"]
    if end is not None and datetime.fromtimestamp(float(end), UTC) < now:
        raise ValidationException("The EndDate you specify cannot be earlier than the current time.")
    if wrong := check_schedule_target(target.get("Arn", ""), target.get("Input") or "{}"):
        raise ValidationException(wrong)
    if not trusts(account, target.get("RoleArn", ""), "scheduler.amazonaws.com"):
        raise ValidationException(
            "The execution role you provide must allow AWS EventBridge Scheduler to assume the role."
        )


def _once(make: Callable[[Any], str]) -> None:
    def create(response: Any) -> str:
        name = response.uri.split("?")[0].rpartition("/")[2]
        if name in response.scheduler_backend.schedule_groups:
            raise _GroupExistsError("ConflictException", f"Schedule group {name} already exists.")
        return make(response)

    replace(EventBridgeSchedulerResponse, "create_schedule_group", create)
    delete = EventBridgeSchedulerBackend.delete_schedule_group

    def delete_known(self: Any, name: str) -> None:
        if name not in self.schedule_groups:
            raise ScheduleGroupNotFound(name)
        if name == "default":
            raise ValidationException("The default schedule group cannot be deleted.")
        delete(self, name)

    replace(EventBridgeSchedulerBackend, "delete_schedule_group", delete_known)
