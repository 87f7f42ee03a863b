"""What a timeline shows: its rows, its axis and its figures, for what somebody wants to see of a run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field

from nbflow.cards.palette import URGENCY
from nbflow.frozen import frozen
from nbflow.model.ids import TaskKey
from nbflow.model.record import RunRecord, StepSummary
from nbflow.views.timeline.axis import Axis, axis
from nbflow.views.timeline.critical import critical_path
from nbflow.views.timeline.density import gaps, most_at_once
from nbflow.views.timeline.spans import CAUGHT, Span, Track

#: tasks of an unfolded step that are listed at once
PAGE = 100
#: part of the axis from which on a pause is worth showing
_GAP = 0.015

FLOW_ORDER, BY_START, BY_TIME = "flow", "start", "time"
ORDERS = {FLOW_ORDER: "in flow order", BY_START: "by start", BY_TIME: "longest first"}


@frozen
class Wanted:
    """What somebody wants to see."""

    order: str = FLOW_ORDER
    #: only tasks of this status; empty: all
    status: str = ""
    #: only this step, on an axis of its own; empty: all
    step: str = ""
    #: steps whose tasks are listed, each with the page that is shown
    unfolded: Mapping[str, int] = field(default_factory=dict)


@frozen
class Row:
    """One line of a timeline: a task, or a step with all its tasks."""

    step: StepSummary
    tracks: tuple[Track, ...]
    #: it stands for all tasks of its step
    group: bool
    #: of an unfolded step: the tasks that are listed below it, and the place of the first of them
    below: tuple[Track, ...] = ()
    first: int = 0

    @property
    def status(self) -> str:
        """What is most worth knowing of its tasks."""
        found = {status_of(track) for track in self.tracks}
        if CAUGHT in found:
            found = found - {CAUGHT} or {CAUGHT}
        return next((status for status in URGENCY if status in found), next(iter(found), "waiting"))

    @property
    def counts(self) -> Counter[str]:
        """How many of its tasks have which status."""
        return Counter(status_of(track) for track in self.tracks)

    @property
    def spans(self) -> tuple[Span, ...]:
        """All that ran in it."""
        return tuple(span for track in self.tracks for span in track.tries)

    @property
    def busy(self) -> float:
        return sum(track.busy for track in self.tracks)

    @property
    def start(self) -> float | None:
        return min((track.start for track in self.tracks if track.start is not None), default=None)

    @property
    def end(self) -> float | None:
        return max((track.end for track in self.tracks if track.end is not None), default=None)

    @property
    def seconds(self) -> float | None:
        """From its first start to its last end."""
        return None if self.start is None or self.end is None else self.end - self.start


@frozen
class Figures:
    """A run in numbers."""

    tasks: int
    counts: Counter[str]
    #: tries beyond the first
    retries: int
    #: seconds in which tasks ran, all together
    busy: float
    #: seconds from the first start to the last end
    span: float
    #: seconds of it in which nothing ran
    idle: float
    #: tasks at once
    most: int

    @property
    def mean(self) -> float:
        """How many tasks ran at once on average."""
        return self.busy / self.span if self.span > 0 else 0.0


@frozen
class Plan:
    """A timeline, ready to be drawn."""

    axis: Axis
    rows: tuple[Row, ...]
    #: pauses in which no task of the run ran
    gaps: tuple[tuple[float, float], ...]
    figures: Figures
    #: tasks that held the run up, first to last
    critical: tuple[TaskKey, ...]
    wanted: Wanted
    #: names of all steps, and statuses that tasks have, to choose from
    steps: tuple[str, ...]
    statuses: tuple[str, ...]
    #: everything that ran, whatever is shown of it
    spans: tuple[Span, ...] = ()
    #: the run has ended
    ended: bool = False

    @property
    def empty(self) -> str:
        """That there is no task, in words; nothing where there is one."""
        if self.figures.tasks:
            return ""
        return "No task ran." if self.ended else "Nothing has run yet."


def plan(run: RunRecord, steps: Sequence[StepSummary], tracks: Sequence[Track], wanted: Wanted, now: float) -> Plan:
    """Return what is shown of a run. `steps` in flow order; those that only tasks know come last."""
    by_step: dict[str, list[Track]] = {step.name: [] for step in steps}
    known: dict[str, StepSummary] = {step.name: step for step in steps}
    for track in tracks:
        by_step.setdefault(track.task.step, []).append(track)
        known.setdefault(track.task.step, StepSummary(track.task.step, (), ()))
    spans = tuple(span for track in tracks for span in track.tries)
    shown = _axis(run, tracks, by_step.get(wanted.step), now)
    rows = [
        _row(known[name], found, wanted)
        for name, found in by_step.items()
        if wanted.step in {"", name} and (found or not run.status.ended) and _has(found, wanted.status)
    ]
    pauses = gaps(spans, 0.0)
    return Plan(
        axis=shown,
        rows=tuple(_ordered(rows, wanted.order)),
        gaps=tuple(each for each in pauses if each[1] - each[0] >= _GAP * shown.seconds),
        figures=_figures(tracks, spans, sum(end - start for start, end in pauses)),
        critical=critical_path(list(known.values()), tracks),
        wanted=wanted,
        steps=tuple(by_step),
        statuses=tuple(dict.fromkeys(status_of(track) for track in tracks)),
        spans=spans,
        ended=run.status.ended,
    )


def status_of(track: Track) -> str:
    """Return what a task is said to be, a caught failure as one."""
    task = track.task
    if task.caught:
        return CAUGHT
    return {"submitted": "running", "ready": "waiting"}.get(task.status.value, task.status.value)


def _has(found: Sequence[Track], status: str) -> bool:
    return not status or any(status_of(track) == status for track in found)


def _axis(run: RunRecord, tracks: Sequence[Track], step: Sequence[Track] | None, now: float) -> Axis:
    began = run.started_at or run.created_at
    starts = [track.start for track in tracks if track.start is not None]
    # a draft collects what cells ran over days: it begins with what is there
    zero = min(starts, default=began) if run.kind != "run" else min(began, *starts) if starts else began
    chosen = [track for track in (step or tracks) if track.start is not None and track.end is not None]
    start = min((track.start for track in chosen if track.start is not None), default=zero) if step else zero
    end = max((track.end for track in chosen if track.end is not None), default=now if not run.status.ended else zero)
    return axis(zero, start, end)


def _row(step: StepSummary, found: Sequence[Track], wanted: Wanted) -> Row:
    chosen = tuple(track for track in found if wanted.status in {"", status_of(track)})
    group = len(found) > 1 or bool(step.scope)
    if not group:
        return Row(step, chosen, group=False)
    unfolded = wanted.unfolded.get(step.name, 0 if wanted.step == step.name else None)
    if unfolded is None:
        return Row(step, chosen, group=True)
    first = min(max(0, unfolded), max(0, len(chosen) - 1) // PAGE) * PAGE
    below = tuple(sorted_tracks(chosen, wanted.order)[first : first + PAGE])
    return Row(step, chosen, group=True, below=below, first=first)


def sorted_tracks(found: Iterable[Track], order: str) -> list[Track]:
    """Return tasks in an order: of a flow that of their items, those without any time last."""
    if order == BY_START:
        return sorted(found, key=lambda each: (each.start is None, each.start or 0.0))
    if order == BY_TIME:
        return sorted(found, key=lambda each: -each.busy)
    return sorted(found, key=lambda each: (each.task.path, each.task.iteration))


def _ordered(rows: Sequence[Row], order: str) -> Sequence[Row]:
    if order == BY_START:
        return sorted(rows, key=lambda row: (row.start is None, row.start or 0.0))
    return sorted(rows, key=lambda row: -row.busy) if order == BY_TIME else rows


def _figures(tracks: Sequence[Track], spans: Sequence[Span], idle: float) -> Figures:
    first = min((span.start for span in spans), default=0.0)
    last = max((span.end for span in spans), default=0.0)
    return Figures(
        tasks=len(tracks),
        counts=Counter(status_of(track) for track in tracks),
        retries=sum(max(0, len(track.tries) - 1) for track in tracks),
        busy=sum(span.seconds for span in spans),
        span=last - first,
        idle=idle,
        most=most_at_once(spans),
    )
