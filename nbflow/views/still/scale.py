"""Where values stand along one side of a chart, and what is written there."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from nbflow.frozen import frozen
from nbflow.views.still.words import plain

_START = datetime(1970, 1, 1)  # noqa: DTZ001 - moments of a chart are as they are written
#: seconds between two marks
_SPANS = (
    *(1, 5, 15, 30, 60, 300, 900, 1800, 3600, 3 * 3600, 6 * 3600, 12 * 3600),
    *(86_400, 2 * 86_400, 7 * 86_400, 14 * 86_400),
)
_DAY, _MONTHS = 86_400, (1, 2, 3, 6, 12, 24, 60, 120)
#: pixels of a letter, and those that a mark of numbers or moments has
LETTER, _ACROSS, _UP = 6.4, 90, 38
_LABEL = 16

Mark = tuple[float, str]


@frozen
class Scale:
    """One axis: its values from `low` to `high`, in pixels from `start` to `end`."""

    kind: str
    low: float
    high: float
    start: float
    end: float
    names: Mapping[str, int]
    marks: tuple[Mark, ...] = ()

    def at(self, value: Any) -> float | None:
        """Return the pixel of a value; None: it has no place."""
        number = placed(value, self.kind, self.names)
        return None if number is None else self.along(number)

    def along(self, number: float) -> float:
        """Return the pixel of a place on the axis."""
        # halves: a span of two huge numbers may be too large for a float
        span = self.high / 2 - self.low / 2
        return self.start + (self.end - self.start) * ((number / 2 - self.low / 2) / span if span else 0.5)


def scale_of(
    axis: Mapping[str, Any], values: Sequence[Any], start: float, end: float, zero: Iterable[float] = ()
) -> Scale:
    """Return the axis of `values` as plotly's settings describe it; `zero` are further places that it must reach."""
    kind = _kind(axis, values)
    names = {name: place for place, name in enumerate(dict.fromkeys(map(str, values)))} if kind == "category" else {}
    places = [each for value in values if (each := placed(value, kind, names)) is not None]
    low, high = _ends(axis, [*places, *zero], kind)
    scale = Scale(kind, low, high, start, end, names)
    if axis.get("visible") is False:
        return scale
    return Scale(kind, low, high, start, end, names, tuple(_marks(axis, scale)))


def placed(value: Any, kind: str, names: Mapping[str, int]) -> float | None:
    """Return a value as a number along its axis."""
    if kind == "category":
        return names.get(str(value))
    if isinstance(value, datetime):
        return (value.replace(tzinfo=None) - _START).total_seconds()
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    if kind == "log":
        return math.log10(number) if 0 < number < math.inf else None
    return number if math.isfinite(number) else None


def _kind(axis: Mapping[str, Any], values: Sequence[Any]) -> str:
    if axis.get("type") in {"category", "log"}:
        return str(axis["type"])
    if any(isinstance(each, datetime) for each in values):
        return "date"
    return "category" if any(isinstance(each, str) for each in values) else "linear"


def _ends(axis: Mapping[str, Any], places: Sequence[float], kind: str) -> tuple[float, float]:
    given = axis.get("range")
    if isinstance(given, list | tuple) and len(given) == 2:
        return float(given[0]), float(given[1])
    low, high = (min(places), max(places)) if places else (0.0, 1.0)
    if kind == "category":
        return low - 0.5, high + 0.5
    alone = 43_200.0 if kind == "date" else abs(low) * 0.1 or 1.0
    room = (high / 2 - low / 2) * 0.1 or alone
    if axis.get("rangemode") == "tozero" and low >= 0:
        return 0.0, high + room
    return low - room, high + room


def _marks(axis: Mapping[str, Any], scale: Scale) -> Iterator[Mark]:
    room = abs(scale.end - scale.start)
    upright = scale.end < scale.start
    if (values := axis.get("tickvals")) is not None:
        texts = axis.get("ticktext") or values
        places = [
            (placed(value, scale.kind, scale.names), str(text)) for value, text in zip(values, texts, strict=False)
        ]
        yield from ((place, text) for place, text in places if place is not None)
    elif scale.kind == "category":
        yield from _named(scale.names, room)
    elif scale.kind == "date":
        yield from _moments(scale.low, scale.high, max(2, int(room / _ACROSS)))
    else:
        many = max(2, int(room / (_UP if upright else _ACROSS)))
        yield from _numbers(scale, many, whole=axis.get("tickformat") == "d")


def _named(names: Mapping[str, int], room: float) -> Iterator[Mark]:
    """Give so many names as have room beside each other."""
    texts = {place: _short(plain(name)) for name, place in names.items()}
    wide = (max(map(len, texts.values()), default=1) + 1.5) * LETTER
    each = max(1, math.ceil(len(names) * wide / max(room, 1)))
    yield from ((place, text) for place, text in texts.items() if place % each == 0)


def _short(name: str) -> str:
    return name if len(name) <= _LABEL else f"{name[: _LABEL - 1]}…"


def _numbers(scale: Scale, many: int, *, whole: bool) -> Iterator[Mark]:
    raw = (scale.high / 2 - scale.low / 2) / many * 2
    if not 0 < raw < math.inf:
        return
    base = 10.0 ** math.floor(math.log10(raw))
    step = next(base * each for each in (1, 2, 5, 10) if base * each >= raw * 0.999)
    step = max(1.0, step) if whole else step
    first, last = math.ceil(scale.low / step), math.floor(scale.high / step)
    for number in range(first, min(last, first + 50) + 1):
        value = number * step
        yield value, f"{10**value:.3g}" if scale.kind == "log" else f"{value:.6g}"


def _moments(low: float, high: float, many: int) -> Iterator[Mark]:
    span = next((each for each in _SPANS if (high - low) / each <= many), None)
    if span is None:
        yield from _months(low, high, many)
        return
    form = "%d %b" if span >= _DAY else "%H:%M" if span >= 60 else "%H:%M:%S"
    day = ""
    for number in range(math.ceil(low / span), math.floor(high / span) + 1):
        moment = _START + timedelta(seconds=number * span)
        text, now = f"{moment:{form}}", f"{moment:%d %b}"
        # of several days each is named once
        yield number * span, text if span >= _DAY or now == day else f"{now} {text}"
        day = now


def _months(low: float, high: float, many: int) -> Iterator[Mark]:
    first, last = _START + timedelta(seconds=low), _START + timedelta(seconds=high)
    months = range(first.year * 12 + first.month, last.year * 12 + last.month)
    step = next((each for each in _MONTHS if len(months) / each <= many), _MONTHS[-1])
    for month in months:
        if month % step == 0:
            moment = datetime(month // 12, month % 12 + 1, 1)  # noqa: DTZ001 - as above
            yield (moment - _START).total_seconds(), f"{moment:%b %Y}"
