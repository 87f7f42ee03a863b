"""Moments as people write them: `7d`, `yesterday`, `monday`, `2026-11-01`, `12:30`. Pure but for the local time zone."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

from nbflow.cards.figures import duration
from nbflow.errors import raise_for

#: how people say a moment; a span is so long ago
Moment = str | date | timedelta

_UNITS = {"s": 1, "min": 60, "m": 60, "h": 3600, "d": 86_400, "w": 7 * 86_400}
_SPAN = re.compile(r"(\d+(?:\.\d+)?)\s*(s|min|m|h|d|w)", re.IGNORECASE)
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def seconds_of(moment: Moment, now: float, *, end: bool = False) -> float:
    """Return a moment in seconds since the epoch.

    Args:
        moment: a date, a moment of it, or text; without a time zone of its own it is in the local one.
        now: from where `7d`, `today` or `monday` are counted.
        end: of a whole day its end is meant, not its start.

    Raises:
        ViewError: V006, nobody knows when that is.
    """
    if isinstance(moment, timedelta):
        return now - moment.total_seconds()
    if isinstance(moment, datetime):
        return moment.timestamp()
    if isinstance(moment, date):
        return _start_of(moment + timedelta(days=1) if end else moment)
    text = moment.strip()
    if span := _SPAN.fullmatch(text):
        return now - float(span[1]) * _UNITS[span[2].lower()]
    found = _day(text.lower(), datetime.fromtimestamp(now).astimezone().date()) or _written(text)
    if found is None:
        raise_for("V006", moment=moment)
    return seconds_of(found, now, end=end)


def _start_of(day: date) -> float:
    return datetime.combine(day, time()).timestamp()


def _day(word: str, today: date) -> date | None:
    """Return the day that a word means: the latest monday may be today."""
    if word == "today":
        return today
    if word == "yesterday":
        return today - timedelta(days=1)
    found = [number for number, name in enumerate(_DAYS) if len(word) >= 3 and name.startswith(word)]
    return today - timedelta(days=(today.weekday() - found[0]) % 7) if found else None


def _written(text: str) -> date | None:
    try:
        if re.fullmatch(r"\d{4}-?\d{2}-?\d{2}", text):
            return date.fromisoformat(text)
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def said(moment: Moment) -> str:
    """Return a moment in words: as it was written, a span as so long ago."""
    if isinstance(moment, datetime):
        return f"{moment:%Y-%m-%d %H:%M}"
    if isinstance(moment, timedelta):
        return f"{duration(moment.total_seconds())} ago"
    return f"{moment} ago" if isinstance(moment, str) and _SPAN.fullmatch(moment.strip()) else str(moment)
