"""A crontab's five fields as EventBridge's six, where there are such."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from nbflow.flowspec.cron import CRONTAB, DAYS, CronField

_WEEK = frozenset(range(7))
_MONTH = frozenset(range(1, 32))


def yearly_fields(fields: Sequence[str]) -> list[str] | None:
    """Return six fields with the same moments as these five; None: there are none."""
    minute, hour, day, month, weekday = fields
    days = CRONTAB[2].values(day)
    weekdays = frozenset(each % 7 for each in CRONTAB[4].values(weekday))
    # cron asks for both where one begins with a star, else for either (crontab(5); cronsim's `day_and`)
    both = day.startswith(("*", "?")) or weekday.startswith(("*", "?"))
    if both and weekdays == _WEEK:
        found = [_plain(CRONTAB[2], day, every=days == _MONTH), "?"]
    elif both and days == _MONTH:
        found = ["?", _names(weekdays)]
    elif not both and (weekdays == _WEEK or days == _MONTH):
        found = ["*", "?"]
    else:
        return None
    return [_plain(CRONTAB[0], minute), _plain(CRONTAB[1], hour), found[0], _plain(CRONTAB[3], month), found[1], "*"]


def _plain(field: CronField, text: str, *, every: bool = False) -> str:
    """Return a field as EventBridge documents it: a range in steps, which it does not, as a list of its values."""
    if every:
        return "*"
    # a star stays one: it says what a change of the clocks does
    if text.startswith(("*", "?")) or "-" not in text or "/" not in text:
        return text.replace("?", "*")
    return ",".join(map(str, sorted(field.values(text))))


def _names(weekdays: frozenset[int]) -> str:
    """Return days of the week, from Sunday as 0, by their names: MON-FRI."""
    known = sorted(weekdays)
    if len(known) > 2 and all(after == before + 1 for before, after in pairwise(known)):
        return f"{DAYS[known[0]]}-{DAYS[known[-1]]}"
    return ",".join(DAYS[each] for each in known)
