"""A run, or a task, that a Runner started: its process, its output, and what the client says of it."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncIterator
from types import TracebackType
from typing import Literal, Protocol, Self

from nbflow.client import Run, Task
from nbflow.frontends.runner.child import STREAMS, Child, Lines, Stream
from nbflow.frontends.runner.kernel_run import KernelRun

#: seconds between two looks at a process
TICK = 0.03


class Owner(Protocol):
    """What started a run."""

    def cleanup(self) -> None:
        """Delete all temporary files."""


class ExecutingProcess:
    """The process in which a flow runs. As a context manager it deletes the files of its Runner at the end."""

    def __init__(self, runner: Owner, child: Child | KernelRun) -> None:
        self.runner = runner
        self._child = child

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._child.pid

    @property
    def returncode(self) -> int | None:
        """Its exit code: 0 when all went well; None while it runs."""
        return self._child.returncode

    @property
    def status(self) -> Literal["timeout", "running", "failed", "successful"]:
        """How it stands; timeout: `wait` ended it, since it took too long."""
        if self._child.timed_out:
            return "timeout"
        code = self._child.returncode
        return "running" if code is None else "failed" if code else "successful"

    @property
    def stdout(self) -> str:
        """What it wrote so far."""
        return self._child.written("stdout").decode("utf-8", "replace")

    @property
    def stderr(self) -> str:
        """What it wrote to the error stream so far."""
        return self._child.written("stderr").decode("utf-8", "replace")

    async def wait(self, timeout: float | None = None, stream: Stream | None = None) -> Self:
        """Wait until it has ended.

        Args:
            timeout: seconds after which it is ended; its status is `timeout` then.
            stream: print what it writes there, line by line.
        """
        deadline = None if timeout is None else time.monotonic() + timeout
        lines = Lines(self._child, stream) if stream else None
        while True:
            ended = self._child.returncode is not None
            for _, line in lines.new(last=ended) if lines else ():
                print(line)  # noqa: T201 - asked for
            if ended:
                return self
            if deadline is not None and time.monotonic() >= deadline:
                self._child.timed_out = True
                await asyncio.to_thread(self._child.end)
            await asyncio.sleep(TICK)

    async def stream_log(self, stream: Stream, position: int | None = None) -> AsyncIterator[tuple[int, str]]:
        """Yield each line that it writes, with the position behind it, until it has ended.

        Args:
            stream: stdout or stderr.
            position: one that was yielded before, to go on from.
        """
        if stream not in STREAMS:
            raise ValueError(f"stream is 'stdout' or 'stderr', not {stream!r}")
        lines = Lines(self._child, stream, position or 0)
        while True:
            ended = self._child.returncode is not None
            for each in lines.new(last=ended):
                yield each
            if ended:
                return
            await asyncio.sleep(TICK)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.runner.cleanup()


class ExecutingRun(ExecutingProcess):
    """A run that was started by `Runner.run`, `resume`, `async_run` or `async_resume`."""

    def __init__(self, runner: Owner, child: Child | KernelRun, run: Run) -> None:
        super().__init__(runner, child)
        #: the run, as the client shows it
        self.run = run

    def __repr__(self) -> str:
        return f"<ExecutingRun {self.run.pathspec}: {self.status}>"


class ExecutingTask(ExecutingProcess):
    """A task that was started by `Runner.spin` or `async_spin`."""

    def __init__(self, runner: Owner, child: Child | KernelRun, task: Task) -> None:
        super().__init__(runner, child)
        #: the task, as the client shows it
        self.task = task

    def __repr__(self) -> str:
        return f"<ExecutingTask {self.task.pathspec}: {self.status}>"


class Echo:
    """Prints what a process writes, line by line, in this process."""

    def __init__(self, child: Child) -> None:
        self._lines = [(Lines(child, stream), stream) for stream in STREAMS]

    def tick(self, *, last: bool = False) -> None:
        """Print what is new; `last`: nothing more will come."""
        for lines, stream in self._lines:
            for _, line in lines.new(last=last):
                # looked up each time: a notebook gives each cell its own
                print(line, file=sys.stderr if stream == "stderr" else sys.stdout)
