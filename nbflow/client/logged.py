"""What a task wrote and showed, try by try."""

from __future__ import annotations

import json
from abc import abstractmethod
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import Self

from nbflow.client.attempt import Attempt, Output, Stream, log_file
from nbflow.client.part import Part
from nbflow.model.ids import Pathspec
from nbflow.model.record import AttemptRecord, TaskRecord


class Logged(Part):
    """A task as something that wrote: of one that took over a result, it is what the task wrote that ran for it."""

    #: the attempt that was asked for
    _attempt: int | None

    @property
    @abstractmethod
    def _record(self) -> TaskRecord: ...

    @property
    def attempt(self) -> int:
        """The number of the attempt that was asked for, else of the one whose result counts, or of the last one."""
        return self._record.attempt

    @property
    def current_attempt(self) -> int:
        """The same, under the name Metaflow has for it."""
        return self._record.attempt

    @property
    def attempts(self) -> tuple[Attempt, ...]:
        """Every try, the first one first; of a task that took over a result, those of the task that ran for it."""
        if origin := self._origin():
            return origin.attempts
        return tuple(Attempt(tried, partial(log_file, self._workspace, self._spec, tried)) for tried in self._tries())

    @property
    def stdout(self) -> str:
        """What it printed, in the attempt that counts or was asked for."""
        tried = self._counting()
        return tried.stdout if tried else ""

    @property
    def stderr(self) -> str:
        """What it wrote to the error stream, in the attempt that counts or was asked for."""
        tried = self._counting()
        return tried.stderr if tried else ""

    @property
    def stdout_size(self) -> int:
        """Bytes of what it printed; they are not read."""
        tried = self._counting()
        return tried.log_size("stdout") if tried else 0

    @property
    def stderr_size(self) -> int:
        """Bytes of what it wrote to the error stream; they are not read."""
        tried = self._counting()
        return tried.log_size("stderr") if tried else 0

    def loglines(
        self,
        stream: Stream,
        as_unicode: bool = True,  # noqa: FBT001, FBT002 - as Metaflow has it
    ) -> Iterator[tuple[datetime | None, str | bytes]]:
        """Yield the lines of a log, without their ends, each with a time.

        Logs are kept as they were written, and nobody notes when a line came: the time is that at which the attempt
        began, on every line.

        Args:
            stream: `stdout` or `stderr`.
            as_unicode: as text; else as bytes.
        """
        tried = self._counting()
        if tried is None:
            return
        lines = tried.log(stream).split("\n")
        for line in lines if lines[-1] else lines[:-1]:
            yield tried.started_at, line if as_unicode else line.encode()

    @property
    def outputs(self) -> tuple[Output, ...]:
        """What it displayed: pictures, tables, the last expression."""
        digest = self._record.displays
        if digest is None:
            origin = self._origin()
            return origin.outputs if origin else ()
        bundles = json.loads(self._workspace.store.get_bytes(digest))
        return tuple(Output(bundle["data"], bundle["metadata"]) for bundle in bundles)

    def _tries(self) -> tuple[AttemptRecord, ...]:
        return self._facts.attempts(self.path_components[2], self.id)

    def _counting(self) -> Attempt | None:
        """Return the attempt whose logs count."""
        task = self._origin() or self
        number = task.attempt if self._attempt is None else self._attempt
        return next((tried for tried in task.attempts if tried.number == number), None)

    def _origin(self, record: TaskRecord | None = None) -> Self | None:
        """Return the task that ran for this one, as its record says; the record is `record` where it is not read yet."""
        origin = (record or self._record).origin
        if origin is None or origin == self.pathspec:
            return None
        run = Pathspec.parse(origin).run or ""
        if self._workspace.metadata.run(self._spec.flow, run) is None:
            return None
        return type(self)(origin, workspace=self._workspace)
