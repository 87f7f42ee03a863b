"""Schedules and their firings, as text."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from nbflow.cards.figures import duration
from nbflow.cards.printable import one_line
from nbflow.schedules.firings import Firing
from nbflow.schedules.schedule import Schedule

_HEAD = ("NAME", "FLOW", "WHEN", "NEXT", "LAST")


def lines(schedules: Sequence[Schedule], last: Sequence[Firing | None], now: datetime) -> list[str]:
    """Return a line for each schedule, below a head."""
    rows = [_HEAD, *(_row(each, found, now) for each, found in zip(schedules, last, strict=True))]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEAD))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def _row(schedule: Schedule, last: Firing | None, now: datetime) -> tuple[str, ...]:
    return (
        schedule.name,
        schedule.flow,
        one_line(schedule.when, 48),
        "paused" if schedule.paused else upcoming(schedule, now),
        ""
        if last is None
        else f"{last.state} {moment(last.claim.moment, zone_of(schedule), now)}{_run(schedule, last)}",
    )


def _run(schedule: Schedule, firing: Firing) -> str:
    return f", {schedule.flow}/{firing.run_id}" if firing.run_id else ""


def zone_of(schedule: Schedule) -> ZoneInfo | None:
    """Return the zone whose clocks a schedule goes by; None: this machine's."""
    return ZoneInfo(schedule.timetable.timezone) if schedule.timetable else None


def upcoming(schedule: Schedule, now: datetime) -> str:
    """Return when it is due next."""
    if schedule.timetable is None:
        return ""
    found = schedule.timetable.next(now)
    return moment(found, zone_of(schedule), now) if found else "never again"


def moment(at: datetime, zone: ZoneInfo | None, now: datetime) -> str:
    """Return a moment as the clocks of a zone show it: `Mon 7 Dec 07:00`, with the year where it is another one."""
    local = at.astimezone(zone)
    year = f" {local.year}" if local.year != now.astimezone(zone).year else ""
    return f"{local:%a} {local.day} {local:%b}{year} {local:%H:%M}"


def away(at: datetime, now: datetime) -> str:
    """Return in how long a moment comes."""
    return f"in {duration(max(0.0, (at - now).total_seconds()))}"


def head(schedule: Schedule, firing: Firing, now: datetime) -> str:
    """Return what became of a firing, in a line."""
    return f"── {moment(firing.claim.moment, zone_of(schedule), now)}  {firing.told(schedule.flow, now)}"
