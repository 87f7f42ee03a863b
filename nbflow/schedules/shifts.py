"""From what the clocks of a zone show to moments, also where the clocks change."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo


def moments(shown: Iterable[datetime], here: ZoneInfo, *, often: bool) -> Iterator[datetime]:
    """Yield the moments, in UTC, at which the clocks of `here` show these times, which come in their order.

    With `often`, every such moment: none where the clocks leave a time out, two where they show it twice. Else one for
    each time: the first that shows it, or the first after the gap that it falls into.
    """
    return _all(shown, here) if often else (_first(each, here) for each in shown)


def _all(shown: Iterable[datetime], here: ZoneInfo) -> Iterator[datetime]:
    # second times of an hour that comes twice wait here until all first ones have gone by
    waiting: list[datetime] = []
    for each in shown:
        first, second = each.replace(tzinfo=here), each.replace(tzinfo=here, fold=1)
        if _left_out(first):
            continue
        moment = first.astimezone(UTC)
        while waiting and waiting[0] <= moment:
            yield heapq.heappop(waiting)
        yield moment
        if second.astimezone(UTC) != moment:
            heapq.heappush(waiting, second.astimezone(UTC))
    while waiting:
        yield heapq.heappop(waiting)


def _left_out(moment: datetime) -> bool:
    """Say whether the clocks of its zone never show it."""
    return moment.replace(tzinfo=None) != moment.astimezone(UTC).astimezone(moment.tzinfo).replace(tzinfo=None)


def _first(shown: datetime, here: ZoneInfo) -> datetime:
    moment = shown.replace(tzinfo=here)
    while _left_out(moment):
        moment += timedelta(minutes=1)
    return moment.astimezone(UTC)
