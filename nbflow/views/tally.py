"""The tasks of a run, counted by step."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from nbflow.cards.figures import duration
from nbflow.cards.palette import URGENCY
from nbflow.graph.draw import StepState
from nbflow.model.caught import caught_in
from nbflow.model.record import StepSummary, TaskRecord
from nbflow.model.status import TaskStatus

_DONE = (TaskStatus.SUCCEEDED, TaskStatus.REUSED, TaskStatus.SKIPPED)


@dataclass(slots=True)
class Tally:
    """One step's tasks."""

    step: StepSummary
    tasks: list[TaskRecord] = field(default_factory=list)
    counts: Counter[TaskStatus] = field(default_factory=Counter)

    @property
    def status(self) -> str:
        """The step as a whole: what is most worth knowing of its tasks."""
        present = {status.value for status in self.counts}
        if present <= {"waiting", "ready"} or not present:
            return "waiting"
        urgent = next(status for status in URGENCY if status in present)
        # some are done and others still to come: the step is on its way
        return "running" if urgent in {"ready", "waiting", "submitted"} else urgent

    @property
    def done(self) -> int:
        """Tasks that came to a good end."""
        return sum(self.counts[status] for status in _DONE)

    @property
    def failed(self) -> int:
        """Tasks that failed or were lost."""
        return self.counts[TaskStatus.FAILED] + self.counts[TaskStatus.LOST]

    @property
    def going(self) -> bool:
        """Some of its tasks have started and not ended."""
        return any(task.started_at is not None and not task.status.ended for task in self.tasks)

    def started(self) -> float | None:
        """Return when its first task started in this run."""
        return min((task.started_at for task in self._ran() if task.started_at is not None), default=None)

    def finished(self, now: float) -> float | None:
        """Return when its last task ended, `now` while one runs."""
        if self.going:
            return now
        return max((task.finished_at for task in self._ran() if task.finished_at is not None), default=None)

    def seconds(self, now: float) -> float | None:
        """Return how long it took from its first start to its last end."""
        first, last = self.started(), self.finished(now)
        return None if first is None or last is None else max(0.0, last - first)

    def _ran(self) -> list[TaskRecord]:
        # a reused result keeps the times of the run that made it
        return [task for task in self.tasks if task.status is not TaskStatus.REUSED]

    def state(self, now: float, total: int | None = None) -> StepState:
        """Return what a drawing says of the step, which will have had `total` tasks where more than there are."""
        said = (duration(self.seconds(now)), caught_in(self.tasks))
        tasks = max(len(self.tasks), total or 0)
        return StepState(self.status, self.done, tasks, self.failed, " · ".join(filter(None, said)))


def tallies(steps: Sequence[StepSummary], tasks: Sequence[TaskRecord]) -> tuple[Tally, ...]:
    """Return one tally per step, in flow order; steps that only tasks know come last."""
    found: dict[str, Tally] = {step.name: Tally(step) for step in steps}
    for task in sorted(tasks, key=lambda each: each.path):
        tally = found.setdefault(task.step, Tally(StepSummary(task.step, (), ())))
        tally.tasks.append(task)
        tally.counts[task.status] += 1
    return tuple(found.values())
