"""What a step with `--catch NAME` leaves under that name when its body failed."""

from __future__ import annotations

import re
from collections.abc import Iterable

from nbflow.frozen import frozen
from nbflow.model.record import Failure, TaskRecord

_CELL = re.compile(r'File "<[^"\n]*>"')


@frozen
class CaughtError:
    """An error as text: what was raised is gone with its process."""

    #: class name of the exception
    type: str
    message: str
    #: the step's own frames. A cell is `<cell>` in them: what it is called differs between a kernel and a file, and
    #: equal errors are equal artifacts
    traceback: str = ""

    @classmethod
    def of(cls, failure: Failure) -> CaughtError:
        """Return the failure as a step below may read it."""
        return cls(failure.type, failure.message, _CELL.sub('File "<cell>"', failure.traceback))

    @property
    def exception(self) -> str:
        """What the exception said."""
        return self.message

    @property
    def stacktrace(self) -> str:
        """Where it was raised."""
        return self.traceback

    def __str__(self) -> str:
        return f"{self.type}: {self.message}"


def caught_in(tasks: Iterable[TaskRecord]) -> str:
    """Return what --catch made a success of: `caught ValueError: no number`, `… and 2 more`; empty if nothing."""
    failures = [task.failure for task in tasks if task.caught and task.failure]
    if not failures:
        return ""
    more = f" and {len(failures) - 1} more" if len(failures) > 1 else ""
    return told_as_caught(failures[0]) + more


def told_as_caught(failure: Failure) -> str:
    """Return a failure that was caught on one line."""
    return f"caught {failure.told.splitlines()[0]}"
