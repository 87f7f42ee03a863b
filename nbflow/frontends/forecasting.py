"""What a requested run would run and what it would take over: both doors ask it before, or instead of, running."""

from __future__ import annotations

from collections.abc import Mapping

from nbflow.frozen import frozen
from nbflow.model.ids import Path, StepName, TaskKey
from nbflow.model.record import ItemList, RunRecord, TaskRecord
from nbflow.model.status import TaskStatus
from nbflow.plan.forecast import Forecast, forecast
from nbflow.runtime.request import Items, RunRequest
from nbflow.runtime.shelf import StoredResults
from nbflow.workspace import Workspace

#: how many of the latest runs and drafts are looked through for what a kernel has not run itself
_RUNS = 5


def forecast_of(
    request: RunRequest, before: Mapping[TaskKey, TaskRecord], items: Items, workspace: Workspace
) -> Forecast:
    """Return what `request` would run, compared with the latest records `before` and what each foreach listed then."""
    return forecast(request, before, items, StoredResults(workspace, request.flow))


@frozen
class Past:
    """The latest of each task of a flow: what a kernel has of it, else what the latest runs and drafts left."""

    #: results and skips
    results: Mapping[TaskKey, TaskRecord]
    #: the same, but where a later try came to nothing that try
    tries: Mapping[TaskKey, TaskRecord]
    items: Items
    #: the run or draft in which each of `results` stands, as far as it is known
    runs: Mapping[TaskKey, RunRecord]


def past_of(workspace: Workspace, flow: str, tasks: Mapping[TaskKey, TaskRecord], items: Items) -> Past:
    """Return the past of `flow`; `tasks` and `items` are what this kernel has, and go before what is stored."""
    metadata = workspace.metadata
    results: dict[TaskKey, TaskRecord] = {}
    tries: dict[TaskKey, TaskRecord] = {}
    listed: dict[tuple[StepName, Path], ItemList] = dict(items)
    runs: dict[TaskKey, RunRecord] = {}
    for run in metadata.runs(flow, drafts=True, limit=_RUNS):
        for task in metadata.tasks(flow, run.id):
            mine = tasks.get(task.key)
            good = task.status.has_result or task.status is TaskStatus.SKIPPED
            if good and (_same(task, mine) if mine else _later(task, results.get(task.key))):
                results[task.key], runs[task.key] = task, run
            if task.started_at is not None and not good and _later(task, tries.get(task.key)):
                tries[task.key] = task
        for where, each in metadata.items(flow, run.id).items():
            listed[where] = _fuller(listed.get(where), each)
    results = {**tasks, **results}
    tries = {**results, **{key: task for key, task in tries.items() if _later(task, results.get(key))}}
    return Past(results, tries, listed, runs)


def _same(stored: TaskRecord, mine: TaskRecord) -> bool:
    return (stored.status, stored.fingerprint, stored.started_at) == (mine.status, mine.fingerprint, mine.started_at)


def _fuller(mine: ItemList | None, stored: ItemList) -> ItemList:
    """Return `stored` where `mine` is missing, or is a sample of what begins alike: a cell lists its first item only."""
    if mine is None:
        return stored
    alike = mine.total == stored.total and stored.refs[: len(mine.refs)] == mine.refs
    return stored if alike and mine.sampled else mine


def _later(task: TaskRecord, than: TaskRecord | None) -> bool:
    return than is None or (task.finished_at or 0.0) > (than.finished_at or 0.0)
