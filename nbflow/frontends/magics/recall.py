"""What stored runs still hold of a notebook: the latest results of its steps, and the cells they came from.

It only reads. What a kernel does with it is `relearn`'s and `%flow restore`'s.
"""

from __future__ import annotations

import time
import zipfile
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from nbflow.cards.figures import several
from nbflow.code.package import CodePackage
from nbflow.errors import NbflowError
from nbflow.frontends.resuming import Origin, stored
from nbflow.frozen import frozen
from nbflow.model.ids import Path, StepName
from nbflow.model.record import RunRecord, TaskRecord
from nbflow.model.status import TaskStatus
from nbflow.runtime.request import Items
from nbflow.workspace import Workspace

#: runs that are looked at, newest first
_BACK = 50


@frozen
class Left:
    """What a step left in one run, for each of its items."""

    step: StepName
    origin: Origin
    tasks: tuple[TaskRecord, ...]

    @property
    def finished_at(self) -> float:
        """When the last of its tasks was done."""
        return max(_ended_at(task, self.origin.run) for task in self.tasks)


@frozen
class Unfinished:
    """A step of a run that did not come to its end."""

    step: StepName
    origin: Origin
    tasks: tuple[TaskRecord, ...]

    @property
    def began_at(self) -> float:
        """When its last task began."""
        return max(task.started_at or self.origin.run.created_at for task in self.tasks)

    @property
    def done(self) -> int:
        """How many of its tasks came to theirs."""
        return sum(task.status.is_outcome for task in self.tasks)

    @property
    def how(self) -> str:
        """Why it did not."""
        ended = {task.status.value for task in self.tasks}
        return next((word for word in ("failed", "cancelled") if word in ended), "interrupted")


@frozen
class Written:
    """The cells that a run kept, in the order in which they count."""

    origin: Origin
    #: seconds since the epoch at which they were as they are here
    at: float
    #: name and text; the name of what is no step is `cell`
    cells: tuple[tuple[str, str], ...]


def sources(workspace: Workspace, flow: str, *, own: str | None, steps: Collection[str]) -> tuple[Origin, ...]:
    """Return the runs whose results count as a notebook's latest, newest first.

    Those are the latest draft and the runs since it began, or without a draft the latest run. Where the steps of the
    notebook are known, older ones follow that hold what is missing: a kernel that ran one cell hides nothing.

    Args:
        workspace: where they are.
        flow: its name.
        own: the kernel's own draft, which holds nothing that the kernel does not know.
        steps: the notebook's steps as far as they are known.
    """
    found: list[Origin] = []
    missing, since = set(steps), False
    records = [each for each in workspace.metadata.runs(flow, drafts=True, limit=_BACK) if each.id != own]
    drafts = any(record.kind == "draft" for record in records)
    for record in records:
        if since and not missing:
            break
        origin = stored(workspace, record)
        has = {task.step for task in origin.tasks if _outcome(task)}
        if not has or (since and not has & missing):
            continue
        found.append(origin)
        missing -= {left.step for left in _lefts(origin)}
        since = since or record.kind == "draft" or not drafts
    return tuple(found)


def latest(origins: Iterable[Origin]) -> dict[StepName, Left]:
    """Return per step what it left last, whole: a foreach of which some items are missing does not count."""
    found: dict[StepName, Left] = {}
    for origin in origins:
        for left in _lefts(origin):
            known = found.get(left.step)
            if known is None or left.finished_at > known.finished_at:
                found[left.step] = left
    return found


def unfinished(origins: Iterable[Origin]) -> dict[StepName, Unfinished]:
    """Return the steps whose last run ended in vain, or before all of their items had run."""
    found: dict[StepName, Unfinished] = {}
    for origin in origins:
        whole = {left.step for left in _lefts(origin)}
        for step in dict.fromkeys(task.step for task in origin.tasks):
            tasks = tuple(task for task in origin.tasks if task.step == step)
            if step not in whole or not all(task.status.is_outcome for task in tasks):
                found.setdefault(step, Unfinished(step, origin, tasks))
    return found


