"""A timeline in words: names, figures, and what is said of a bar on demand."""

from __future__ import annotations

from nbflow.cards.figures import duration, several, value
from nbflow.cards.palette import mark
from nbflow.cards.printable import one_line
from nbflow.model.graph import Missing
from nbflow.model.ids import TaskKey
from nbflow.model.record import TaskRecord
from nbflow.views.timeline.density import most_at_once
from nbflow.views.timeline.plan import Plan, Row, status_of
from nbflow.views.timeline.spans import CAUGHT, WAIT, Track

#: the most urgent first
_ORDER = ("failed", "lost", CAUGHT, "cancelled", "cancelling", "running", "waiting", "succeeded", "reused", "skipped")
#: tries that are told one by one
_TRIES = 6


def sign(status: str) -> str:
    """Return the mark of a status."""
    return "!" if status == CAUGHT else mark(status)


def item_of(task: TaskRecord, limit: int = 40) -> str:
    """Return the foreach item of a task, if it is a plain value; nothing is loaded."""
    ref = task.item
    if ref is None:
        return ""
    return one_line(ref.type, limit) if isinstance(ref.scalar, Missing) else value(ref.scalar, limit)


def place_of(key: TaskKey) -> str:
    """Return where a task stands in its step: `[3]`, `[3, 1]`, `~2`; empty for the only one."""
    return one_line(str(key).removeprefix(key.step), 40)


def counted(plan_or_row: Plan | Row) -> list[str]:
    """Return `2 failed`, `198 succeeded`, the most urgent first."""
    counts = plan_or_row.figures.counts if isinstance(plan_or_row, Plan) else plan_or_row.counts
    found = sorted(counts, key=lambda status: _ORDER.index(status) if status in _ORDER else len(_ORDER))
    return [f"{counts[status]:,} {status}" for status in found]


def figures(plan: Plan) -> list[tuple[str, str]]:
    """Return what the run comes to, each with its explanation."""
    known = plan.figures
    said = [(many(known.tasks), ", ".join(counted(plan)))] if known.tasks else []
    if known.retries:
        said.append((several(known.retries, "retry", "retries"), "tries beyond the first"))
    if known.busy:
        said.append(
            (
                f"{duration(known.busy)} of work in {duration(known.span)}",
                "all tries together, and first start to last end",
            )
        )
        said.append(
            (f"{known.mean:.1f} at once, {known.most:,} at most", "tasks that ran at the same time, on average")
        )
    if known.idle >= 0.01 * known.span and known.idle > 0.05:
        said.append(
            (f"{duration(known.idle)} idle", "time in which no task ran: waits for a retry, and what nbflow did itself")
        )
    return said


def many(tasks: int) -> str:
    """Return `1 task`, `10,000 tasks`."""
    return f"{tasks:,} {'task' if tasks == 1 else 'tasks'}"


def tally(row: Row) -> str:
    """Return how many tasks a step has, and how they stand where they are not all well."""
    total = len(row.tracks)
    if set(row.counts) <= {"succeeded"}:
        return many(total)
    return ", ".join(counted(row))


def told(row: Row, plan: Plan) -> str:
    """Return all that is known of a row, on one line."""
    if not row.group:
        return told_of(row.tracks[0], plan) if row.tracks else f"{row.step.name} · waiting"
    said = [row.step.name, one_line(row.step.label, 200), ", ".join(counted(row))]
    if row.seconds is not None:
        said.append(f"{duration(row.seconds)} from first to last")
        said.append(f"{duration(row.busy)} of work, at most {most_at_once(row.spans):,} at once")
        took = sorted(track.busy for track in row.tracks if track.spans)
        said.append(
            f"a task took {duration(took[0])} to {duration(took[-1])}, half of them less than {duration(took[len(took) // 2])}"
        )
    return " · ".join(each for each in said if each)


def told_of(track: Track, plan: Plan) -> str:
    """Return all that is known of a task's bar, on one line."""
    task = track.task
    said = [str(task.key), item_of(task, 80), status_of(track)]
    if task.origin and task.status.value == "reused":
        said.append(f"the result of {one_line(task.origin, 120)}")
    if track.start is not None:
        said.append(f"began {duration(track.start - plan.axis.zero)} after the start")
        said.append(f"took {duration(track.busy)}")
    tries = track.tries
    if len(tries) > 1:
        said += [_try(number, span.status, span.seconds) for number, span in enumerate(tries[:_TRIES], 1)]
        waited = sum(span.seconds for span in track.spans if span.status == WAIT)
        said.append(f"waited {duration(waited)} between tries")
    if task.key in plan.critical:
        said.append("what came after waited for it")
    if task.failure and status_of(track) in {"failed", CAUGHT}:
        said.append(one_line(task.failure.told, 160))
    return " · ".join(one_line(each, 300) for each in said if each)


def _try(number: int, status: str, seconds: float) -> str:
    return f"try {number} {status} after {duration(seconds)}"
