"""The bars of a timeline, one image a row: it stretches with its cell, and reads on light and dark grounds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest

from nbflow.cards.palette import AMBER, GREY, colour
from nbflow.views.timeline.axis import Axis
from nbflow.views.timeline.density import Density, density
from nbflow.views.timeline.plan import Plan, Row
from nbflow.views.timeline.spans import CAUGHT, WAIT, Span, Track

#: units from side to side, whatever the width; the narrowest bar; parts of a density
WIDE, _LEAST, _PARTS = 1000, 3.0, 250
#: pixels
TASK_HEIGHT, GROUP_HEIGHT = 21, 30
#: statuses from the ground of a density up
_STACK = ("succeeded", CAUGHT, "running", "cancelling", "cancelled", "lost", "failed")
_LINE = "#808080"
#: the line below what held the run up
HELD = "#e39a1f"


def paint(status: str) -> str:
    """Return the colour of a span."""
    return AMBER if status == CAUGHT else GREY if status == WAIT else colour(status)


def row_svg(row: Row, plan: Plan) -> str:
    """Return the image of a row."""
    if not row.group:
        return track_svg(row.tracks[0] if row.tracks else None, plan)
    critical = [span for track in row.tracks if track.task.key in plan.critical for span in track.spans]
    held = [
        *_ground(plan, GROUP_HEIGHT),
        *_stacked(row.spans, plan.axis, GROUP_HEIGHT),
        *_held(critical, plan.axis, GROUP_HEIGHT),
    ]
    return _document(held, GROUP_HEIGHT)


def track_svg(track: Track | None, plan: Plan) -> str:
    """Return the image of a task."""
    held = list(_ground(plan, TASK_HEIGHT))
    if track is not None:
        held += _bars(track.spans, plan.axis)
        if track.task.key in plan.critical:
            held += _held(track.spans, plan.axis, TASK_HEIGHT)
    return _document(held, TASK_HEIGHT)


def whole_svg(plan: Plan) -> str:
    """Return the image of all tasks together: how much ran at once."""
    return _document([*_ground(plan, GROUP_HEIGHT), *_stacked(plan.spans, plan.axis, GROUP_HEIGHT)], GROUP_HEIGHT)


def placed(spans: Iterable[Span], axis: Axis, least: float = _LEAST / WIDE) -> list[tuple[float, float, str]]:
    """Return (start, length, status) of the bars of one row, as shares of the axis.

    Each is at least `least` long, so that it is seen, unless the next one begins before; none leaves the axis or
    overlaps another.
    """
    shown = [span for span in spans if span.end >= axis.start and span.start <= axis.end]
    found: list[tuple[float, float, str]] = []
    edge = 0.0
    for span, following in zip_longest(shown, shown[1:]):
        start = max(edge, axis.share(span.start))
        end = axis.share(span.end)
        if span.status != WAIT:
            limit = 1.0 if following is None or following.status == WAIT else max(end, axis.share(following.start))
            end = min(limit, max(end, start + least))
            start = max(edge, min(start, end - least)) if limit == 1.0 else start
        if end > start:
            found.append((start, end - start, span.status))
            edge = end
    return found


def _bars(spans: Sequence[Span], axis: Axis) -> Iterator[str]:
    for start, length, status in placed(spans, axis):
        x, width = start * WIDE, length * WIDE
        if status == WAIT:
            yield _line(x, x + width, TASK_HEIGHT / 2, GREY, dashed=True)
        else:
            yield _rect(x, 5, width, TASK_HEIGHT - 10, paint(status))


def _stacked(spans: Sequence[Span], axis: Axis, height: int) -> Iterator[str]:
    found = density(spans, axis, _PARTS)
    room = height - 7
    top = found.top
    if top <= 0:
        yield from _moments(spans, axis, height)
        return
    floor = [0.0] * _PARTS
    for status in sorted(found.by_status, key=lambda each: _STACK.index(each) if each in _STACK else 0):
        ceiling = [low + part for low, part in zip(floor, found.by_status[status], strict=True)]
        yield from _areas(floor, ceiling, room / top, height - 3, paint(status))
        floor = ceiling
    yield from _failures(spans, axis, found)


def _areas(floor: Sequence[float], ceiling: Sequence[float], scale: float, base: float, fill: str) -> Iterator[str]:
    """Return what is between two lines of steps, a shape for each stretch in which there is something."""
    wide = WIDE / len(floor)
    at = 0
    while at < len(floor):
        if ceiling[at] - floor[at] <= 1e-9:
            at += 1
            continue
        first = at
        while at < len(floor) and ceiling[at] - floor[at] > 1e-9:
            at += 1
        # what is there at all is seen
        up = " ".join(
            f"H{_number(part * wide)}V{_number(base - max(ceiling[part] * scale, floor[part] * scale + 1))}H{_number((part + 1) * wide)}"
            for part in range(first, at)
        )
        down = "".join(
            f"V{_number(base - floor[part] * scale)}H{_number(part * wide)}" for part in range(at - 1, first - 1, -1)
        )
        yield f'<path d="M{_number(first * wide)},{_number(base - floor[first] * scale)}{up}{down}Z" fill="{fill}"/>'


def _failures(spans: Sequence[Span], axis: Axis, found: Density) -> Iterator[str]:
    """Return a mark for each moment at which something failed: an area of few among many is hardly seen."""
    if "failed" not in found.by_status:
        return
    ends = {round(axis.share(span.end) * _PARTS) for span in spans if span.status == "failed"}
    for part in sorted(ends):
        yield _rect(min(part / _PARTS * WIDE, WIDE - _LEAST), 0, _LEAST, 4, paint("failed"))


def _moments(spans: Sequence[Span], axis: Axis, height: int) -> Iterator[str]:
    """Return what took no time at all as marks."""
    for part in sorted({round(axis.share(span.start) * _PARTS) for span in spans}):
        yield _rect(min(part / _PARTS * WIDE, WIDE - _LEAST), 4, _LEAST, height - 5, paint(spans[0].status))


def _held(spans: Sequence[Span], axis: Axis, height: int) -> Iterator[str]:
    """Return the line below what held the run up."""
    for span in spans:
        start, end = axis.share(span.start) * WIDE, axis.share(span.end) * WIDE
        yield _rect(min(start, WIDE - _LEAST), height - 2.6, max(_LEAST, end - start), 1.6, HELD)


def _ground(plan: Plan, height: int) -> Iterator[str]:
    for start, end in plan.gaps:
        x, width = plan.axis.share(start) * WIDE, (plan.axis.share(end) - plan.axis.share(start)) * WIDE
        if width > 0:
            yield f'<rect x="{_number(x)}" y="0" width="{_number(width)}" height="{height}" fill="{_LINE}" fill-opacity="0.13"/>'
    lines = "".join(f"M{_number(share * WIDE)},0V{height}" for share, _ in plan.axis.ticks())
    yield f'<path d="{lines}" stroke="{_LINE}" stroke-opacity="0.3" vector-effect="non-scaling-stroke"/>'


def _rect(x: float, y: float, width: float, height: float, fill: str) -> str:
    return (
        f'<rect x="{_number(x)}" y="{_number(y)}" width="{_number(width)}" height="{_number(height)}" fill="{fill}"/>'
    )


def _line(start: float, end: float, y: float, stroke: str, *, dashed: bool) -> str:
    dashes = ' stroke-dasharray="2 3"' if dashed else ""
    return (
        f'<path d="M{_number(start)},{_number(y)}H{_number(end)}" stroke="{stroke}" stroke-width="1.5"{dashes} '
        'vector-effect="non-scaling-stroke"/>'
    )


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _document(held: Iterable[str], height: int) -> str:
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDE} {height}" preserveAspectRatio="none">'
    return f"{head}{''.join(held)}</svg>"
