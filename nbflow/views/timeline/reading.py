"""Reading what a timeline needs of a run, and how long it took to read."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping, Sequence

from nbflow.client.facts import RunFacts
from nbflow.frozen import frozen
from nbflow.model.record import AttemptRecord, RunRecord, StepSummary, TaskRecord
from nbflow.model.status import TaskStatus
from nbflow.views.timeline.spans import Track, tracks
from nbflow.workspace import Workspace

#: tasks of one step whose tries are asked for one by one; of more, all of the step are read
_FEW = 20


@frozen
class Times:
    """A run with all its tasks as they are at one moment."""

    run: RunRecord
    steps: tuple[StepSummary, ...]
    tracks: tuple[Track, ...]
    #: seconds since the epoch
    now: float


def read_times(facts: RunFacts) -> Times:
    """Return when each task of a run ran, as it stands now."""
    now = time.time()
    run, tasks = facts.record, facts.tasks()
    attempts = _attempts(facts.workspace, run, tasks)
    return Times(run, facts.steps(), tracks(run, tasks, attempts, now), now)


def _attempts(
    workspace: Workspace, run: RunRecord, tasks: Sequence[TaskRecord]
) -> Mapping[tuple[str, str], Sequence[AttemptRecord]]:
    """Return the tries of the tasks that had more than one."""
    # the record of a task tells of its only try
    tried = [task for task in tasks if _more_than_one(task)]
    counts = Counter(task.step for task in tried)
    found: dict[tuple[str, str], list[AttemptRecord]] = {}
    for step, count in counts.items():
        if count > _FEW:
            read = workspace.metadata.attempts(run.flow, run.id, step)
        else:
            ids = [task.id for task in tried if task.step == step]
            read = tuple(each for one in ids for each in workspace.metadata.attempts(run.flow, run.id, step, one))
        for each in read:
            found.setdefault((each.step, each.task), []).append(each)
    return found


def _more_than_one(task: TaskRecord) -> bool:
    waits = task.status is TaskStatus.WAITING and task.failure is not None
    return (task.attempt > 0 or waits) and task.status is not TaskStatus.REUSED
