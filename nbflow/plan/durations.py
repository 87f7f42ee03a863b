"""Durations as a person writes them: 90s, 1h30m, P1DT2H, 0:30:00."""

from __future__ import annotations

import re
from datetime import timedelta

_UNITS = {"w": 604800.0, "d": 86400.0, "h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}
_PARTS = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|[wdhms])\s*")
_ISO = re.compile(
    r"P(?:(?P<w>\d+(?:\.\d+)?)W)?(?:(?P<d>\d+(?:\.\d+)?)D)?"
    r"(?:T(?:(?P<h>\d+(?:\.\d+)?)H)?(?:(?P<m>\d+(?:\.\d+)?)M)?(?:(?P<s>\d+(?:\.\d+)?)S)?)?"
)
_CLOCK = re.compile(r"(?:(?P<d>-?\d+) days?, )?(?P<h>\d+):(?P<m>\d\d)(?::(?P<s>\d\d(?:\.\d{1,6})?))?")


def parse_duration(text: str) -> timedelta:
    """Return the duration `text` says: seconds, `1h30m`, ISO 8601, or as Python prints one.

    Raises:
        ValueError: it says none.
        OverflowError: it says a longer one than Python can hold.
    """
    if " day" in text:
        return _positive(text)
    return -_positive(text[1:]) if text.startswith("-") else _positive(text.removeprefix("+"))


def _positive(text: str) -> timedelta:
    if re.fullmatch(r"\d+(\.\d+)?", text):
        return timedelta(seconds=float(text))
    iso = _ISO.fullmatch(text)
    found = iso if iso and any(iso.groupdict().values()) else _CLOCK.fullmatch(text)
    if found:
        # timedelta itself splits fractions exactly; a sum of floats would not
        number = {unit: float(part) for unit, part in found.groupdict().items() if part}
        return timedelta(
            weeks=number.get("w", 0),
            days=number.get("d", 0),
            hours=number.get("h", 0),
            minutes=number.get("m", 0),
            seconds=number.get("s", 0),
        )
    parts = _PARTS.findall(text)
    if not parts or _PARTS.sub("", text):
        raise ValueError(text)
    return sum((timedelta(seconds=float(number) * _UNITS[unit]) for number, unit in parts), timedelta())
