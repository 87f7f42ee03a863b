"""A timeline for a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from nbflow.cards.figures import duration, several
from nbflow.cards.printable import one_line
from nbflow.views.timeline.density import density, most_at_once
from nbflow.views.timeline.plan import Plan, Row
from nbflow.views.timeline.spans import WAIT, Span
from nbflow.views.timeline.svg import placed
from nbflow.views.timeline.words import figures, sign, tally

_LEVELS = " ▁▂▃▄▅▆▇█"
#: what runs, what waits for another try, and a try that failed
_RAN, _WAITS, _FAILED = "▇", "·", "x"
_BAD = {"failed", "lost"}
_NAME = 28


def text(plan: Plan, title: str, width: int = 100) -> str:
    """Return the timeline, `width` characters wide."""
    lines = [title, *(["  " + " · ".join(said for said, _ in figures(plan))] if plan.figures.tasks else [])]
    if not plan.rows:
        return "\n".join([*lines, f"  {plan.empty or 'no task is like that'}"])
    wide = max([8, *(len(_name(row)) for row in plan.rows)])
    wide = min(wide, _NAME)
    took = [_took(row) for row in plan.rows]
    room = max(16, width - wide - max(map(len, took)) - 6)
    lines.append(f"  {'':<{wide}}  {_axis(plan, room)}")
    for row, said in zip(plan.rows, took, strict=True):
        bar = _levels(row, plan, room) if row.group else _bar(row, plan, room)
        lines.append(f"  {_name(row):<{wide}}  {bar}  {said}".rstrip())
    return "\n".join(line if len(line) <= width else line[: width - 1] + "…" for line in lines)


def _name(row: Row) -> str:
    return one_line(f"{sign(row.status)} {row.step.name}", _NAME)


def _axis(plan: Plan, room: int) -> str:
    line = [" "] * room
    for share, said in plan.axis.ticks(max(2, room // 9)):
        at = round(share * room)
        if at + len(said) <= room:
            line[at : at + len(said)] = said
    return "".join(line)


def _bar(row: Row, plan: Plan, room: int) -> str:
    line = [" "] * room
    spans: Sequence[Span] = row.tracks[0].spans if row.tracks else ()
    for start, length, status in placed(spans, plan.axis, 1 / room):
        first = min(room - 1, round(start * room))
        last = max(first + 1, min(room, round((start + length) * room)))
        letter = _WAITS if status == WAIT else _FAILED if status in _BAD else _RAN
        line[first:last] = letter * (last - first)
    return "".join(line)


def _levels(row: Row, plan: Plan, room: int) -> str:
    found = density(row.spans, plan.axis, room)
    totals = found.totals or [0.0] * room
    top = found.top or 1.0
    return "".join(_LEVELS[0 if each <= 0 else max(1, round(each / top * 8))] for each in totals)


def _took(row: Row) -> str:
    if row.seconds is None:
        return tally(row) if row.group else row.status
    if not row.group:
        tries = len(row.tracks[0].tries)
        return duration(row.busy) + (f", {several(tries, 'try', 'tries')}" if tries > 1 else "")
    bad = sum(row.counts[status] for status in _BAD)
    said = f"{duration(row.seconds)}, {len(row.tracks):,} tasks, {most_at_once(row.spans):,} at once"
    return f"{said}, {bad:,} failed" if bad else said
