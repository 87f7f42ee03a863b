"""The schedule of a deployment: checked before anything is made, put, paused, deleted; and what is remembered of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from nbflow.configuration.settings import Settings
from nbflow.deploy.acting import SCHEDULER, check_role
from nbflow.deploy.clock.service import ClockService
from nbflow.deploy.clock.wanted import Schedule, Target, is_of, said_of, schedule_name
from nbflow.deploy.deployment import Deployment
from nbflow.errors import raise_for
from nbflow.schedules.timetable import Timetable, aws_expression, check_fires


def check(known: Settings, name: str, table: Timetable | None, store: str, service: ClockService) -> None:
    """Raise where a schedule could not be made: before anything is.

    Args:
        known: the settings.
        name: of the deployment.
        table: when it is to run; None: only when it is triggered, and nothing is asked.
        store: its address.
        service: EventBridge.

    Raises:
        DeploymentError: A060, no role is set; A024, A064, it cannot be this one; A061, there is no such group; A062, a
            schedule of this name is not ours.
        ScheduleError: L003, it never fires; L004, EventBridge has no such rhythm.
    """
    if table is None:
        return
    check_fires(table, datetime.now(UTC))
    aws_expression(table)
    check_role(known, _role(known), SCHEDULER)
    service.check_group(known.deploy.schedule_group)
    _check_owner(service, schedule_name(name), known.deploy.schedule_group, store)


def put(
    known: Settings,
    deployment: Deployment,
    before: Deployment | None,
    table: Timetable | None,
    target: Target,
    store: str,
    service: ClockService,
) -> Mapping[str, Any] | None:
    """Have a deployment run by the clock, or by none any more; return what is to be remembered of it.

    One that was paused stays so. Where it was in another group, or under another name, that schedule is deleted.

    Args:
        known: the settings.
        deployment: what runs.
        before: what was deployed under its name.
        table: when it runs; None: only when it is triggered.
        target: what is started.
        store: its address.
        service: EventBridge.

    Raises what `check` and `ClockService.put` raise.
    """
    old = _place(before)
    if table is None:
        if old is not None:
            service.delete(*old)
        return None
    name, group = schedule_name(deployment.name), known.deploy.schedule_group
    _check_owner(service, name, group, store)
    paused = bool(before is not None and before.schedule and before.schedule.get("paused"))
    said = said_of(deployment.flow, store)
    service.put(Schedule(name, group, table, target, _role(known), said, paused))
    if old is not None and old != (name, group):
        service.delete(*old)
    return remembered(table, name, group, paused=paused)


def set_paused(deployment: Deployment, *, paused: bool, service: ClockService) -> Mapping[str, Any] | None:
    """Stop the clock of a deployment, or start it again; return what is to be remembered of it.

    Raises A066: its schedule is gone.
    """
    place = _place(deployment)
    if place is None or deployment.schedule is None:
        return deployment.schedule
    name, group = place
    if not service.set_paused(name, group, paused=paused):
        raise_for("A066", name=deployment.name, schedule=f"{group}/{name}", region=service.region)
    table = Timetable(deployment.schedule["cron"], deployment.schedule["timezone"])
    return remembered(table, name, group, paused=paused)


def delete(deployment: Deployment, service: ClockService) -> None:
    """Have a deployment run by no clock any more. That its schedule is gone already is well."""
    if (place := _place(deployment)) is not None:
        service.delete(*place)


def remembered(table: Timetable, name: str, group: str, *, paused: bool) -> dict[str, Any]:
    """Return what a deployment remembers of its schedule; `said` and `next` are for people."""
    moment = table.next(datetime.now(UTC))
    local = moment.astimezone(ZoneInfo(table.timezone)) if moment is not None else None
    return {
        "cron": table.cron,
        "timezone": table.timezone,
        "expression": aws_expression(table),
        "name": name,
        "group": group,
        "paused": paused,
        "said": f"{table.said}, paused" if paused else table.said,
        "next": "when it is resumed" if paused else f"{local:%a %d %b %Y, %H:%M}" if local is not None else "never",
    }


def _role(known: Settings) -> str:
    role = known.deploy.scheduler_role
    if not role:
        raise_for("A060")
    return role


def _check_owner(service: ClockService, name: str, group: str, store: str) -> None:
    found = service.describe(name, group)
    if found is not None and not is_of(str(found.get("Description") or ""), store):
        said = found.get("Description")
        why = f"it is described as: {said}" if said else "it may be somebody else's"
        raise_for("A062", name=name, group=group, why=why)


def _place(deployment: Deployment | None) -> tuple[str, str] | None:
    """Return name and group of a deployment's schedule, None where it has none."""
    if deployment is None or not deployment.schedule:
        return None
    return str(deployment.schedule["name"]), str(deployment.schedule["group"])