def written(workspace: Workspace, origin: Origin) -> Written | None:
    """Return the cells that a run kept, or None where they cannot be read."""
    newest = max(origin.tasks, key=lambda task: task.started_at or 0.0, default=None)
    code = origin.run.code or (newest.code if newest else None)
    if code is None:
        return None
    try:
        package = CodePackage.from_bytes(workspace.store.get_bytes(code))
    except (NbflowError, KeyError, ValueError, zipfile.BadZipFile):
        return None
    at = origin.run.created_at
    if origin.run.kind == "draft":
        at = max((task.started_at or at for task in origin.tasks if task.status is not TaskStatus.REUSED), default=at)
    return Written(origin, at, package.cells)


def left_behind(workspace: Workspace, flow: str) -> str:
    """Return a line about the latest draft of a flow, for a kernel that has just begun; empty: there is none."""
    drafts = (each for each in workspace.metadata.runs(flow, drafts=True, limit=_BACK) if each.kind == "draft")
    draft = next(drafts, None)
    lefts = _lefts(stored(workspace, draft)) if draft is not None else []
    if draft is None or not lefts:
        return ""
    at = when(max(left.finished_at for left in lefts))
    return f"{draft.id} of {flow} ({at}) has {several(len(lefts), 'result')}: %flow restore brings them back"


def when(seconds: float, now: float | None = None) -> str:
    """Return a time as one says it: `18:02`, `yesterday 18:02`, `Mon 18:02`, `2026-11-03 18:02`."""
    at, today = (datetime.fromtimestamp(each).astimezone() for each in (seconds, now or time.time()))
    days = (today.date() - at.date()).days
    day = "" if days == 0 else "yesterday " if days == 1 else f"{at:%a} " if 1 < days < 7 else f"{at:%Y-%m-%d} "
    return f"{day}{at:%H:%M}"


def _outcome(task: TaskRecord) -> TaskRecord | None:
    """Return what the task left, or what it had left before its cell ran again in vain."""
    return task if task.status.is_outcome else task.before


def _ended_at(task: TaskRecord, run: RunRecord) -> float:
    return task.finished_at or task.started_at or run.created_at


def _lefts(origin: Origin) -> list[Left]:
    """Return what each step left for all of its items."""
    scopes = {summary.name: summary.scope for summary in origin.run.steps}
    by_step: dict[StepName, dict[Path, TaskRecord]] = {}
    for task in origin.tasks:
        by_step.setdefault(task.step, {})[task.path] = _outcome(task) or task
    found = []
    for step, tasks in by_step.items():
        scope = scopes.get(step)
        chosen = tuple(tasks.values()) if scope is None else _whole(step, scope, tasks, origin)
        if chosen and all(task.status.is_outcome for task in chosen):
            found.append(Left(step, origin, chosen))
    return found


def _whole(
    step: StepName, scope: Sequence[str], tasks: dict[Path, TaskRecord], origin: Origin
) -> tuple[TaskRecord, ...]:
    """Return the records of the step's tasks, or nothing when one is missing.

    In a draft, tasks of items may be left from an earlier run of the cell.
    """
    found: dict[Path, TaskRecord] = {}
    waiting: list[Path] = [()]
    while waiting:
        path = waiting.pop()
        listed = origin.items.get((StepName(scope[len(path)]), path)) if len(path) < len(scope) else None
        if listed is not None:
            waiting += [(*path, index) for index in range(len(listed.refs))]
            continue
        # a foreach that was skipped as a whole has one record, at the path around it
        record = next((tasks[path[:depth]] for depth in range(len(path), -1, -1) if path[:depth] in tasks), None)
        if record is None or (len(path) < len(scope) and record.status is not TaskStatus.SKIPPED):
            return ()
        if scope and scope[-1] == step and len(path) == len(scope) and not _of_item(record, path, origin.items):
            return ()
        found[record.path] = record
    return tuple(found[path] for path in sorted(found))


def _of_item(record: TaskRecord, path: Path, items: Items) -> bool:
    """Whether the task ran on the item that is listed now."""
    listed = items[record.step, path[:-1]]
    return record.item is None or record.item.digest == listed.refs[path[-1]].digest
