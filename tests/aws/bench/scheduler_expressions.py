"""Expressions of EventBridge Scheduler: which it takes, and when they come due.

After the documentation of EventBridge Scheduler, "Schedule types": `at`, `rate`, and `cron` with six fields. A time that the clocks
jump over is passed over, and one that they show twice comes once.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

_MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
_DAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]
_UNITS = {"minute": 60, "hour": 3600, "day": 86400}
#: days of a leap year's whole cycle
_FAR = 366 * 8


@dataclass(frozen=True)
class Expression:
    """One expression in its time zone."""

    text: str
    zone: ZoneInfo

    def __post_init__(self) -> None:
        self.next(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC))

    def next(self, after: datetime, begun: datetime) -> datetime | None:
        """Return the first moment after `after`, in UTC, of a schedule that was made at `begun`; None if there is none.

        An expression that the service does not take is a ValueError.
        """
        found = re.fullmatch(r"(at|rate|cron)\((.*)\)", self.text)
        if found is None:
            raise ValueError("it is at(…), rate(…) or cron(…)")
        kind, inner = found.groups()
        if kind == "at":
            moment = self._moment(datetime.strptime(inner, "%Y-%m-%dT%H:%M:%S").replace(tzinfo=self.zone))
            return moment if moment is not None and moment > after else None
        if kind == "rate":
            step = _rate(inner)
            passed = (after - begun) // step if after >= begun else -1
            return begun + step * (passed + 1)
        return self._cron(inner.split(), after)

    @property
    def once(self) -> bool:
        """Whether it comes due once."""
        return self.text.startswith("at(")

    def _moment(self, local: datetime) -> datetime | None:
        """Return a time of the clock as a moment; None for one that the clock jumps over."""
        moment = local.astimezone(UTC)
        there = moment.astimezone(self.zone)
        return moment if there.replace(tzinfo=None) == local.replace(tzinfo=None) else None

    def _cron(self, fields: list[str], after: datetime) -> datetime | None:
        if len(fields) != 6:
            raise ValueError("cron has six fields")
        minutes, hours, of_month, months, of_week, years = fields
        if (of_month == "?") == (of_week == "?"):
            raise ValueError("one of the fields day-of-month and day-of-week is ?")
        at = [(hour, minute) for hour in sorted(_field(hours, 0, 23)) for minute in sorted(_field(minutes, 0, 59))]
        in_months, in_years = _field(months, 1, 12, _MONTHS), _field(years, 1970, 2199)
        _day_fits(date(2026, 1, 1), of_month, of_week)
        day = after.astimezone(self.zone).date()
        for _ in range(_FAR):
            if day.year in in_years and day.month in in_months and _day_fits(day, of_month, of_week):
                for hour, minute in at:
                    moment = self._moment(datetime(day.year, day.month, day.day, hour, minute, tzinfo=self.zone))
                    if moment is not None and moment > after:
                        return moment
            day += timedelta(days=1)
        return None


def _rate(text: str) -> timedelta:
    found = re.fullmatch(r"([1-9]\d*) (minute|hour|day)s?", text)
    if found is None:
        raise ValueError("rate is a number from 1 and minutes, hours or days")
    return timedelta(seconds=int(found[1]) * _UNITS[found[2]])


def _field(text: str, least: int, most: int, names: list[str] | None = None) -> set[int]:
    """Return the values of one field."""
    found: set[int] = set()
    for part in text.upper().split(","):
        span, slash, step = part.partition("/")
        if span == "*":
            first, last = least, most
        else:
            low, dash, high = span.partition("-")
            first = _value(low, least, most, names)
            last = _value(high, least, most, names) if dash else most if slash else first
        if first > last or (slash and (not step.isdecimal() or not int(step))):
            raise ValueError(f"{part} is no range")
        found |= set(range(first, last + 1, int(step or 1)))
    return found


def _value(text: str, least: int, most: int, names: list[str] | None) -> int:
    if names and text in names:
        return names.index(text) + least
    if not text.isdecimal() or not least <= int(text) <= most:
        raise ValueError(f"{text} is not within {least}-{most}")
    return int(text)


def _day_fits(day: date, of_month: str, of_week: str) -> bool:
    """Tell whether a day is one of those that the two fields name."""
    last = calendar.monthrange(day.year, day.month)[1]
    if of_week == "?":
        if of_month == "L":
            return day.day == last
        if found := re.fullmatch(r"(\d+|L)W", of_month):
            near = day.replace(day=last if found[1] == "L" else min(_value(found[1], 1, 31, None), last))
            return day == _working_day(near, last)
        return day.day in _field(of_month, 1, 31)
    # as Scheduler counts, from Sunday as 1
    weekday = day.isoweekday() % 7 + 1
    if found := re.fullmatch(r"(\w+)#([1-5])", of_week):
        return weekday == _value(found[1].upper(), 1, 7, _DAYS) and (day.day - 1) // 7 + 1 == int(found[2])
    if found := re.fullmatch(r"(\w+)L", of_week):
        return weekday == _value(found[1].upper(), 1, 7, _DAYS) and day.day + 7 > last
    if of_week == "L":
        return weekday == 7
    return weekday in _field(of_week, 1, 7, _DAYS)


def _working_day(day: date, last: int) -> date:
    """Return the day from Monday to Friday that is nearest within the month."""
    if day.isoweekday() == 6:
        return day - timedelta(days=1) if day.day > 1 else day + timedelta(days=2)
    if day.isoweekday() == 7:
        return day + timedelta(days=1) if day.day < last else day - timedelta(days=2)
    return day
