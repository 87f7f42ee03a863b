"""How much of a run is still to come: tasks, and about how many seconds. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from nbflow.frozen import frozen
from nbflow.model.expected import expected_tasks
from nbflow.model.record import RunRecord, TaskRecord
from nbflow.model.status import TaskStatus
from nbflow.views.tally import Tally


@frozen
class Remaining:
    """What is still to come of a run."""

    #: tasks of the whole run, as far as is known
    tasks: int
    #: some foreach has not listed its items yet: there are more tasks
    more_tasks: bool = False
    #: seconds to the end; None: nothing is known
    seconds: float | None = None
    #: of some step nothing is known: there are more seconds
    more_seconds: bool = False


def expected(run: RunRecord, steps: Sequence[Tally]) -> dict[str, int | None]:
    """Return how many tasks each step will have had; None: its foreach has not listed its items yet."""
    there: dict[str, int] = {tally.step.name: len(tally.tasks) for tally in steps}
    return expected_tasks(run, [tally.step for tally in steps], there)


def remaining(
    run: RunRecord, steps: Sequence[Tally], now: float, *, past: Mapping[str, float], slots: int
) -> Remaining:
    """Return what is still to come.

    Args:
        run: the run's record.
        steps: its tasks by step, in flow order.
        now: seconds since the epoch.
        past: seconds that a task of a step took in an earlier run, for steps of which none has ended yet.
        slots: tasks that run at once.

    A task to come is taken to last as long as those of its step that have ended. Steps follow the longest chain of the
    graph, each with all slots, unless the work of all steps together takes longer.
    """
    counts = expected(run, steps)
    tasks = sum(count for count in counts.values() if count)
    more_tasks = more_seconds = None in counts.values()
    chains: dict[str, float] = {}
    work, known = 0.0, False
    for tally in steps:
        name = tally.step.name
        to_come = (counts[name] or 0) - sum(task.status.ended for task in tally.tasks)
        usual = _usual(tally.tasks, past.get(name))
        left = 0.0
        if to_come and usual is None:
            more_seconds = True
        elif to_come and usual is not None:
            known = True
            left = _left(tally.tasks, to_come, usual, now)
        work += left
        # many at once, but none faster than one
        longest = max(left / slots, min(left, usual or 0.0) if to_come else 0.0)
        before = max((chains.get(giver, 0.0) for giver in tally.step.givers), default=0.0)
        chains[name] = before + longest
    seconds = max([work / slots, *chains.values()]) if known else None
    return Remaining(tasks, more_tasks, seconds, more_seconds)


def _usual(tasks: Sequence[TaskRecord], past: float | None) -> float | None:
    """Return seconds that a task of a step takes."""
    took = [
        task.finished_at - task.started_at
        for task in tasks
        if task.status is TaskStatus.SUCCEEDED and task.started_at is not None and task.finished_at is not None
    ]
    return sum(took) / len(took) if took else past


def _left(tasks: Sequence[TaskRecord], to_come: int, usual: float, now: float) -> float:
    """Return seconds of work left of a step: less what the tasks under way have done of theirs."""
    going = [
        now - task.started_at for task in tasks if task.status is TaskStatus.RUNNING and task.started_at is not None
    ]
    return max(0.0, to_come * usual - sum(min(spent, usual) for spent in going))
