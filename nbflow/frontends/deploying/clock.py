"""The schedule of a deployment, as EventBridge Scheduler keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nbflow.configuration.settings import Settings
from nbflow.deploy.clock import kept
from nbflow.deploy.clock.service import ClockService
from nbflow.deploy.clock.wanted import machine_target
from nbflow.deploy.deployment import Deployment
from nbflow.schedules.timetable import Timetable


def check_schedule(known: Settings, name: str, wanted: Timetable | None, store: str) -> None:
    """Raise where a schedule could not be made, before anything is created; `store`: its address."""
    kept.check(known, name, wanted, store, ClockService(known))


def put_schedule(
    known: Settings, deployment: Deployment, before: Deployment | None, wanted: Timetable | None, store: str
) -> Mapping[str, Any] | None:
    """Create, change or delete the schedule, and return what is to be remembered of it."""
    target = machine_target(deployment.arn)
    return kept.put(known, deployment, before, wanted, target, store, ClockService(known))


def set_schedule(known: Settings, deployment: Deployment, *, paused: bool) -> Mapping[str, Any] | None:
    """Stop the clock, or start it again."""
    return kept.set_paused(deployment, paused=paused, service=ClockService(known))


def delete_schedule(known: Settings, deployment: Deployment) -> None:
    """Delete it."""
    kept.delete(deployment, ClockService(known))
