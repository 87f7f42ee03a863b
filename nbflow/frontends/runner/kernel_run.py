"""A run that goes on in this kernel, seen as the process it would be elsewhere."""

from __future__ import annotations

import os

from nbflow.client import Run, Task
from nbflow.frontends.runner.child import STREAMS, Stream


class KernelRun:
    """A run of this kernel's own engine.

    Responsibilities: look like a `Child`: what tasks write comes in one stream, each piece where it was first seen.
    """

    def __init__(self, run: Run) -> None:
        self.timed_out = False
        self._run = run
        self._written = {stream: bytearray() for stream in STREAMS}
        #: (task, stream) → how much of it is in `_written`
        self._seen: dict[tuple[str, Stream], int] = {}

    @property
    def pid(self) -> int:
        """The number of this process."""
        return os.getpid()

    @property
    def returncode(self) -> int | None:
        """0 when all went well, 1 when it did not, None while it runs."""
        return None if not self._run.finished else 0 if self._run.successful else 1

    def interrupt(self) -> None:
        """Ask it to end."""
        self._run.cancel()

    def end(self) -> None:
        """End it; returns when none of its processes is left."""
        self._run.cancel(wait=True)

    def written(self, stream: Stream, position: int = 0) -> bytes:
        """Return what its tasks have written so far, from byte `position` on."""
        for step in self._run.steps():
            for task in step:
                self._take(task, stream)
        return bytes(self._written[stream][position:])

    def _take(self, task: Task, stream: Stream) -> None:
        text = (task.stdout if stream == "stdout" else task.stderr).encode()
        key = task.pathspec, stream
        self._written[stream] += text[self._seen.get(key, 0) :]
        self._seen[key] = len(text)

    def clean_up(self) -> None:
        """There are no files of its own."""
