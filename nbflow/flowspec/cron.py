"""Cron expressions of `@schedule`: `0 10 * * ? *` with a year, as EventBridge has them, or the five fields of a crontab."""

from __future__ import annotations

import re

from nbflow.flowspec.attributes import Unfit
from nbflow.frozen import frozen

MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")


@frozen
class CronField:
    """One field: which texts may be it, and which values a text says."""

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
        within = all(self.low <= each <= self.high for each in known)
        return len(known) == len(ends) <= 2 and within and known == sorted(known)

    def values(self, text: str) -> frozenset[int]:
        """Return the values that `text`, which the field admits, names; words such as L and 15W name none."""
        return frozenset(value for part in text.split(",") for value in self._values(part))

    def _values(self, part: str) -> range:
        body, slash, step = part.partition("/")
        if body in {"*", "?"}:
            return range(self.low, self.high + 1, int(step or 1))
        ends = [each for each in map(self._number, body.split("-")) if each is not None]
        if len(ends) != len(body.split("-")):
            return range(0)
        # from a value in steps goes on to the end of the field
        last = self.high if slash and len(ends) == 1 else ends[-1]
        return range(ends[0], last + 1, int(step or 1))

    def too_wide(self, text: str) -> int | None:
        """Return a step of `text` that leads out of the field wherever it begins; None: there is none."""
        steps = [int(part.partition("/")[2] or 1) for part in text.split(",")]
        return next((each for each in steps if each > self.high), None)

    @property
    def span(self) -> str:
        """From where to where it goes, by the names of its values where they have some."""
        return f"from {self.names[0]} to {self.names[-1]}" if self.names else f"from {self.low} to {self.high}"

    def turned(self, text: str) -> str:
        """Return ranges that go backwards, as FRI-MON, as two that do not: FRI-SAT,SUN-MON; empty: that is not what is wrong."""
        found = ",".join(map(self._turned, text.split(",")))
        return found if found != text and self.admits(found) else ""

    def _turned(self, part: str) -> str:
        first, dash, last = part.partition("-")
        start, end = self._number(first), self._number(last)
        if not dash or start is None or end is None or start <= end:
            return part
        if start == end + 1:
            return "*"
        low, high = (self.names[0], self.names[-1]) if first in self.names else (str(self.low), str(self.high))
        return ",".join(one if one == other else f"{one}-{other}" for one, other in ((first, high), (low, last)))

    def _number(self, text: str) -> int | None:
        if text in self.names:
            return self.names.index(text) + self.first
        return int(text) if text.isdecimal() else None


_MINUTE, _HOUR = CronField("minute", 0, 59), CronField("hour", 0, 23)
_MONTH = CronField("month", 1, 12, MONTHS)
#: of EventBridge: L the last day, 15W the weekday nearest to the 15th, 6#2 the second friday, ? any
YEARLY = (
    _MINUTE,
    _HOUR,
    CronField("day of month", 1, 31, words=r"\*|\?|L|LW|([1-9]|[12]\d|3[01])W"),
    _MONTH,
    CronField("day of week", 1, 7, DAYS, words=r"\*|\?|L|[1-7]L|([1-7]|" + "|".join(DAYS) + r")#[1-5]"),
    CronField("year", 1970, 2199),
)
#: of a crontab: sunday is 0 and 7
CRONTAB = (
    _MINUTE,
    _HOUR,
    CronField("day of month", 1, 31, words=r"\*|\?"),
    _MONTH,
    CronField("day of week", 0, 7, DAYS, first=0, words=r"\*|\?"),
)


def cron(value: object) -> str:
    """Cron expressions with six fields or five."""
    parts = value.upper().split() if isinstance(value, str) else []
    fields = {len(YEARLY): YEARLY, len(CRONTAB): CRONTAB}.get(len(parts))
    if fields is None:
        said = "minute hour day-of-month month day-of-week year"
        raise Unfit(f"a cron expression of six fields, {said}, or of five, without the year", "0 10 * * ? *")
    for field, part in zip(fields, parts, strict=True):
        if not field.admits(part):
            why = f": it goes backwards, and the {field.name} goes {field.span}" if field.turned(part) else ""
            turned = [each.turned(text) or text for each, text in zip(fields, parts, strict=True)]
            mended = all(each.admits(text) for each, text in zip(fields, turned, strict=True))
            like = " ".join(turned) if mended else "0 10 * * ? *"
            raise Unfit(f"a cron expression, and {part} is no {field.name}{why}", like)
        if (step := field.too_wide(part)) is not None:
            # it would be due once in each round of the field, which is not what it says
            why = f"they begin anew at {field.name} {field.low}, so the largest is {field.high}"
            raise Unfit(f"a cron expression, and {part} has steps of {step}: {why}", "0 10 * * ? *")
    if fields is YEARLY and parts[2] == parts[4] == "?":
        raise Unfit(
            "a cron expression in which one of day of month and day of week is ?, not both",
            " ".join([*parts[:2], "*", *parts[3:]]),
        )
    if fields is YEARLY and "?" not in (parts[2], parts[4]):
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
