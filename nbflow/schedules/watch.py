"""What the supervisor knows of one schedule while it leads: read from the register, and read again by whoever comes next."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import Protocol

from nbflow.schedules.due import GRACE
from nbflow.schedules.firings import Firing
from nbflow.schedules.schedule import Schedule


class Process(Protocol):
    """What carries a firing out."""

    def poll(self) -> int | None:
        """Return its exit code, None while it goes on."""
        ...


class Watch:
    """One schedule, and its firings."""

    def __init__(self, schedule: Schedule, seen: datetime) -> None:
        self.schedule = schedule
        #: firings that are not over, by key
        self.open: dict[str, Firing] = {}
        #: keys of those that are
        self.over: set[str] = set()
        #: processes that this one started
        self.begun: dict[str, Process] = {}
        #: keys of firings, and when they were listed last
        self.keys: list[str] = []
        self.listed = -math.inf
        self.first = True
        self.look_from(seen)

    def look_from(self, seen: datetime) -> None:
        """Have looked up to that moment."""
        self.seen = seen
        table = self.schedule.timetable
        #: the first moment after that
        self.upcoming = table.next(seen) if table else None

    @property
    def within(self) -> timedelta:
        """For how long something missed is worth being made up for."""
        return max(timedelta(seconds=self.schedule.within), GRACE)
