"""Cron of six fields, as EventBridge has it: minute, hour, day of month, month, day of week, year.

In the day of the month `L` is the last one, `15W` the weekday nearest to the 15th in the same month, `LW` the last
weekday. In the day of the week, which counts from Sunday as 1, `L` is Saturday, `6L` the last Friday, `6#2` the second
one. (AWS, "Schedule types in EventBridge Scheduler: cron-based schedules", whose fields are those of Quartz.)
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from itertools import product

from nbflow.flowspec.cron import DAYS, YEARLY
from nbflow.frozen import frozen

_SATURDAY = 7


@frozen
class Yearly:
    """Six fields, read."""

    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    months: frozenset[int]
    years: tuple[int, ...]
    #: the fields of the two days
    day: str
    weekday: str

    @classmethod
    def of(cls, fields: Sequence[str]) -> Yearly:
        """Return what six fields that make sense say."""
        _, _, day, _, weekday, _ = fields
        values = [field.values(text) for field, text in zip(YEARLY, fields, strict=True)]
        return cls(
            tuple(sorted(values[0])), tuple(sorted(values[1])), values[3], tuple(sorted(values[5])), day, weekday
        )

    def shown(self, first: date) -> Iterator[datetime]:
        """Yield what clocks show when it is due, in order, from the day `first` on; of no zone."""
        for day in self._days(first):
            yield from (datetime.combine(day, time(hour, minute)) for hour in self.hours for minute in self.minutes)

    def _days(self, first: date) -> Iterator[date]:
        for year, month in product(self.years, sorted(self.months)):
            if (year, month) < (first.year, first.month):
                continue
            for number in sorted(self._days_of(year, month)):
                if (day := date(year, month, number)) >= first:
                    yield day

    def _days_of(self, year: int, month: int) -> frozenset[int]:
        if self.weekday == "?":
            return _days_of_month(self.day, year, month)
        return _days_of_week(self.weekday, year, month)


def _days_of_month(text: str, year: int, month: int) -> frozenset[int]:
    last = calendar.monthrange(year, month)[1]
    found: set[int] = set()
    for part in text.split(","):
        if part == "L":
            found.add(last)
        elif part == "LW":
            found.add(_nearest_weekday(year, month, last, last))
        elif part.endswith("W"):
            # a month without that day has none near it either
            number = int(part[:-1])
            found |= {_nearest_weekday(year, month, number, last)} if number <= last else set()
        else:
            found |= {each for each in YEARLY[2].values(part) if each <= last}
    return frozenset(found)


def _nearest_weekday(year: int, month: int, number: int, last: int) -> int:
    """Return the weekday nearest to a day; it never leaves the month."""
    match calendar.weekday(year, month, number):
        case calendar.SATURDAY:
            return number - 1 if number > 1 else number + 2
        case calendar.SUNDAY:
            return number + 1 if number < last else number - 2
    return number


def _days_of_week(text: str, year: int, month: int) -> frozenset[int]:
    last = calendar.monthrange(year, month)[1]
    by_weekday: dict[int, list[int]] = {}
    for number in range(1, last + 1):
        by_weekday.setdefault((calendar.weekday(year, month, number) + 1) % 7 + 1, []).append(number)
    found: set[int] = set()
    for part in text.split(","):
        if part == "L":
            found.update(by_weekday[_SATURDAY])
        elif part.endswith("L"):
            found.add(by_weekday[int(part[:-1])][-1])
        elif "#" in part:
            weekday, _, nth = part.partition("#")
            days = by_weekday[DAYS.index(weekday) + 1 if weekday in DAYS else int(weekday)]
            found.update(days[int(nth) - 1 : int(nth)])
        else:
            found.update(number for weekday in YEARLY[4].values(part) for number in by_weekday[weekday])
    return frozenset(found)
