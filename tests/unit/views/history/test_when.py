"""Moments as people write them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from nbflow.errors import ViewError
from nbflow.views.history.when import said, seconds_of

#: a wednesday, in the local time zone
NOW = datetime(2026, 11, 25, 15, 30).astimezone()


def at(moment: Any, *, end: bool = False) -> datetime:
    return datetime.fromtimestamp(seconds_of(moment, NOW.timestamp(), end=end)).astimezone()


def day(number: int, hour: int = 0, minute: int = 0, month: int = 11) -> datetime:
    return datetime(2026, month, number, hour, minute).astimezone()


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("30min", NOW - timedelta(minutes=30)),
        ("30 m", NOW - timedelta(minutes=30)),
        ("24h", NOW - timedelta(hours=24)),
        ("1.5d", NOW - timedelta(hours=36)),
        (" 2W ", NOW - timedelta(days=14)),
        (timedelta(hours=2), NOW - timedelta(hours=2)),
        ("today", day(25)),
        ("Yesterday", day(24)),
        ("wednesday", day(25)),
        ("monday", day(23)),
        ("thu", day(19)),
        ("2026-11-01", day(1)),
        ("20261101", day(1)),
        ("2026-11-01 12:30", day(1, 12, 30)),
        ("2026-11-01T12:30:00+00:00", datetime(2026, 11, 1, 12, 30, tzinfo=UTC)),
        (date(2026, 11, 1), day(1)),
        (datetime(2026, 11, 1, 8), day(1, 8)),  # noqa: DTZ001
        (datetime(2026, 11, 1, 8, tzinfo=UTC), datetime(2026, 11, 1, 8, tzinfo=UTC)),
    ],
)
def test_a_moment_is_understood(moment: Any, expected: datetime) -> None:
    assert at(moment) == expected


@pytest.mark.parametrize(
    ("moment", "expected"),
    [("2026-11-30", day(1, month=12)), ("yesterday", day(25)), (date(2026, 11, 3), day(4)), ("monday", day(24))],
)
def test_until_a_day_is_until_its_end(moment: Any, expected: datetime) -> None:
    assert at(moment, end=True) == expected


def test_until_a_moment_is_until_then() -> None:
    assert at("2026-11-01 12:30", end=True) == day(1, 12, 30)


@pytest.mark.parametrize("moment", ["", "soon", "7x", "2026-13-01", "mo", "-3d"])
def test_what_is_no_moment_is_said_with_examples(moment: str) -> None:
    with pytest.raises(ViewError, match=r"NBF-V006[\s\S]*yesterday"):
        seconds_of(moment, NOW.timestamp())


def test_a_span_is_said_as_long_ago() -> None:
    assert [said("7d"), said(timedelta(hours=2)), said("monday"), said(date(2026, 11, 1))] == [
        "7d ago",
        "2 h 00 min ago",
        "monday",
        "2026-11-01",
    ]
