"""The line under a step cell: what ran, how long, what it left. As HTML, as text, and both as one display."""

from __future__ import annotations

from collections.abc import Sequence

from nbflow.cards import html as h
from nbflow.cards.figures import duration
from nbflow.cards.html import Content
from nbflow.cards.palette import colour, mark
from nbflow.cards.printable import one_line
from nbflow.frozen import frozen
from nbflow.model.ids import StepName
from nbflow.model.record import StepSummary, TaskRecord
from nbflow.model.status import TaskStatus
from nbflow.views.kept import dropped, kept
from nbflow.views.tally import Tally


@frozen
class StepLine:
    """All that the line says."""

    step: str
    #: its tasks of this cell run
    tasks: tuple[TaskRecord, ...] = ()
    #: seconds the cell took
    seconds: float | None = None
    #: step whose foreach it is in
    per: str = ""
    #: items which that foreach has; None where all of them ran
    items: int | None = None
    #: what a join saw of the items, as `1 of 4 items of train`; empty where it saw all
    sample: str = ""
    #: further remarks, as `load is stale`
    remarks: tuple[str, ...] = ()
    #: the cell only defined the step
    defined: bool = False


def html(line: StepLine) -> str:
    """Return the line as HTML."""
    status = _status(line)
    parts: list[Content] = [h.text(one_line(line.step, 80), "font-weight:bold")]
    parts += [h.faint(said) if quiet else said for said, quiet in _said(line)]
    first = h.text(mark(status), f"color:{colour(status)}")
    style = "font-size:12px;line-height:1.5;margin:2px 0;overflow-wrap:break-word"
    return h.block(first, " ", h.join(parts, h.faint("\u00a0· ")), *_remarks_html(line), style=style)


def text(line: StepLine) -> str:
    """Return the line as text."""
    said = " · ".join([one_line(line.step, 80), *(part for part, _ in _said(line))])
    return "\n".join([f"{mark(_status(line))} {said}", *(f"  ! {remark}" for remark in _remarks(line))])


def bundle(line: StepLine) -> dict[str, str]:
    """Return the line as a display's data."""
    return {"text/html": html(line), "text/plain": text(line)}


def _status(line: StepLine) -> str:
    tally = Tally(StepSummary(StepName(line.step), (), ()))
    tally.counts.update(task.status for task in line.tasks)
    return tally.status if line.tasks else ""


def _said(line: StepLine) -> list[tuple[str, bool]]:
    """Return what the line says behind the name; True: in a lower voice."""
    if line.defined:
        return [("defined, not run", True)]
    said: list[tuple[str, bool]] = []
    if outcome := _outcome(line):
        said.append((outcome, False))
    if line.seconds is not None:
        said.append((duration(line.seconds), True))
    result = any(task.status.has_result for task in line.tasks)
    left = kept(line.tasks)
    if result:
        said.append((f"keeps {left}" if left else "keeps nothing", False))
    if line.per:
        ran = len(line.tasks)
        of = f" ({ran} of {line.items})" if line.items is not None and line.items > ran else f" ({ran})"
        said.append((f"per item of {one_line(line.per, 80)}{of}", True))
    if any(task.sampled for task in line.tasks):
        said.append((f"on a sample: {line.sample}" if line.sample else "on a sample", True))
    if lost := dropped(line.tasks):
        said.append((f"not kept: {lost}", True))
    return said


def _outcome(line: StepLine) -> str:
    """Return how it went, where that is not plain success."""
    tasks = line.tasks
    caught = next((task.failure for task in tasks if task.caught and task.failure), None)
    if caught is not None:
        return one_line(f"caught {caught.type}: {caught.message}", 120)
    statuses = {task.status for task in tasks}
    if statuses == {TaskStatus.REUSED}:
        origin = tasks[0].origin if len(tasks) == 1 else None
        return one_line(f"reused from {origin}" if origin else "reused", 120)
    if statuses == {TaskStatus.SKIPPED}:
        reason = tasks[0].reason
        return one_line(f"skipped: {reason}" if reason else "skipped", 120)
    other = statuses - {TaskStatus.SUCCEEDED, TaskStatus.REUSED}
    counts = [f"{sum(task.status is each for task in tasks)} {each.value}" for each in TaskStatus if each in other]
    return ", ".join(counts) if len(tasks) > 1 else "".join(each.value for each in other)


def _remarks(line: StepLine) -> list[str]:
    notes = [note for task in line.tasks for note in task.notes]
    return list(dict.fromkeys(one_line(each, 300) for each in (*line.remarks, *notes)))


def _remarks_html(line: StepLine) -> Sequence[Content]:
    return [
        h.block(h.text("! ", "font-weight:bold"), each, style=f"padding-left:14px;{h.FAINT}") for each in _remarks(line)
    ]
