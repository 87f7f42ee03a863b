"""The facts of a task one by one, under the names Metaflow has for them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, NamedTuple

from nbflow.client.facts import RunFacts
from nbflow.client.thing import moment
from nbflow.model.ids import Pathspec, StepName
from nbflow.model.record import AttemptRecord, TaskRecord
from nbflow.model.status import TaskStatus

if TYPE_CHECKING:
    from nbflow.client.code import Code
    from nbflow.client.task import Task


class Metadata(NamedTuple):
    """One fact of a task. Values are text."""

    name: str
    value: str
    created_at: datetime | None
    type: str
    task: Task


def metadata_of(
    task: Task,
    facts: RunFacts,
    record: TaskRecord,
    attempts: Iterable[AttemptRecord],
    frames: Iterable[tuple[StepName, int]],
) -> list[Metadata]:
    """Return the facts of a task, the oldest first; those of its run count as known from its start."""
    began = moment(record.started_at)
    found = [Metadata(name, value, began, name, task) for name, value in _of_run(facts)]
    if path := ",".join(f"{step}:{index}" for step, index in frames):
        found.append(Metadata("foreach-execution-path", path, began, "foreach-execution-path", task))
    if record.origin:
        origin = Pathspec.parse(record.origin)
        found.append(Metadata("origin-run-id", origin.run or "", began, "origin-run-id", task))
        found.append(Metadata("origin-task-id", origin.task or "", began, "origin-task-id", task))
    for attempt in attempts:
        found += _of_attempt(task, attempt)
    return found


def _of_attempt(task: Task, attempt: AttemptRecord) -> Iterator[Metadata]:
    began, ended = moment(attempt.started_at), moment(attempt.finished_at)
    number = str(attempt.number)
    yield Metadata("attempt", number, began, "attempt", task)
    if attempt.status.ended:
        ok = str(attempt.status is TaskStatus.SUCCEEDED)
        yield Metadata("attempt_ok", ok, ended, "internal_attempt_status", task)
        yield Metadata("attempt-done", number, ended, "attempt-done", task)


def _of_run(facts: RunFacts) -> Iterator[tuple[str, str]]:
    run = facts.record
    yield "ds-type", "local"
    yield "ds-root", str(facts.workspace.root)
    yield "user", run.user
    for tag in sorted(run.system_tags):
        name, _, value = tag.partition(":")
        if name in {"runtime", "python_version", "nbflow_version"}:
            yield name, value
    if run.source:
        yield "script-name", PurePath(run.source).name
    if run.code:
        yield "code-package", json.dumps({"ds_type": "local", "sha": run.code})
    if git := run.about.get("git"):
        yield "git-info", json.dumps(git)


def environment_of(facts: RunFacts, code: Code | None) -> dict[str, Any]:
    """Return what the tasks of a run ran with, under the names Metaflow has for it."""
    known = dict(_of_run(facts))
    info = code.info if code else {}
    return {
        "environment_type": "local",
        "username": facts.record.user,
        "script": known.get("script-name"),
        "runtime": known.get("runtime"),
        "python_version": info.get("python_version") or known.get("python_version"),
        "nbflow_version": known.get("nbflow_version"),
        "distributions": info.get("distributions", {}),
    }
