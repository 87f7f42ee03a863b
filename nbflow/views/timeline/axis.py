"""The axis of time: which moments are marked, and what is written there."""

from __future__ import annotations

import math

from nbflow.frozen import frozen

_SECOND, _MINUTE, _HOUR, _DAY = 1.0, 60.0, 3600.0, 86_400.0
#: distances that read well, in seconds
_STEPS = (
    *(part * scale for scale in (0.001, 0.01, 0.1) for part in (1, 2, 5)),
    *(part * _SECOND for part in (1, 2, 5, 10, 15, 30)),
    *(part * _MINUTE for part in (1, 2, 5, 10, 15, 30)),
    *(part * _HOUR for part in (1, 2, 3, 6, 12)),
    *(part * _DAY for part in (1, 2, 5)),
)


@frozen
class Axis:
    """A stretch of time that is shown, `start` to `end`; labels count from `zero`."""

    zero: float
    start: float
    end: float

    @property
    def seconds(self) -> float:
        return self.end - self.start

    def share(self, moment: float) -> float:
        """Return where a moment is, from 0 to 1; what is outside is at the edge."""
        return min(1.0, max(0.0, (moment - self.start) / self.seconds))

    def ticks(self, most: int = 6) -> tuple[tuple[float, str], ...]:
        """Return (share, label) of at most `most` moments, evenly apart."""
        step = _distance(self.seconds / most)
        first = math.ceil((self.start - self.zero) / step - 1e-9)
        last = math.floor((self.end - self.zero) / step + 1e-9)
        # whole steps, so that no error adds up
        places = [number * step for number in range(first, last + 1)][:most]
        return tuple((self.share(self.zero + place), label(place, step)) for place in places)


def axis(zero: float, start: float, end: float) -> Axis:
    """Return an axis that has a length, whatever it shows."""
    return Axis(zero, start, max(end, start + 0.001))


def _distance(least: float) -> float:
    for step in _STEPS:
        if step >= least:
            return step
    days = least / _DAY
    scale = 10.0 ** math.floor(math.log10(days))
    return next(part * scale for part in (1, 2, 5, 10) if part * scale >= days - 1e-9) * _DAY


def label(seconds: float, step: float) -> str:
    """Return a moment of an axis that is marked every `step` seconds: `0`, `250 ms`, `1 min 30 s`, `2 d 12 h`."""
    if abs(seconds) < step / 2:
        return "0"
    sign = "-" if seconds < 0 else ""
    return sign + _spelled(abs(seconds), step)


def _spelled(seconds: float, step: float) -> str:
    if step < _SECOND and seconds < _SECOND - step / 2:
        return f"{round(seconds * 1000)} ms"
    if step < _SECOND and seconds < _MINUTE:
        return f"{seconds:.{max(0, -math.floor(math.log10(step) + 1e-9))}f} s"
    units = (("d", _DAY), ("h", _HOUR), ("min", _MINUTE), ("s", _SECOND))
    left, said = round(seconds, 3), []
    for name, size in units:
        count = int(left // size)
        left = round(left - count * size, 3)
        if count:
            said.append(f"{count} {name}")
    if left:
        said.append(f"{round(left * 1000)} ms")
    return " ".join(said)
