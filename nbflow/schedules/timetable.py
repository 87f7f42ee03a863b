"""When something is due: cron of five fields (a crontab's) or six (EventBridge's), in a time zone.

What the clocks show is worked out, of five fields, by the library cronsim, which does what Debian's cron does, and of six
by `yearly`, which has L, W, # and years. Where the clocks change, `shifts` does for both what cronsim's source has:

- Minute or hour begins with `*` (every so often): real time counts. A local hour that is left out has no firing, one that
  comes twice has its firings twice.
- Otherwise (at a time of day): once a day. A time that is left out fires at the first minute after the gap, a time that
  comes twice at its first.

EventBridge itself leaves out what falls into a gap and never repeats; nothing else differs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from typing import Literal
from zoneinfo import ZoneInfo

from nbflow.errors import raise_for
from nbflow.flowspec.attributes import Unfit
from nbflow.flowspec.cron import CRONTAB, CronField, cron, zone
from nbflow.frozen import frozen
from nbflow.schedules.shifts import moments
from nbflow.schedules.yearly import Yearly

Rhythm = Literal["hourly", "daily", "weekly"]

#: what Metaflow means by them: on the hour, at midnight, on Sunday at midnight
RHYTHMS: dict[Rhythm, str] = {"hourly": "0 * * * ? *", "daily": "0 0 * * ? *", "weekly": "0 0 ? * SUN *"}

#: who plans for later means something else
_EVER = timedelta(days=366 * 20)

#: what people write for cron expressions elsewhere, in the five fields that they stand for (crontab(5))
_NICKNAMES = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}


@frozen
class Timetable:
    """Moments, without an end as a rule."""

    #: five fields or six
    cron: str
    #: name of a time zone
    timezone: str = "UTC"

    @classmethod
    def read(cls, expression: str, timezone: str = "UTC") -> Timetable:
        """Return the timetable that a person means by a cron expression or a nickname such as `@daily`.

        `cron(…)`, as AWS has it, is read, too.

        Raises:
            ScheduleError: L001, that is no cron expression; L002, there is no such time zone.
        """
        text = _NICKNAMES.get(expression.strip().lower(), expression.strip())
        if text.lower().startswith("cron(") and text.endswith(")"):
            text = text[5:-1].strip()
        try:
            cron(text)
        except Unfit as unfit:
            raise_for("L001", expression=expression, expected=unfit.expected, example=_like(text, unfit))
        return cls(" ".join(text.upper().split()), known_zone(timezone))

    @classmethod
    def every(cls, rhythm: Rhythm, timezone: str = "UTC") -> Timetable:
        """Return the timetable of @schedule(hourly=True) and its like. Raises L002."""
        return cls(RHYTHMS[rhythm], known_zone(timezone))

    def after(self, moment: datetime) -> Iterator[datetime]:
        """Yield the moments after `moment`, in their order, aware and in UTC; it may be of any zone."""
        start, here = moment.astimezone(UTC), ZoneInfo(self.timezone)
        fields = self.cron.split()
        # what a change of the clocks moves may have been shown a day before
        first = start.astimezone(here).replace(tzinfo=None) - timedelta(days=1)
        shown = _crontab(fields, first) if len(fields) == 5 else Yearly.of(fields).shown(first.date())
        often = fields[0].startswith("*") or fields[1].startswith("*")
        for each in moments(shown, here, often=often):
            if each > start:
                start = each
                yield each

    def between(self, after: datetime, until: datetime) -> Iterator[datetime]:
        """Yield the moments after `after`, up to and with `until`."""
        return takewhile(lambda each: each <= until, self.after(after))

    def next(self, moment: datetime) -> datetime | None:
        """Return the first moment after `moment`; None: there is none any more."""
        return next(self.after(moment), None)

    @property
    def said(self) -> str:
        """It as a person reads it."""
        words = next((rhythm for rhythm, text in RHYTHMS.items() if text == self.cron), self.cron)
        return f"{words} ({self.timezone})"


def _crontab(fields: Sequence[str], first: datetime) -> Iterator[datetime]:
    """Yield what clocks show when five fields are due, in order, from `first` on; of no zone."""
    # most processes have no schedule
    from cronsim import CronSim, CronSimError

    try:
        yield from CronSim(" ".join(map(_unstepped, CRONTAB, fields)), first)
    except CronSimError:
        # the fields were checked: it is a day that no month has
        return


def _unstepped(field: CronField, text: str) -> str:
    """Return a field with ranges in steps as lists: of `5-5/10`, cronsim takes the rest of the hour, too."""
    parts = text.replace("?", "*").split(",")
    return ",".join(
        ",".join(map(str, sorted(field.values(part)))) if "-" in part and "/" in part else part for part in parts
    )


def known_zone(name: str) -> str:
    """Return the name of a time zone. Raises L002."""
    try:
        return zone(name)
    except Unfit:
        raise_for("L002", name=name, hint=_zone_like(name))


def _zone_like(name: str) -> str:
    from zoneinfo import available_timezones

    from nbflow.errors import did_you_mean

    known = available_timezones()
    same = {each.casefold(): each for each in known}
    cities = {each.rpartition("/")[2].casefold(): each for each in sorted(known) if "/" in each}
    plain = name.strip().replace(" ", "_").casefold()
    found = same.get(plain) or cities.get(plain)
    return f" Did you mean '{found}'?" if found else did_you_mean(name, known)


def _like(text: str, unfit: Unfit) -> str:
    """Return a cron expression that makes sense where `text` does not: the mended one, or one of as many fields."""
    mended = str(unfit.example)
    return mended if len(text.split()) == len(mended.split()) else "0 7 * * 1"


def check_fires(table: Timetable, now: datetime) -> datetime:
    """Return the first moment after `now`. Raises L003, there is none within twenty years."""
    first = table.next(now)
    if first is None or first - now > _EVER:
        raise_for("L003", expression=table.cron)
    return first


def aws_expression(table: Timetable) -> str:
    """Return EventBridge Scheduler's expression `cron(…)` for a timetable, to be used with its time zone.

    Six fields stay as they are. Of five, the day of the week gets EventBridge's numbers by their names, and the day that
    says nothing becomes `?`.

    Raises:
        ScheduleError: L004, five fields restrict both the day of the month and the day of the week, which cron joins by
            *or* (by *and* where one begins with `*`) and EventBridge does not take.
    """
    from nbflow.schedules.converted import yearly_fields

    fields = table.cron.split()
    found = fields if len(fields) == 6 else yearly_fields(fields)
    if found is None:
        raise_for("L004", expression=table.cron)
    return f"cron({' '.join(found)})"
