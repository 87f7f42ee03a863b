"""How long a flow's steps took last time: what a run that goes on is likely to take."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from nbflow.metadata.port import Metadata
from nbflow.model.status import RunStatus, TaskStatus

#: runs that are asked: a resumed one may have computed little
_RUNS = 3


def pace(metadata: Metadata, flow: str) -> Mapping[str, float]:
    """Return, by step, the mean seconds of its tasks in the latest good run that computed some."""
    found: dict[str, float] = {}
    for run in metadata.runs(flow, limit=_RUNS, status=RunStatus.SUCCEEDED):
        took: defaultdict[str, list[float]] = defaultdict(list)
        for task in metadata.tasks(flow, run.id):
            if task.status is TaskStatus.SUCCEEDED and task.started_at is not None and task.finished_at is not None:
                took[task.step].append(task.finished_at - task.started_at)
        for step, each in took.items():
            found.setdefault(step, sum(each) / len(each))
    return found
