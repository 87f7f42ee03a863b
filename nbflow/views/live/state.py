"""What a live run panel shows, as plain values ready for JSON: small, in sections, so that changes can be sent alone.

Sections: `run` (the head), `graph` and `boxes` (the picture: see graph.draw.shapes), `words` (the picture in words), `order`
(names of the steps), `steps` (by name), `failures`, `tasks` (those worth a look, by name) and `notices`. Every text is printable
and on one line, but for logs and traces; whoever draws it must still show it as text only.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from nbflow.cards.figures import duration, parameters, rough, value
from nbflow.cards.palette import URGENCY
from nbflow.cards.printable import log_text, one_line, tail
from nbflow.errors import Problem
from nbflow.graph.draw.shapes import picture
from nbflow.graph.draw.state import StepState
from nbflow.graph.draw.svg import summary
from nbflow.model.graph import Missing
from nbflow.model.ids import TaskKey
from nbflow.model.record import RunRecord, TaskRecord
from nbflow.model.status import TaskStatus
from nbflow.views import run_panel
from nbflow.views.failures import alike
from nbflow.views.kept import dropped, kept
from nbflow.views.remaining import Remaining, expected, remaining
from nbflow.views.step_table import SEGMENTS, outcome, place, words
from nbflow.views.tally import Tally, tallies

State = dict[str, Any]

#: failures told, lines of their traces and of logs, tasks of one step that each have a sign of their own
_FAILURES, _TRACE_LINES, _LOG_LINES, _SIGNS = 5, 40, 60, 2000
#: parameters on the line
_PARAMETERS = 8
#: sections whose entries are sent one by one
_BY_KEY = ("boxes", "steps", "tasks")
#: one letter per status, for the strip of a step's tasks
SIGNS = {
    "waiting": "w",
    "ready": "w",
    "submitted": "r",
    "running": "r",
    "succeeded": "s",
    "reused": "u",
    "skipped": "k",
    "failed": "f",
    "lost": "l",
    "cancelling": "c",
    "cancelled": "c",
}


def of(
    run: RunRecord,
    tasks: Sequence[TaskRecord],
    *,
    now: float,
    logs: Mapping[TaskKey, str],
    problems: Sequence[Problem],
    past: Mapping[str, float],
    slots: int,
    control: Mapping[str, bool],
) -> State:
    """Return the state of the panel of `run`."""
    steps = tallies(run.steps, tasks)
    left = remaining(run, steps, now, past=past, slots=slots)
    counts = expected(run, steps)
    known = [tally.step for tally in steps]
    states: dict[str, StepState] = {tally.step.name: _state(tally, counts[tally.step.name]) for tally in steps}
    drawn = picture(known, states) if len(steps) > 1 else None
    by_key = {task.key: task for task in tasks}
    return {
        "run": {**_head(run, steps, left, now), **control},
        "graph": drawn and {"width": drawn.width, "height": drawn.height, "ways": drawn.ways},
        "boxes": dict(drawn.boxes) if drawn else {},
        "words": summary(known, states),
        "order": [tally.step.name for tally in steps],
        "steps": {tally.step.name: _step(tally, counts[tally.step.name], ended=run.status.ended) for tally in steps},
        "failures": _failures(tasks),
        "tasks": {str(key): _task(by_key[key], log) for key, log in logs.items() if key in by_key},
        "notices": run_panel.notices(tasks, problems),
    }


def changes(before: Mapping[str, Any], now: State) -> State:
    """Return what differs: whole sections, but single entries of those that have many; None stands for one that is gone."""
    found: State = {}
    for section, value_now in now.items():
        value_before = before.get(section)
        if value_now == value_before:
            continue
        if section in _BY_KEY and isinstance(value_before, Mapping):
            entries = {key: each for key, each in value_now.items() if value_before.get(key) != each}
            found[section] = {**entries, **dict.fromkeys(value_before.keys() - value_now.keys())}
        else:
            found[section] = value_now
    return found


def _head(run: RunRecord, steps: Sequence[Tally], left: Remaining, now: float) -> dict[str, Any]:
    status = run_panel.status_of(run)
    counts: Counter[TaskStatus] = sum((tally.counts for tally in steps), Counter())
    elapsed = run_panel.elapsed(run, now)
    return {
        "name": f"{one_line(run.flow, 60)}/{one_line(run.id, 40)}",
        "id": one_line(run.id, 40),
        "status": status,
        "when": run_panel.when(run),
        # a clock that goes on is the browser's own: only its start is told
        "began": run.started_at if elapsed is not None else None,
        "took": elapsed if run.status.ended else None,
        "counted": run_panel.counted(steps, left.tasks, at_least=left.more_tasks),
        "counts": {each.value: counts[each] for each in SEGMENTS if counts.get(each)},
        "total": max(left.tasks, sum(counts.values())),
        "left": _told(left) if not run.status.ended else "",
        "tags": [one_line(each, 40) for each in sorted(run.tags)],
        "origin": one_line(run.origin_run, 40) if run.origin_run else "",
        "given": _given(run),
        "reason": one_line(run.reason, 300),
    }


def _given(run: RunRecord) -> list[list[str]]:
    """Return name, value, and what is to be said on demand, of each parameter on the line."""
    known = [(one_line(name, 40), shown, origin) for name, shown, origin in parameters(run.parameters)]
    said = [[f"{name} ", shown, origin if origin == "default" else f"from: {origin}"] for name, shown, origin in known]
    if len(said) > _PARAMETERS:
        rest = "\n".join(f"{name} {shown}" for name, shown, _ in known[_PARAMETERS:])
        said[_PARAMETERS:] = [[f"and {len(said) - _PARAMETERS} more", "", rest]]
    return said


def _told(left: Remaining) -> str:
    if left.seconds is None or left.seconds < 2:
        return ""
    said = rough(left.seconds)
    if left.more_seconds:
        return f"at least {said} left"
    return f"{said} left" if said.startswith("a ") else f"about {said} left"


def _step(tally: Tally, total: int | None, *, ended: bool) -> dict[str, Any]:
    step = tally.step
    single = len(tally.tasks) == 1 and not step.scope
    many = tally.tasks if len(tally.tasks) > 1 or step.scope else ()
    each = -(-len(many) // _SIGNS)
    return {
        "status": tally.status,
        "place": place(tally),
        "done": tally.done,
        "total": len(tally.tasks),
        "of": total,
        "counts": {each.value: tally.counts[each] for each in SEGMENTS if tally.counts[each]},
        "words": _pairs(tally, single=single),
        "idle": "" if tally.tasks else "not run" if ended else "waiting",
        "first": tally.started(),
        "last": None if tally.going else tally.finished(0.0),
        "kept": kept(tally.tasks, 5),
        "all": kept(tally.tasks, 40),
        "dropped": dropped(tally.tasks, 3),
        "signs": _signs(many, each),
        "each": each,
        # what follows the step's name in a task's, where that is not its place in the strip
        "paths": [str(task.key).removeprefix(step.name) for task in many] if each == 1 and not _dense(many) else None,
    }


def _pairs(tally: Tally, *, single: bool) -> list[list[str]]:
    said = outcome(tally.tasks[0]) if single else [(each, "") for each in words(tally)]
    return [[each, title] for each, title in said]


def _state(tally: Tally, total: int | None) -> StepState:
    # the clock of what goes on is the browser's own
    state = tally.state(0.0, total)
    return replace(state, note="") if tally.going else state


def _dense(tasks: Sequence[TaskRecord]) -> bool:
    return all(task.path == (number,) and not task.iteration for number, task in enumerate(tasks))


def _signs(tasks: Sequence[TaskRecord], each: int) -> str:
    """Return a letter for every `each` tasks: of the status most worth knowing among them."""
    if each <= 1:
        return "".join(SIGNS[task.status.value] for task in tasks)
    groups = (tasks[start : start + each] for start in range(0, len(tasks), each))
    return "".join(SIGNS[min((task.status.value for task in group), key=URGENCY.index)] for group in groups)


def _failures(tasks: Sequence[TaskRecord]) -> list[dict[str, Any]]:
    found = alike(tasks)
    told = [
        {
            "who": each.who,
            "task": str(each.tasks[0].key),
            "head": each.head,
            "rest": each.rest,
            "trace": tail(each.trace, _TRACE_LINES),
        }
        for each in found[:_FAILURES]
    ]
    if more := sum(len(each.tasks) for each in found[_FAILURES:]):
        told.append(
            {"who": f"and {more} more tasks with other errors", "task": "", "head": "", "rest": "", "trace": ""}
        )
    return told


def _task(task: TaskRecord, log: str) -> dict[str, Any]:
    item = task.item
    shown = ""
    if item is not None:
        summary = f" ({item.summary})" if item.summary else ""
        plain = not isinstance(item.scalar, Missing)
        shown = value(item.scalar, 60) if plain else one_line(f"{item.type}{summary}", 60)
    began, ended = task.started_at, task.finished_at
    took = None if began is None or ended is None else ended - began
    return {
        "status": task.status.value,
        "item": shown,
        "took": duration(took),
        "words": [[each, title] for each, title in outcome(task)],
        "kept": kept([task], 5),
        "log": tail(log_text(log), _LOG_LINES) if log.strip() else "",
    }
