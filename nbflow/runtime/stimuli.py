"""What the machine hears (stimuli) and what it wants done (commands). Plain values, so a run can be replayed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from nbflow.frozen import frozen
from nbflow.model.event import Event
from nbflow.model.graph import Node
from nbflow.model.ids import Path, StepName, TaskKey
from nbflow.model.record import AttemptRecord, ItemsRecord, TaskRecord
from nbflow.model.status import RunStatus
from nbflow.plan.fingerprint import Fingerprint
from nbflow.plan.gather import Given, Joined

# ---- stimuli


@frozen
class WorkerSubmitted:
    """Flight `number` waits for a machine elsewhere; what will run it is known as `job` there."""

    number: int
    job: str


@frozen
class WorkerStarted:
    """The worker of flight `number` is running; elsewhere its process has no number here."""

    number: int
    pid: int | None
    stdout: str
    stderr: str


@frozen
class WorkerSaid:
    """The worker of flight `number` sent a message (see nbflow.task.worker)."""

    number: int
    message: Mapping[str, Any]


@frozen
class WorkerExited:
    """The worker of flight `number` and all its processes are gone; negative `status`: by that signal."""

    number: int
    status: int
    #: what is known of a death, in a sentence
    why: str = ""


@frozen
class Alarm:
    """A wake-up that was asked for has come."""

    token: tuple[str, int]


@frozen
class CancelAsked:
    """Someone wants the run to end. `kill`: without the grace time."""

    kill: bool = False


Stimulus = WorkerSubmitted | WorkerStarted | WorkerSaid | WorkerExited | Alarm | CancelAsked

# ---- commands

#: the step whose tasks make up a gang, and the path of the task that opened it
GangKey = tuple[StepName, Path]


@frozen
class Ready:
    """A task (or the listing of a foreach's items) that may be launched."""

    kind: Literal["body", "items"]
    node: Node
    path: Path
    given: Given
    joined: Joined | None = None
    fingerprint: Fingerprint | None = None
    attempt: int = 0
    #: what --when said
    condition: bool | None = None
    #: its round in a self-loop
    iteration: int = 0

    @property
    def key(self) -> TaskKey:
        return TaskKey(self.node.name, self.path, self.iteration)

    @property
    def gang(self) -> GangKey | None:
        """The gang it belongs to: tasks that start together and fail together."""
        opens = self.node.opens
        if opens is None or opens.kind != "gang" or len(self.path) < len(self.node.scope):
            return None
        return self.node.name, self.path[:-1]

    @property
    def elsewhere(self) -> bool:
        """It runs on another machine. Items are listed here: that takes no machine's time."""
        return self.kind == "body" and self.node.options.elsewhere

    @property
    def last_attempt(self) -> bool:
        """No further try would follow a failure."""
        return self.attempt >= self.node.options.retry.times


@frozen
class Launch:
    """Start a worker for `ready`, known as flight `number` from now on."""

    number: int
    ready: Ready


@frozen
class Stop:
    """End the worker of flight `number`: ask it (SIGTERM), or kill it and all its processes."""

    number: int
    kill: bool


@frozen
class Wake:
    """Send Alarm(token) after `seconds`."""

    seconds: float
    token: tuple[str, int]


@frozen
class Save:
    """Write a record: with an ended status, this is the task's commit."""

    task: TaskRecord | None = None
    attempt: AttemptRecord | None = None
    items: ItemsRecord | None = None


@frozen
class Tell:
    """Pass an event to whoever watches the run."""

    event: Event


@frozen
class End:
    """The run is over; no worker of it is left."""

    status: RunStatus


Command = Launch | Stop | Wake | Save | Tell | End
