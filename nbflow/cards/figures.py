"""Durations, sizes and values as a person reads them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from pathlib import PurePath
from typing import Any
from uuid import UUID

from nbflow.cards.printable import one_line
from nbflow.model.value import decode

_MINUTE, _HOUR, _DAY = 60, 3600, 86_400


def duration(seconds: float | None) -> str:
    """Return `31 ms`, `0.31 s`, `3.2 s`, `12 s`, `3 min 05 s`, `2 h 04 min`, `3 d 4 h`; nothing for None."""
    if seconds is None:
        return ""
    seconds = max(0.0, seconds)
    if seconds < 0.0995:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 9.95:
        return f"{seconds:.2f} s" if seconds < 0.995 else f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < _MINUTE:
        return f"{whole} s"
    if whole < _HOUR:
        return f"{whole // _MINUTE} min {whole % _MINUTE:02} s"
    if whole < _DAY:
        return f"{whole // _HOUR} h {whole % _HOUR // _MINUTE:02} min"
    return f"{whole // _DAY} d {whole % _DAY // _HOUR} h"


def rough(seconds: float) -> str:
    """Return about how long: `a few seconds`, `20 s`, `3 min`, `2 h`, `3 days`."""
    if seconds < 7.5:
        return "a few seconds"
    if seconds < 90:
        return f"{5 * round(seconds / 5)} s" if seconds < 32.5 else f"{10 * round(seconds / 10)} s"
    if seconds < 1.5 * _HOUR:
        return f"{round(seconds / _MINUTE)} min"
    if seconds < 1.5 * _DAY:
        return f"{round(seconds / _HOUR)} h"
    return f"{round(seconds / _DAY)} days"


def size(count: int) -> str:
    """Return a number of bytes as `512 B`, `3.4 kB`, `12 MB`."""
    number, unit = float(count), "B"
    for larger in ("kB", "MB", "GB", "TB"):
        if number < 999.5:
            break
        number, unit = number / 1000, larger
    return f"{number:.0f} {unit}" if unit == "B" or number >= 9.95 else f"{number:.1f} {unit}"


def value(given: object, limit: int = 40) -> str:
    """Return a small value on one line: floats with four digits, dates and paths as text, the rest as Python does."""
    if isinstance(given, float):
        return f"{given:.4g}"
    plain = isinstance(given, date | timedelta | PurePath | Decimal | UUID)
    return one_line(str(given) if plain else repr(given), limit)


class _Members:
    """Stands for an Enum class that is not loaded: its members show by name."""

    def __init__(self, path: str) -> None:
        self._name = path.rpartition(":")[2].rpartition(".")[2]

    def __getitem__(self, member: str) -> _Shown:
        return _Shown(f"{self._name}.{member}")


class _Shown:
    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return self._text


def parameter(raw: Any, limit: int = 60) -> str:
    """Return a recorded parameter's value on one line."""
    try:
        return value(decode(raw, _Members), limit)
    except (ValueError, TypeError, KeyError, IndexError):
        return one_line(repr(raw), limit)


def parameters(recorded: Mapping[str, tuple[str, Any, str]], limit: int = 60) -> list[tuple[str, str, str]]:
    """Return (name, value, where it came from) of each."""
    return [(name, parameter(raw, limit), origin) for name, (_, raw, origin) in recorded.items()]


def several(count: int, one: str, many: str | None = None) -> str:
    """Return `1 task`, `2 tasks`."""
    return f"{count} {one if count == 1 else many or one + 's'}"
