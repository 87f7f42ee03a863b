"""What a run tells those who watch it, in the order it happened."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nbflow.frozen import frozen
from nbflow.model.ids import TaskKey
from nbflow.model.record import TaskRecord
from nbflow.model.status import RunStatus


@frozen
class TaskSubmitted:
    """An attempt waits for a machine elsewhere, where it is known as `job`."""

    key: TaskKey
    attempt: int
    job: str


@frozen
class TaskStarted:
    """An attempt is running; its logs grow in the two files (absolute paths)."""

    key: TaskKey
    attempt: int
    stdout: str
    stderr: str
    #: its worker; None where that is not known
    pid: int | None = None


@frozen
class Displayed:
    """The body displayed something after writing `stdout_at` and `stderr_at` bytes of log."""

    key: TaskKey
    data: Mapping[str, Any]
    metadata: Mapping[str, Any]
    #: IPython's transient data: display_id
    transient: Mapping[str, Any]
    update: bool
    stdout_at: int
    stderr_at: int


@frozen
class AttemptEnded:
    """An attempt is over; `record` says how the task stands now (it may be tried again: status waiting)."""

    key: TaskKey
    attempt: int
    record: TaskRecord


@frozen
class ItemsListed:
    """A foreach knows its items: `ran` of `total` will run (fewer in a sample)."""

    key: TaskKey
    total: int
    ran: int


@frozen
class Marked:
    """All that workers had said when this mark was asked for has been told before it."""


@frozen
class Noticed:
    """The place where tasks run says something of them all, as that it cannot be asked how they are."""

    text: str


@frozen
class RunEnded:
    """The run is over and no process of it is left."""

    status: RunStatus


Event = TaskSubmitted | TaskStarted | Displayed | AttemptEnded | ItemsListed | Marked | Noticed | RunEnded
