"""Cron expressions of `@schedule`: `0 10 * * ? *` with a year, as EventBridge has them, or the five fields of a crontab."""

from __future__ import annotations

import re

from nbflow.flowspec.attributes import Unfit
from nbflow.frozen import frozen

_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")


@frozen
class _Field:
    name: str
    low: int
    high: int
    #: names of its values, the first of them for `first`
    names: tuple[str, ...] = ()
    first: int = 1
    #: whole fields that say something else
    words: str = r"\*"

    def admits(self, text: str) -> bool:
        """Tell whether the field may be `text`: values, ranges, steps, and commas between them."""
        return all(self._one(part) for part in text.split(","))

    def _one(self, text: str) -> bool:
        body, slash, step = text.partition("/")
        if slash and not (step.isdecimal() and int(step) > 0):
            return False
        if re.fullmatch(self.words, body):
            return not slash or body == "*"
        ends = [self._number(each) for each in body.split("-")]
        known = [each for each in ends if each is not None]
        return len(known) == len(ends) <= 2 and all(self.low <= each <= self.high for each in known)

    def _number(self, text: str) -> int | None:
        if text in self.names:
            return self.names.index(text) + self.first
        return int(text) if text.isdecimal() else None


_MINUTE, _HOUR = _Field("minute", 0, 59), _Field("hour", 0, 23)
_MONTH = _Field("month", 1, 12, _MONTHS)
#: of EventBridge: L the last day, 15W the weekday nearest to the 15th, 6#2 the second friday, ? any
_YEARLY = (
    _MINUTE,
    _HOUR,
    _Field("day of month", 1, 31, words=r"\*|\?|L|LW|([1-9]|[12]\d|3[01])W"),
    _MONTH,
    _Field("day of week", 1, 7, _DAYS, words=r"\*|\?|L|[1-7]L|([1-7]|" + "|".join(_DAYS) + r")#[1-5]"),
    _Field("year", 1970, 2199),
)
#: of a crontab: sunday is 0 and 7
_CRONTAB = (
    _MINUTE,
    _HOUR,
    _Field("day of month", 1, 31, words=r"\*|\?"),
    _MONTH,
    _Field("day of week", 0, 7, _DAYS, first=0, words=r"\*|\?"),
)


def cron(value: object) -> str:
    """Cron expressions with six fields or five."""
    parts = value.upper().split() if isinstance(value, str) else []
    fields = {len(_YEARLY): _YEARLY, len(_CRONTAB): _CRONTAB}.get(len(parts))
    if fields is None:
        said = "minute hour day-of-month month day-of-week year"
        raise Unfit(f"a cron expression of six fields, {said}, or of five, without the year", "0 10 * * ? *")
    for field, part in zip(fields, parts, strict=True):
        if not field.admits(part):
            raise Unfit(f"a cron expression, and {part} is no {field.name}", "0 10 * * ? *")
    if fields is _YEARLY and "?" not in (parts[2], parts[4]):
        wanted = [*parts[:4], "?", parts[5]] if parts[4] == "*" else [*parts[:2], "?", *parts[3:]]
        raise Unfit("a cron expression in which day of month or day of week is ?", " ".join(wanted))
    return str(value)


def zone(value: object) -> str:
    """Names of time zones, as in Europe/Berlin."""
    from zoneinfo import ZoneInfo

    try:
        ZoneInfo(value if isinstance(value, str) else "")
    except (LookupError, ValueError, TypeError, OSError):
        raise Unfit("the name of a time zone", "Europe/Berlin") from None
    return str(value)
