"""When a deployment runs: what was typed, else what @schedule says."""

from __future__ import annotations

import argparse
from dataclasses import replace

from nbflow.errors import raise_for
from nbflow.flowspec.prepared import PreparedFlow
from nbflow.frontends.deploying.wish import Wish
from nbflow.schedules.timetable import Rhythm, Timetable


def timetable_asked(arguments: argparse.Namespace) -> Timetable | None:
    """Return what was typed. Raises ScheduleError, A014: a zone, and no rhythm."""
    zone = arguments.timezone or "UTC"
    if arguments.cron:
        return Timetable.read(arguments.cron, zone)
    if arguments.hourly:
        return Timetable.every("hourly", zone)
    if arguments.daily:
        return Timetable.every("daily", zone)
    if arguments.weekly:
        return Timetable.every("weekly", zone)
    if arguments.timezone:
        message = "it is the zone of a clock, and none is asked for"
        fix = f"--cron '0 7 * * 1' --timezone {zone}; @schedule of a class has its own: timezone='{zone}'"
        raise_for("A014", option="--timezone", given=zone, message=message, fix=fix)
    return None


def schedule_of(prepared: PreparedFlow, wish: Wish, *, wanted: bool = True) -> Wish:
    """Return the wish with what @schedule of a class says, unless another was typed."""
    use = next((each for each in prepared.decorators if each.name == "schedule"), None)
    if not wanted or use is None or wish.schedule is not None:
        return wish
    said = use.attributes
    zone = said["timezone"] or "UTC"
    if said["cron"]:
        return replace(wish, schedule=Timetable.read(said["cron"], zone))
    rhythm: Rhythm | None = (
        "weekly" if said["weekly"] else "hourly" if said["hourly"] else "daily" if said["daily"] else None
    )
    if rhythm is None:
        why = "its @schedule says that it does not run"
        raise_for("A018", flow=prepared.name, what="rhythm", why=why)
    return replace(wish, schedule=Timetable.every(rhythm, zone))
