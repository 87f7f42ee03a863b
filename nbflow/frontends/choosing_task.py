"""Which task is meant: by `train`, `train[3]`, `train/3`, `sales/12/train/3`, a run, or nothing at all."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import NoReturn

from nbflow.cards.figures import several
from nbflow.errors import did_you_mean, near_or_all, raise_for
from nbflow.frozen import frozen
from nbflow.model.ids import RUN_ID, Pathspec
from nbflow.model.record import RunRecord, TaskRecord
from nbflow.model.status import TaskStatus
from nbflow.workspace import Workspace

#: runs that are looked through, newest first
_BACK = 100
#: `train`, `train[3]`, `train[3,1]`
_STEP = re.compile(r"(?P<step>[^\[\]/]+)(\[(?P<path>\d+(,\d+)*)\])?\Z")
_BLANKS = re.compile(r"\s+(?=[^\[\]]*\])")


@frozen
class Asked:
    """What a person says of a task; what is not said is None."""

    flow: str
    run: str | None = None
    step: str | None = None
    #: as in a pathspec: `3-1`
    task: str | None = None


@frozen
class Found:
    """A task and the run it belongs to."""

    run: RunRecord
    task: TaskRecord


def joined_brackets(line: str) -> str:
    """Return the line without blanks inside brackets: `train[3, 1]` is one word."""
    return _BLANKS.sub("", line)


def asked_task(words: Sequence[str], flow: str, flows: Collection[str], steps: Collection[str]) -> Asked:
    """Return what `words` ask for: a task, a run, or both in any order.

    `flows` and `steps` are the names that are known: they tell `sales/12` from `train/12`. Raises M006, R004.
    """
    asked = Asked(flow)
    for word in words:
        given = _asked(word, flow, flows, steps)
        for part in ("run", "step"):
            if getattr(asked, part) and getattr(given, part):
                raise_for("R004", option=word, message=f"a {part} is named twice", fix="name one task, and one run")
        other = given.flow if given.flow != flow else asked.flow
        asked = Asked(other, asked.run or given.run, asked.step or given.step, asked.task or given.task)
    return asked


def _asked(word: str, flow: str, flows: Collection[str], steps: Collection[str]) -> Asked:
    head, *rest = word.split("/")
    if not rest:
        return Asked(flow, run=word) if RUN_ID.match(word) else _step_of(word, flow, word)
    if len(rest) == 1 and RUN_ID.match(rest[0]):
        is_flow = head == flow or rest[0].startswith("draft-") or (head in flows and head not in steps)
        if is_flow:
            return Asked(head, run=rest[0])
    if len(rest) == 1 or (RUN_ID.match(head) and len(rest) == 2):
        # `train/3-1`, and `12/train`
        run = head if RUN_ID.match(head) else None
        step, *task = (head, *rest) if run is None else rest
        asked = _step_of(step, flow, word)
        return replace(asked, run=run, task=_task_id(task[0], word) if task else asked.task)
    if len(rest) > 3:
        raise_for("M006", pathspec=word, why="a task has four parts between slashes")
    asked = _step_of(rest[1], head, word)
    Pathspec.parse("/".join((head, rest[0], asked.step or "", *rest[2:])))
    return replace(asked, run=rest[0], task=rest[2] if len(rest) == 3 else asked.task)


def _step_of(text: str, flow: str, word: str) -> Asked:
    found = _STEP.match(text)
    if found is None:
        raise_for("M006", pathspec=word, why="a task is named as train, train[3], train/3 or sales/12/train/3")
    path = found["path"]
    return Asked(flow, step=found["step"], task=path.replace(",", "-") if path else None)


def _task_id(text: str, word: str) -> str:
    if not re.fullmatch(r"\d+(-\d+)*(~\d+)?", text):
        raise_for("M006", pathspec=word, why=f"'{text}' is not a task id")
    return text


def find_task(
    workspace: Workspace, asked: Asked, own: str | None = None, *, steps: Collection[str] = (), failed: bool = True
) -> Found:
    """Return the task that is meant: `failed`, one that failed counts more, else one with a result; then the latest.

    Without a step it is the one that failed in the run; without a run too, in the latest run or draft. `own` is the
    draft of the kernel, which counts before others, and `steps` those it knows.

    Raises:
        MetadataError: M001 to M004, there is no such flow, run, step or task.
        UsageError: R005, no run has the step; R040, nothing has failed.
    """
    choose = _Choice(failed)
    if asked.run is not None:
        return _in_run(workspace, asked, choose)
    if asked.step is None:
        return _last_failure(workspace, asked.flow, own, choose)
    runs = workspace.metadata.runs(asked.flow, drafts=True, limit=_BACK)
    best: Found | None = None
    for run in runs:
        settled = best is not None and choose.likes(best.task)
        # older runs have nothing newer; a draft goes on while runs come and go
        if settled and run.kind == "run":
            continue
        found = choose.among(run, workspace.metadata.tasks(asked.flow, run.id, asked.step), asked.task)
        if found is not None and (best is None or choose.rank(found) > choose.rank(best)):
            best = found
    if best is None:
        _say_missing(workspace, asked, runs, steps, artifacts=not failed)
    return best


@frozen
class _Choice:
    """Which of several tasks is meant."""

    failed: bool

    def likes(self, task: TaskRecord) -> bool:
        return task.status is TaskStatus.FAILED if self.failed else task.status.has_result

    def among(self, run: RunRecord, tasks: Sequence[TaskRecord], task: str | None) -> Found | None:
        """Return the task of that id; without one the first that is liked, else the first that ran."""
        meant = [each for each in tasks if task is None or each.id == task]
        if not meant:
            return None
        liked = [each for each in meant if self.likes(each)]
        if liked:
            return Found(run, min(liked, key=_time) if self.failed else liked[0])
        return Found(run, next((each for each in meant if each.status is not TaskStatus.SKIPPED), meant[0]))

    def rank(self, found: Found) -> tuple[bool, bool, float]:
        task = found.task
        return self.likes(task), task.status is not TaskStatus.SKIPPED, _time(task) or found.run.created_at


def _in_run(workspace: Workspace, asked: Asked, choose: _Choice) -> Found:
    metadata, name = workspace.metadata, f"{asked.flow}/{asked.run}"
    run = metadata.run(asked.flow, asked.run or "")
    if run is None:
        known = [each.id for each in metadata.runs(asked.flow, drafts=True, limit=1000)]
        raise_for("M002", flow=asked.flow, run=asked.run, hint=near_or_all(asked.run or "", known, "Its runs are"))
    tasks = metadata.tasks(asked.flow, run.id, asked.step)
    if asked.step is None:
        failed = [task for task in tasks if task.status is TaskStatus.FAILED]
        if not failed:
            raise_for("R040", where=f"in {name}", fix=f"%flow debug STEP {asked.run} looks into any of its tasks")
        return Found(run, min(failed, key=_time))
    found = choose.among(run, tasks, asked.task)
    if found is not None:
        return found
    steps = [each.name for each in run.steps]
    if asked.step not in steps:
        raise_for("M003", run=name, step=asked.step, hint=near_or_all(asked.step, steps, "Its steps are"))
    return raise_for("M004", step=f"{name}/{asked.step}", task=asked.task or "0", hint=_tasks_said(tasks))


def _last_failure(workspace: Workspace, flow: str, own: str | None, choose: _Choice) -> Found:
    """Return what failed in the latest run or draft, whichever was later."""
    runs = workspace.metadata.runs(flow, drafts=True, limit=_BACK)
    drafts = sorted((run for run in runs if run.kind == "draft"), key=lambda run: run.id != own)
    latest = [*drafts[:1], *[run for run in runs if run.kind == "run"][:1]]
    failures = [found for run in latest if (found := _failure_in(workspace, run)) is not None]
    if failures:
        return max(failures, key=choose.rank)
    older = next((found for run in runs if run not in latest and (found := _failure_in(workspace, run))), None)
    where = f"in {' and '.join(f'{run.flow}/{run.id}' for run in latest)}" if latest else f"yet: {flow} has no runs"
    fix = "%flow debug STEP looks into any task that ran"
    if older is not None:
        fix = f"%flow debug {older.run.flow}/{older.run.id} looks into the latest run with a failure; {fix}"
    return raise_for("R040", where=where, fix=fix)


def _failure_in(workspace: Workspace, run: RunRecord) -> Found | None:
    failed = [task for task in workspace.metadata.tasks(run.flow, run.id) if task.status is TaskStatus.FAILED]
    # a run ends with the first that fails, a draft goes on
    pick = min if run.kind == "run" else max
    return Found(run, pick(failed, key=_time)) if failed else None


def _time(task: TaskRecord) -> float:
    return task.finished_at or task.started_at or 0.0


def _tasks_said(tasks: Sequence[TaskRecord]) -> str:
    """Return which tasks there are."""
    if not tasks:
        return " It has not run."
    ids = [task.id for task in tasks]
    return (
        f" Its only task is {ids[0]}."
        if len(ids) == 1
        else f" It has {several(len(ids), 'task')}: {ids[0]} to {ids[-1]}."
    )


def _say_missing(
    workspace: Workspace, asked: Asked, runs: Sequence[RunRecord], steps: Collection[str], *, artifacts: bool
) -> NoReturn:
    """Say what there is in the place of what was asked for; `artifacts`: one could have been meant."""
    step = asked.step or ""
    with_step = next((run for run in runs if any(each.name == step for each in run.steps)), None)
    if with_step is not None:
        where = f"{asked.flow}/{with_step.id}/{step}"
        tasks = workspace.metadata.tasks(asked.flow, with_step.id, step)
        raise_for("M004", step=where, task=asked.task or "0", hint=_tasks_said(tasks))
    if step in steps:
        raise_for("M004", step=f"{asked.flow}/{step}", task=asked.task or "0", hint=" It has not run.")
    known = list(dict.fromkeys([*steps, *(each.name for run in runs for each in run.steps)]))
    near = did_you_mean(step, known)
    flows = workspace.metadata.flows()
    if not near and (flow := did_you_mean(step, flows)):
        if asked.task is not None:
            # `csae/1` is a run of a flow rather than a task of a step
            raise_for("M001", name=step, hint=flow, why=f"the flows with runs are: {', '.join(flows)}")
        near = flow.replace("'", "the flow '", 1)
    if not near and artifacts:
        left = _left_in(workspace, runs[:1])
        alike = did_you_mean(step, left)
        near = next((f" Did you mean '{giver}/{name}'?" for name, giver in left.items() if f"'{name}'" in alike), "")
    raise_for("R005", name=step, hint=near, known=", ".join(known) or "not known yet: nothing ran")


def _left_in(workspace: Workspace, runs: Sequence[RunRecord]) -> dict[str, str]:
    """Return what tasks of these runs left: name → the step that left it last."""
    tasks = (task for run in runs for task in workspace.metadata.tasks(run.flow, run.id))
    return {name: task.step for task in tasks if task.manifest for name in task.manifest.artifacts}
