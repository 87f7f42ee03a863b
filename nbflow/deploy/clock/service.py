"""EventBridge Scheduler as these settings reach it. Nothing else of nbflow talks to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

from nbflow.backends.batch.refusals import refused
from nbflow.configuration.settings import SCHEDULE_GROUP, Settings
from nbflow.deploy import acting
from nbflow.deploy.clock.wanted import Schedule
from nbflow.errors import did_you_mean, raise_for

#: what GetSchedule tells and UpdateSchedule does not take
_TOLD = ("Arn", "CreationDate", "LastModificationDate", "ResponseMetadata")


class ClockService:
    """Creates schedules, changes and deletes them."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    @property
    def region(self) -> str:
        """Where it is."""
        return str(self._client.meta.region_name)

    def describe(self, name: str, group: str) -> dict[str, Any] | None:
        """Return a schedule as GetSchedule tells it, None where there is none of this name."""
        try:
            found: dict[str, Any] = self._client.get_schedule(Name=name, GroupName=group)
        except Exception as error:
            if _code(error) == "ResourceNotFoundException":
                return None
            raise self._refused("GetSchedule", error) from error
        return found

    def check_group(self, group: str) -> None:
        """Raise A061 where there is no such group. That of everybody is not asked for: it is there, and may be out of reach."""
        if group == SCHEDULE_GROUP:
            return
        try:
            self._client.get_schedule_group(Name=group)
        except Exception as error:
            if _code(error) != "ResourceNotFoundException":
                raise self._refused("GetScheduleGroup", error) from error
        else:
            return
        known = self._groups()
        hint = did_you_mean(group, known)
        raise_for(
            "A061", group=group, region=self.region, hint=hint, known=", ".join(known) or "none that you may list"
        )

    def put(self, schedule: Schedule) -> None:
        """Create a schedule, or change the one of its name.

        Raises:
            DeploymentError: A063, EventBridge takes no such expression; A064, it may not assume the role; A065, you may not
                hand it the role.
            NbflowError: it refused something else.
        """
        request = schedule.request()
        if self.describe(schedule.name, schedule.group) is None:
            self._put("CreateSchedule", self._client.create_schedule, request)
        else:
            self._put("UpdateSchedule", self._client.update_schedule, request)

    def set_paused(self, name: str, group: str, *, paused: bool) -> bool:
        """Have a schedule start nothing, or start again; False: there is none of this name."""
        found = self.describe(name, group)
        if found is None:
            return False
        # an update replaces the whole
        whole = {key: value for key, value in found.items() if key not in _TOLD and value is not None}
        request = {**whole, "State": "DISABLED" if paused else "ENABLED"}
        self._put("UpdateSchedule", self._client.update_schedule, request)
        return True

    def delete(self, name: str, group: str) -> bool:
        """Delete a schedule; False: there was none of this name."""
        try:
            self._client.delete_schedule(Name=name, GroupName=group)
        except Exception as error:
            if _code(error) == "ResourceNotFoundException":
                return False
            raise self._refused("DeleteSchedule", error) from error
        return True

    def _put(self, action: str, call: Callable[..., Any], request: Mapping[str, Any]) -> None:
        try:
            call(**request)
        except Exception as error:
            explain(error, request)
            raise self._refused(action, error) from error

    def _groups(self) -> list[str]:
        try:
            pages = self._client.get_paginator("list_schedule_groups").paginate()
            return sorted(str(each["Name"]) for page in pages for each in page["ScheduleGroups"])
        except Exception:  # noqa: BLE001 - a hint; the answer is known
            return []

    def _refused(self, action: str, error: Exception) -> Exception:
        return refused(action, error, self.settings, service="scheduler", named="EventBridge Scheduler")

    @cached_property
    def _client(self) -> Any:
        import boto3
        from botocore.config import Config

        # a schedule that is made twice by a request that is sent again is one: boto3 gives it a token
        config = Config(retries={"total_max_attempts": 5, "mode": "standard"}, connect_timeout=10, read_timeout=30)
        try:
            session = boto3.Session(profile_name=self.settings.aws_profile, region_name=self.settings.region)
            return session.client("scheduler", endpoint_url=self.settings.endpoint, config=config)
        except Exception as error:
            raise self._refused("connect", error) from error


def explain(error: Exception, request: Mapping[str, Any]) -> None:
    """Raise what a person can act upon, where what was refused is known."""
    code, message = _code(error), str(getattr(error, "response", {}).get("Error", {}).get("Message", ""))
    acting.explain(error, request["Target"]["RoleArn"], acting.SCHEDULER)
    if code == "ValidationException" and ("Expression" in message or "imezone" in message):
        zone = request["ScheduleExpressionTimezone"]
        raise_for("A063", expression=request["ScheduleExpression"], zone=zone, message=message)


def _code(error: Exception) -> str:
    response: Mapping[str, Any] = getattr(error, "response", None) or {}
    return str(response.get("Error", {}).get("Code", ""))
