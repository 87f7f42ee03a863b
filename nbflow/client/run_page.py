"""How a run looks: its facts, its graph with how far each step came, and what the steps left."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from nbflow.cards.figures import duration, parameters
from nbflow.cards.html import picture
from nbflow.cards.palette import URGENCY, mark
from nbflow.cards.printable import one_line
from nbflow.client.thing import Page, between, said
from nbflow.graph.draw import StepState, svg
from nbflow.model.caught import caught_in
from nbflow.model.expected import expected_tasks
from nbflow.model.record import RunRecord, StepSummary, TaskRecord

#: ends that are good ones
_GOOD = ("succeeded", "reused", "skipped")


def run_page(
    pathspec: str,
    run: RunRecord,
    steps: Sequence[StepSummary],
    tasks: Mapping[str, Sequence[TaskRecord]],
    listed: Mapping[str, int],
) -> Page:
    """Return the page of a run; `tasks` by step, `listed` items by the step whose foreach they are."""
    took = between(run.started_at or run.created_at, run.finished_at, ended=run.status.ended)
    facts = [
        ("started", said(run.started_at or run.created_at)),
        ("took", duration(took)),
        ("by", run.user),
        ("from", run.source),
        ("tags", ", ".join(sorted(run.tags))),
        ("failed", run.reason),
        *((name, value) for name, value, _ in parameters(run.parameters)),
    ]
    totals = expected_tasks(run, steps, {name: len(each) for name, each in tasks.items()}, listed)
    states: dict[str, StepState] = {
        step.name: _state(tasks.get(step.name, ()), totals[step.name] or 0) for step in steps
    }
    return Page(
        pathspec,
        run.status.value,
        facts=[(name, value) for name, value in facts if value],
        head=("step", "tasks", "took", "left"),
        rows=[_row(step.name, tasks[step.name], states[step.name]) for step in steps if step.name in tasks],
        align="llrl",
        pictures=[picture(svg(steps, states), f"the steps of {pathspec}")] if steps else (),
    )


def _state(tasks: Sequence[TaskRecord], total: int) -> StepState:
    """Return how the step stands, which will have had `total` tasks."""
    counts = Counter(task.status.value for task in tasks)
    status = next((status for status in URGENCY if counts[status]), "waiting")
    if tasks and total > len(tasks) and status in _GOOD:
        # what is there is done, and more is to come
        status = "running"
    failed = counts["failed"] + counts["lost"]
    done = sum(counts[each] for each in _GOOD)
    return StepState(status, done, total, failed, duration(_took(tasks)))


def _took(tasks: Sequence[TaskRecord]) -> float | None:
    # a reused result keeps the times of the run that made it
    ran = [task for task in tasks if task.status.value != "reused"]
    start = min((task.started_at for task in ran if task.started_at), default=None)
    end = max((task.finished_at for task in ran if task.finished_at), default=None)
    return between(start, end, ended=all(task.status.ended for task in ran))


def _row(step: str, tasks: Sequence[TaskRecord], state: StepState) -> tuple[str, str, str, str]:
    counts = Counter(task.status.value for task in tasks)
    many = max(len(tasks), state.total) > 1
    if state.total > len(tasks):
        counts["to come"] = state.total - len(tasks)
    how = ", ".join(f"{count} {status}" if many else status for status, count in counts.items())
    left = dict.fromkeys(name for task in tasks if task.manifest for name in task.manifest.own)
    if caught := caught_in(tasks):
        how += f" · {one_line(caught, 80)}"
    return step, f"{mark(state.status)} {how}", duration(_took(tasks)), one_line(", ".join(left), 80)
