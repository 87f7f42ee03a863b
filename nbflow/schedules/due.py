"""What is done about moments that have come. Pure: moments and policies in, firings out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from nbflow.frozen import frozen
from nbflow.schedules.schedule import Missed

#: by so much a firing may be late without having been missed
GRACE = timedelta(minutes=2)


@frozen
class Occurrence:
    """Something is due."""

    #: names it: whoever looks at it, whenever, gives it the same name. Names sort by time
    key: str
    moment: datetime
    #: the runs that it is due to, as pathspecs
    runs: tuple[str, ...] = ()

    @classmethod
    def at(cls, moment: datetime) -> Occurrence:
        """Return the occurrence of a moment of a timetable."""
        return cls(stamp(moment), moment)


@frozen
class Decided:
    """What fires, and what is passed over."""

    fires: tuple[Occurrence, ...]
    passed: tuple[Occurrence, ...]


def decide(due: Sequence[Occurrence], now: datetime, missed: Missed, within: timedelta) -> Decided:
    """Return what of `due`, in the order of time, fires at `now`.

    What is late by more than GRACE was missed. `skip` passes over all that was; `latest`, where anything was, over all
    but the newest of `due`; `all` over none; and neither makes up for what is older than `within`.
    """
    worth = [each for each in due if now - each.moment <= (GRACE if missed == "skip" else max(within, GRACE))]
    fires = worth[-1:] if missed == "latest" and any(is_late(each, now) for each in due) else worth
    return Decided(tuple(fires), tuple(each for each in due if each not in fires))


def is_late(occurrence: Occurrence, now: datetime) -> bool:
    """Say whether it was missed, and is made up for."""
    return now - occurrence.moment > GRACE


def stamp(moment: datetime) -> str:
    """Return a moment as the beginning of a key: `20261130T070000Z`."""
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
