"""When a task ran: its tries, and the waits between them, as spans of time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from nbflow.frozen import frozen
from nbflow.model.ids import TaskKey
from nbflow.model.record import AttemptRecord, RunRecord, TaskRecord
from nbflow.model.status import TaskStatus

#: what a span is called that is no try: the time until the next one
WAIT = "wait"
#: of a task whose failure was caught: it went on, and yet it failed
CAUGHT = "caught"


@frozen
class Span:
    """A stretch of time, in seconds since the epoch."""

    start: float
    end: float
    #: status of a try, `caught` or `wait`
    status: str

    @property
    def seconds(self) -> float:
        return self.end - self.start


@frozen
class Track:
    """A task with its spans, in their order; none: it took no time of this run."""

    task: TaskRecord
    spans: tuple[Span, ...] = ()

    @property
    def start(self) -> float | None:
        return self.spans[0].start if self.spans else None

    @property
    def end(self) -> float | None:
        return self.spans[-1].end if self.spans else None

    @property
    def tries(self) -> tuple[Span, ...]:
        """The spans in which something ran."""
        return tuple(span for span in self.spans if span.status != WAIT)

    @property
    def busy(self) -> float:
        """Seconds in which something ran."""
        return sum(span.seconds for span in self.tries)


def tracks(
    run: RunRecord,
    tasks: Iterable[TaskRecord],
    attempts: Mapping[tuple[str, str], Sequence[AttemptRecord]],
    now: float,
) -> tuple[Track, ...]:
    """Return the tasks of `run` as tracks; `attempts` by (step, task) of those that were tried more than once."""
    last = _last_sign(run, now)
    return tuple(Track(task, _spans(task, attempts.get((task.step, task.id), ()), run, last)) for task in tasks)


def _last_sign(run: RunRecord, now: float) -> float:
    """Return until when what has no end has run: now, or when the run was last heard of."""
    if not run.status.ended:
        return now
    return run.finished_at or run.heartbeat_at or run.started_at or run.created_at


def _spans(task: TaskRecord, attempts: Sequence[AttemptRecord], run: RunRecord, last: float) -> tuple[Span, ...]:
    # a result that was taken over keeps the times of the run that made it
    if task.status in {TaskStatus.REUSED, TaskStatus.SKIPPED}:
        return ()
    tries = [each for each in attempts if each.started_at is not None]
    found: list[Span] = []
    for each in sorted(tries, key=lambda one: one.number):
        counts = each.number == task.attempt and task.status is not TaskStatus.WAITING
        _add(found, each.started_at, each.finished_at, _said(task) if counts else each.status.value, last)
    known = any(each.number == task.attempt for each in tries)
    if not known and task.started_at is not None:
        _add(found, task.started_at, task.finished_at, _said(task), last)
    if found and task.status is TaskStatus.WAITING and not run.status.ended:
        # a task that failed and has another try
        found.append(Span(found[-1].end, max(last, found[-1].end), WAIT))
    return tuple(found)


def _add(found: list[Span], start: float | None, end: float | None, status: str, last: float) -> None:
    if start is None:
        return
    if found:
        # clocks of two machines may differ: nothing overlaps all the same
        start = max(start, found[-1].end)
        if start > found[-1].end:
            found.append(Span(found[-1].end, start, WAIT))
    found.append(Span(start, max(start, last if end is None else end), status))


def _said(task: TaskRecord) -> str:
    if task.caught:
        return CAUGHT
    return "running" if task.status is TaskStatus.SUBMITTED else task.status.value


def by_key(found: Iterable[Track]) -> dict[TaskKey, Track]:
    """Return tracks by the key of their task."""
    return {track.task.key: track for track in found}
