"""How much ran at once: over a stretch of time, and at most."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate

from nbflow.frozen import frozen
from nbflow.views.timeline.axis import Axis
from nbflow.views.timeline.spans import Span


@frozen
class Density:
    """How many ran at once, on average, in each of as many equal parts of an axis, by status."""

    by_status: Mapping[str, Sequence[float]]

    @property
    def totals(self) -> list[float]:
        """All statuses together."""
        return [sum(each) for each in zip(*self.by_status.values(), strict=True)]

    @property
    def top(self) -> float:
        """The highest of `totals`."""
        return max(self.totals, default=0.0)


def density(spans: Iterable[Span], axis: Axis, parts: int) -> Density:
    """Return how much of `spans` there is in each of `parts` equal parts of `axis`."""
    wide = axis.seconds / parts
    #: what covers a part in full is noted where it begins and ends, what covers it in part at the part itself
    full: dict[str, list[float]] = {}
    partly: dict[str, list[float]] = {}
    for span in spans:
        start, end = max(span.start, axis.start), min(span.end, axis.end)
        if end < start:
            continue
        steps = full.setdefault(span.status, [0.0] * (parts + 1))
        ends = partly.setdefault(span.status, [0.0] * parts)
        first = min(parts - 1, int((start - axis.start) / wide))
        last = min(parts - 1, int((end - axis.start) / wide))
        if first == last:
            ends[first] += (end - start) / wide
            continue
        ends[first] += (axis.start + (first + 1) * wide - start) / wide
        ends[last] += (end - axis.start - last * wide) / wide
        steps[first + 1] += 1.0
        steps[last] -= 1.0
    return Density(
        {
            status: [max(0.0, whole + part) for whole, part in zip(accumulate(steps[:-1]), partly[status], strict=True)]
            for status, steps in full.items()
        }
    )


def most_at_once(spans: Iterable[Span]) -> int:
    """Return how many of `spans` there were at once, at most; one that ends as another begins is over."""
    turns = sorted([turn for span in spans for turn in ((span.start, 1), (span.end, -1)) if span.end > span.start])
    return max(accumulate(change for _, change in turns), default=0) if turns else 0


def gaps(spans: Iterable[Span], least: float) -> tuple[tuple[float, float], ...]:
    """Return the stretches of at least `least` seconds between `spans` in which none of them was."""
    found: list[tuple[float, float]] = []
    until: float | None = None
    for span in sorted(spans, key=lambda each: each.start):
        if until is not None and span.start - until >= least:
            found.append((until, span.start))
        until = span.end if until is None else max(until, span.end)
    return tuple(found)
