"""The steps of a run as a table: how far each is, when it ran, what it left."""

from __future__ import annotations

from collections.abc import Sequence

from nbflow.cards import html as h
from nbflow.cards.figures import duration, several
from nbflow.cards.html import Content, Html
from nbflow.cards.palette import colour, mark
from nbflow.cards.printable import one_line
from nbflow.model.record import RunRecord, TaskRecord
from nbflow.model.status import TaskStatus
from nbflow.views.kept import dropped, kept
from nbflow.views.tally import Tally

#: pixels of the time axis, and of a step's bar
_AXIS, _BAR = 46, 60
#: columns are fixed, so that they keep still while a run goes on
_WIDTHS = ("26%", "28%", "20%", "26%")
#: order of the segments of a bar, and of the words beside it
SEGMENTS = (
    TaskStatus.SUCCEEDED,
    TaskStatus.REUSED,
    TaskStatus.SKIPPED,
    TaskStatus.FAILED,
    TaskStatus.LOST,
    TaskStatus.CANCELLED,
    TaskStatus.CANCELLING,
    TaskStatus.RUNNING,
)


def step_table(run: RunRecord, steps: Sequence[Tally], now: float) -> Html:
    """Return one row per step."""
    if not steps:
        return Html("")
    span = _span(run, steps, now)
    rows = [
        (_name(tally), _tasks(tally, ended=run.status.ended), _time(tally, span, now), _left(tally)) for tally in steps
    ]
    return h.table(rows, head=("step", "tasks", "time", "kept"), width="100%", widths=_WIDTHS)


def _span(run: RunRecord, steps: Sequence[Tally], now: float) -> tuple[float, float]:
    starts = [start for tally in steps if (start := tally.started()) is not None]
    first = min(starts, default=run.started_at or run.created_at)
    ends = [end for tally in steps if (end := tally.finished(now)) is not None]
    last = max(ends, default=now)
    return first, max(last, first + 1e-6)


def _name(tally: Tally) -> Html:
    status = tally.status
    shown = h.text(h.breaking(one_line(tally.step.name, 48)), "font-weight:bold", title=place(tally))
    return h.join([h.text(mark(status), f"color:{colour(status)}"), "\u00a0", shown])


def place(tally: Tally) -> str:
    """Return where a step stands in its flow, on one line."""
    step = tally.step
    parts = [step.name, step.label]
    if step.scope and step.scope[-1] != step.name:
        parts.append(f"per item of {step.scope[-1]}")
    if step.givers:
        parts.append("after " + ", ".join(step.givers))
    return " · ".join(one_line(part, 300) for part in parts if part)


def _tasks(tally: Tally, *, ended: bool) -> Content:
    if not tally.tasks:
        return h.faint("not run" if ended else "waiting")
    if len(tally.tasks) == 1 and not tally.step.scope:
        return _single(tally)
    said = words(tally)
    shares = [(tally.counts[each] / len(tally.tasks), colour(each.value)) for each in SEGMENTS]
    counted = h.text(f"{tally.done} of {len(tally.tasks)}", "white-space:nowrap")
    bar = h.bar(shares, title=", ".join([f"{tally.done} of {len(tally.tasks)} done", *said]), width=_BAR)
    return h.join(
        [bar, " ", counted, *(h.join([h.faint("\u00a0· "), h.text(word, "white-space:nowrap")]) for word in said)]
    )


def words(tally: Tally) -> list[str]:
    """Return what is worth saying beside `12 of 40`."""
    quiet = {TaskStatus.SUCCEEDED}
    said = [f"{tally.counts[each]} {each.value}" for each in SEGMENTS if tally.counts[each] and each not in quiet]
    caught = sum(task.caught for task in tally.tasks)
    return [*said, f"{caught} caught"] if caught else said


def outcome(task: TaskRecord) -> list[tuple[str, str]]:
    """Return how a task stands in a few parts, each with what is to be said of it on demand."""
    # what a scheduler tells apart is the same to a person
    plain = {TaskStatus.SUBMITTED: TaskStatus.RUNNING, TaskStatus.READY: TaskStatus.WAITING}
    said = [(plain.get(task.status, task.status).value, "")]
    if task.status is TaskStatus.REUSED and task.origin:
        said = [("reused", f"the result of {one_line(task.origin, 200)}")]
    elif task.status is TaskStatus.SKIPPED and task.reason:
        said.append((one_line(task.reason, 60), one_line(task.reason, 300)))
    elif task.caught and task.failure:
        text = f"{task.failure.type}: {task.failure.message}"
        said = [("caught", ""), (one_line(text, 60), one_line(text, 300))]
    if task.attempt and task.status is not TaskStatus.REUSED:
        said.append((f"attempt {task.attempt + 1}", ""))
    if task.sampled:
        said.append(("on a sample", ""))
    return said


def _single(tally: Tally) -> Content:
    (first, title), *rest = outcome(tally.tasks[0])
    return h.join([h.text(first, title=title or None), *(h.faint(each, title=why or None) for each, why in rest)], " ")


def _time(tally: Tally, span: tuple[float, float], now: float) -> Content:
    """Return when the step ran, on one axis for all steps, and how long."""
    first, last = tally.started(), tally.finished(now)
    if first is None or last is None:
        return ""
    whole = span[1] - span[0]
    # never so short that it cannot be seen
    share = min(1.0, max(0.02, (last - first) / whole))
    before = min(max(0.0, (first - span[0]) / whole), 1.0 - share)
    title = f"{duration(first - span[0])} after the start, {duration(last - first)} long"
    if len(tally.tasks) > 1:
        spent = sum((task.finished_at or now) - task.started_at for task in tally.tasks if task.started_at is not None)
        title += f"; {several(len(tally.tasks), 'task')} took {duration(spent)} together"
    bar = h.bar([(before, "transparent"), (share, colour(tally.status))], title=title, width=_AXIS)
    return h.text(h.join([bar, " ", duration(last - first)]), "white-space:nowrap")


def _left(tally: Tally) -> Content:
    said = kept(tally.tasks, 5)
    lost = dropped(tally.tasks, 3)
    parts = [h.text(said, title=kept(tally.tasks, 40) if said.endswith("more") else None)] if said else []
    if lost:
        parts.append(h.faint(f"not kept: {lost}"))
    return h.join(parts, h.faint("\u00a0· "))
