"""What is made up for, and what is passed over."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from nbflow.schedules.due import Occurrence, decide
from nbflow.schedules.schedule import Missed

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def due(*hours: float) -> list[Occurrence]:
    return [Occurrence.at(NOW - timedelta(hours=each)) for each in hours]


@pytest.mark.parametrize(
    ("missed", "hours", "fires"),
    [
        # in time
        ("skip", [0], 1),
        ("latest", [0.02, 0.01], 2),
        ("all", [0], 1),
        # three that were slept through
        ("skip", [5, 3, 1], 0),
        ("latest", [5, 3, 1], 1),
        ("all", [5, 3, 1], 3),
        # the newest of them is due now
        ("skip", [5, 3, 0.01], 1),
        ("latest", [5, 3, 0.01], 1),
        ("all", [5, 3, 0.01], 3),
        # some are not worth it any more
        ("latest", [72, 48], 0),
        ("all", [48, 30, 2, 1], 2),
    ],
)
def test_policies_make_up_for_what_was_missed(missed: Missed, hours: list[float], fires: int) -> None:
    found = due(*hours)
    decided = decide(found, NOW, missed, DAY)
    assert decided.fires == tuple(found[len(found) - fires :])
    assert decided.passed == tuple(found[: len(found) - fires])


def test_what_is_in_time_fires_however_short_it_is_worth_making_up_for() -> None:
    assert len(decide(due(0.01), NOW, "latest", timedelta()).fires) == 1


def test_keys_sort_by_time_and_are_the_same_for_whoever_looks() -> None:
    first, second = due(2, 1)
    assert first.key < second.key
    assert first == Occurrence.at((NOW - timedelta(hours=2)).astimezone(tz=None))
