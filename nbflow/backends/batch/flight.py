"""One attempt on its way through Batch, as the backend knows it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from nbflow.backends.batch.folder import JobFolder
from nbflow.model.task import TaskSpec


@dataclass(slots=True, eq=False)
class BatchFlight:
    """An attempt from its launch until it has ended there."""

    number: int
    spec: TaskSpec
    #: files of this machine that its logs are copied to
    stdout: Path
    stderr: Path
    folder: JobFolder
    #: the id of its job; None until it is submitted
    job: str | None = None
    #: it has been seen running
    running: bool = False
    #: why it is to end
    stopped: str = ""
    #: Batch has taken the order to end it
    terminated: bool = False
    #: when Batch first did not know its job (of time.monotonic); None where it does
    unknown_since: float | None = None
    #: bytes of each log that are here
    copied: dict[str, int] = field(default_factory=lambda: {"stdout": 0, "stderr": 0})

    @property
    def step(self) -> str:
        return self.spec.step

    @property
    def is_foreign(self) -> bool:
        """Its job was submitted for a task of another run."""
        return self.folder.task != self.spec.task
