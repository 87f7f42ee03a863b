"""A forecast: what will become of each task and step of a run, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import field
from typing import Any, Literal

from nbflow.frozen import frozen
from nbflow.model.graph import Node
from nbflow.model.ids import StepName, TaskKey
from nbflow.model.record import TaskRecord

#: perhaps: it waits for tasks that run, and is taken over if they leave the same as before
Fate = Literal["reused", "runs", "perhaps", "skipped"]


@frozen
class TaskForecast:
    """What will become of one task."""

    key: TaskKey
    fate: Fate
    #: one line; empty for what is reused
    reason: str = ""
    #: what it left last time, or how that ended
    old: TaskRecord | None = None
    #: what it would be made of now, as far as it is known (see TaskRecord.parts)
    parts: Mapping[str, str] = field(default_factory=dict)
    #: steps that run first, whose results decide
    after: tuple[StepName, ...] = ()
    #: it stands for items of last time: they will be listed anew
    guessed: bool = False
    #: the result it takes over, and the pathspec of the task that left it
    result: TaskRecord | None = None
    origin: str = ""

    @property
    def seconds(self) -> float | None:
        """How long it took when it last came to a good end."""
        old = self.old
        if old is None or not old.status.has_result or old.started_at is None or old.finished_at is None:
            return None
        return max(0.0, old.finished_at - old.started_at)


@frozen
class Reason:
    """Why some tasks of a step run, or do not."""

    text: str
    tasks: int


@frozen
class StepForecast:
    """What will become of one step's tasks."""

    step: StepName
    reused: int = 0
    runs: int = 0
    perhaps: int = 0
    skipped: int = 0
    #: tasks in all; None: not known before its items are listed, the other numbers are those of last time
    total: int | None = None
    reasons: tuple[Reason, ...] = ()
    #: what the tasks that will run took last time; None: not known of any
    seconds: float | None = None
    #: the same of tasks that perhaps run
    perhaps_seconds: float | None = None
    #: it stands in a foreach: one task per item
    many: bool = False
    #: its tasks run on AWS Batch
    on_batch: bool = False


@frozen
class Forecast:
    """What a run will do, step by step in flow order."""

    steps: tuple[StepForecast, ...]
    tasks: Mapping[TaskKey, TaskForecast] = field(default_factory=dict)
    #: what the run would be given (see RunRecord.parameters)
    parameters: Mapping[str, tuple[str, Any, str]] = field(default_factory=dict)

    @property
    def seconds(self) -> float | None:
        """Seconds of work that the tasks that will run took last time, one after another."""
        return _total(step.seconds for step in self.steps)

    @property
    def perhaps_seconds(self) -> float | None:
        """The same of the tasks that perhaps run."""
        return _total(step.perhaps_seconds for step in self.steps)

    @property
    def untimed(self) -> int:
        """How many of the tasks that run, or perhaps run, have never come to a good end: nobody knows how long."""
        return sum(task.fate in {"runs", "perhaps"} and task.seconds is None for task in self.tasks.values())


def summed(node: Node, tasks: Iterable[TaskForecast], *, certain: bool, empty: str) -> StepForecast:
    """Return the tasks of a step as one: counted, reasons grouped. `empty` says why there is none."""
    mine = tuple(tasks)
    counts = Counter(task.fate for task in mine)
    reasons = Counter(task.reason for task in mine if task.reason) if mine else Counter([empty])
    return StepForecast(
        node.name,
        reused=counts["reused"],
        runs=counts["runs"],
        perhaps=counts["perhaps"],
        skipped=counts["skipped"],
        total=len(mine) if certain else None,
        reasons=tuple(Reason(text, count) for text, count in reasons.items()),
        seconds=_total(task.seconds for task in mine if task.fate == "runs"),
        perhaps_seconds=_total(task.seconds for task in mine if task.fate == "perhaps"),
        many=bool(node.scope),
        on_batch=node.options.backend == "batch",
    )


def _total(seconds: Iterable[float | None]) -> float | None:
    known = [each for each in seconds if each is not None]
    return sum(known) if known else None
