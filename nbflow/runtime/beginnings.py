"""How an attempt begins, as its task's record and what is told of it: it waits for a machine elsewhere, it runs."""

from __future__ import annotations

from dataclasses import replace

from nbflow.model.event import TaskStarted, TaskSubmitted
from nbflow.model.record import TaskRecord
from nbflow.model.status import TaskStatus
from nbflow.runtime.flights import Flight
from nbflow.runtime.stimuli import Command, Save, Tell, Wake, WorkerStarted

#: seconds that a method, whose own worker interrupts it, may be late
LATE = 5.0


def submitted(flight: Flight, job: str, record: TaskRecord) -> tuple[TaskRecord, list[Command]]:
    """Return the task of a flight that waits for a machine, and what is to be done."""
    ready = flight.ready
    record = replace(record, status=TaskStatus.SUBMITTED, attempt=ready.attempt)
    return record, [
        Save(record, flight.attempt(TaskStatus.SUBMITTED)),
        Tell(TaskSubmitted(ready.key, ready.attempt, job)),
    ]


def started(
    flight: Flight, stimulus: WorkerStarted, record: TaskRecord, now: float
) -> tuple[TaskRecord, list[Command]]:
    """Return the task of a flight that runs, and what is to be done."""
    ready = flight.ready
    record = replace(record, status=TaskStatus.RUNNING, attempt=ready.attempt, started_at=now)
    told = TaskStarted(ready.key, ready.attempt, stimulus.stdout, stimulus.stderr, stimulus.pid)
    return record, [Save(record, flight.attempt(TaskStatus.RUNNING)), Tell(told)]


def time_limit(flight: Flight, number: int) -> list[Command]:
    """Return the alarm of a flight whose step has a limit. It begins when the body does, not when it is submitted."""
    node = flight.ready.node
    if not node.options.timeout:
        return []
    # a method is interrupted by its own worker, which can keep what it had; this is for one that cannot
    late = LATE if node.method else 0.0
    return [Wake(node.options.timeout + late, ("timeout", number))]
