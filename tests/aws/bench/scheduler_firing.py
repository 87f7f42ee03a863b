"""Schedules that come due: they start their targets, by the bench's clock."""

from __future__ import annotations

import logging
import threading
import time
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from aws.bench import targets
from aws.bench.clock import Clock
from aws.bench.pins import needed
from aws.bench.scheduler_expressions import Expression
from aws.bench.service_clients import Clients
from botocore.exceptions import BotoCoreError, ClientError
from moto.scheduler.models import EventBridgeSchedulerBackend, Schedule, ScheduleGroup, scheduler_backends

_log = logging.getLogger("nbflow.bench")
#: seconds between looks
_LOOK = 0.5
_MOMENT = "%Y-%m-%dT%H:%M:%SZ"

needed(EventBridgeSchedulerBackend, "get_schedule")
needed(ScheduleGroup, "get_schedule", "delete_schedule")
needed(Schedule, "to_dict", "update")


@dataclass
class _Watched:
    """A schedule as it was when it was last looked at."""

    facts: tuple[Any, ...]
    begun: datetime
    due: datetime | None


class Schedules:
    """All schedules of all regions, and what they started."""

    def __init__(self, clock: Clock, clients: Clients) -> None:
        self._clock = clock
        self._clients = clients
        self._watched: dict[int, _Watched] = {}
        self._fired: list[dict[str, Any]] = []
        self._lock = threading.RLock()
        threading.Thread(target=self._turns, name="schedules", daemon=True).start()

    def now(self) -> datetime:
        """Return the time on the bench."""
        return self._clock.now()

    def watch(self, schedule: Any) -> None:
        """Take notice of a schedule that was made or changed."""
        with self._lock:
            # one that is deleted may have stood in the same place of memory
            self._watched.pop(id(schedule), None)
            self._seen(schedule)

    def move(self, to: datetime) -> list[dict[str, Any]]:
        """Have it be another time: what comes due until then is fired in order, and returned. Back in time nothing is."""
        with self._lock:
            before, now = len(self._fired), self._clock.now()
            if to >= now:
                self._fire(to)
            self._clock.move(to)
            if to < now:
                self._watched.clear()
            for _, schedule in self._all():
                self._seen(schedule)
            return self._fired[before:]

    def note(self, told: dict[str, Any]) -> None:
        """Add what a rule has started."""
        with self._lock:
            self._fired.append(told)

    def fired(self) -> list[dict[str, Any]]:
        """Return what was fired, in order: name, group, time, attempt, and what was started or why nothing was."""
        with self._lock:
            return list(self._fired)

    def reset(self) -> None:
        """Go back to the machine's time, forget what was fired, and delete all schedules."""
        with self._lock:
            for group, schedule in self._all():
                group.schedules.pop(schedule.name)
            self._watched.clear()
            self._fired.clear()
            self._clock.reset()

    def _turns(self) -> None:
        while True:
            time.sleep(_LOOK)
            try:
                with self._lock:
                    self._fire(self._clock.now())
            except Exception:  # noqa: BLE001 - a fault of the bench is read in its log; the next turn goes on
                _log.exception("schedules")

    def _all(self) -> list[tuple[ScheduleGroup, Any]]:
        return [
            (group, schedule)
            for account in list(scheduler_backends.values())
            for backend in list(account.values())
            for group in list(backend.schedule_groups.values())
            for schedule in list(group.schedules.values())
        ]

    def _fire(self, until: datetime) -> None:
        """Start what is due until then, the earliest first."""
        while True:
            due = [
                (seen.due, schedule.name, group, schedule)
                for group, schedule in self._all()
                if (seen := self._seen(schedule)).due is not None and seen.due <= until
            ]
            if not due:
                return
            moment, _, group, schedule = min(due, key=lambda each: each[:2])
            seen = self._seen(schedule)
            seen.due = self._next(schedule, moment, seen.begun)
            if schedule.state == "ENABLED":
                self._start(schedule, moment)
            if seen.due is None and schedule.action_after_completion == "DELETE":
                group.schedules.pop(schedule.name, None)

    def _seen(self, schedule: Any) -> _Watched:
        """Return when a schedule is due; one that is new, or was changed, begins anew."""
        names = ("schedule_expression", "schedule_expression_timezone", "start_date", "end_date")
        facts = tuple(getattr(schedule, name) for name in names)
        found = self._watched.get(id(schedule))
        if found is None or found.facts != facts:
            now = self._clock.now()
            begun = max(now, _date(schedule.start_date) or now)
            # what begins later is due from its beginning on
            found = _Watched(facts, begun, self._next(schedule, now, begun))
            self._watched[id(schedule)] = found
        return found

    def _next(self, schedule: Any, after: datetime, begun: datetime) -> datetime | None:
        expression = Expression(schedule.schedule_expression, ZoneInfo(schedule.schedule_expression_timezone))
        moment = expression.next(after, begun)
        while moment is not None and (first := _date(schedule.start_date)) is not None and moment < first:
            moment = expression.next(moment, begun)
        last = _date(schedule.end_date)
        return None if moment is None or (last is not None and moment > last) else moment

    def _start(self, schedule: Any, moment: datetime) -> None:
        told: dict[str, Any] = {"name": schedule.name, "group": schedule.group_name, "at": moment.strftime(_MOMENT)}
        given = schedule.target.get("Input") or "{}"
        for name, value in {
            "schedule-arn": schedule.arn,
            "scheduled-time": moment.strftime(_MOMENT),
            "execution-id": str(uuid.uuid4()),
            "attempt-number": "1",
        }.items():
            given = given.replace(f"<aws.scheduler.{name}>", value)
        region = schedule.arn.split(":")[3]
        role, target = schedule.target["RoleArn"], schedule.target["Arn"]
        try:
            told["started"] = targets.start(self._clients, role, region, target, given)
        except (ClientError, BotoCoreError, ValueError) as error:
            told["error"] = str(error)
        self._fired.append(told)


def _date(value: Any) -> datetime | None:
    return None if value is None else datetime.fromtimestamp(float(value), UTC)
