"""The ends of logs that still grow, and which of them are worth showing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from pathlib import Path

from nbflow.model.event import AttemptEnded, Event, TaskStarted
from nbflow.model.ids import TaskKey
from nbflow.model.record import TaskRecord
from nbflow.model.status import TaskStatus

#: bytes of a log that are read for its end
TAIL = 4096
#: tasks shown at once: failed first, then under way, then of those that are done
_FAILED, _GOING, _DONE = 4, 8, 1
#: tasks shown when all is over
_LASTING = 16
#: how a task ends that did not come to its end
_CUT = frozenset({TaskStatus.CANCELLED, TaskStatus.LOST})
#: logs remembered of tasks that came to a good end
_REMEMBERED = 5000


class Logs:
    """Where the logs of a run's tasks are.

    Responsibilities: follow the events; say which tasks are worth a look. Files are read by `ends` only.
    """

    def __init__(self) -> None:
        #: stdout and stderr of the last attempt, by the order in which tasks started
        self._files: dict[TaskKey, tuple[str, str]] = {}
        self._failed: dict[TaskKey, None] = {}
        #: those that ran when the run was cancelled, or lost its process
        self._cut: dict[TaskKey, None] = {}
        self._done: dict[TaskKey, None] = {}

    def see(self, event: Event) -> None:
        """Take in what happened."""
        match event:
            case TaskStarted(key, stdout=stdout, stderr=stderr):
                # the latest comes last
                self._files.pop(key, None)
                self._files[key] = (stdout, stderr)
                self._done.pop(key, None)
                self._cut.pop(key, None)
            case AttemptEnded(key, _, record) if record.status.ended:
                if record.status is TaskStatus.FAILED:
                    self._failed[key] = None
                elif record.status in _CUT:
                    self._cut[key] = None
                self._done.pop(key, None)
                self._done[key] = None
                while len(self._done) > _REMEMBERED:
                    self._forget()

    def worth(self, records: Sequence[TaskRecord], asked: Iterable[str] = ()) -> list[TaskKey]:
        """Return tasks worth a look, the most worth it first: the first failures, the latest under way, `asked` ones."""
        going = [key for key in reversed(self._files) if key not in self._done]
        found = [*islice(self._failed, _FAILED), *going[:_GOING]]
        if not found:
            found = list(islice(reversed(self._done), _DONE))
        wanted = set(asked)
        found += [task.key for task in records if str(task.key) in wanted] if wanted else []
        return list(dict.fromkeys(found))

    def lasting(self) -> list[TaskKey]:
        """Return tasks worth a look when all is over.

        The first failures, then what was cut off, the longest under way first, then the last of each step that ran.
        """
        last = {key.step: key for key in self._files}
        cut = [key for key in self._files if key in self._cut or key not in self._done]
        return list(dict.fromkeys([*islice(self._failed, _FAILED), *cut[:_GOING], *last.values()]))[:_LASTING]

    def add(self, key: TaskKey, files: tuple[str, str]) -> None:
        """Take in where the log of a task is that did not run here."""
        self._files.setdefault(key, files)
        self._done.setdefault(key)

    def knows(self, key: TaskKey) -> bool:
        """Whether it is known where the log of a task is."""
        return key in self._files

    def ends(self, keys: Iterable[TaskKey]) -> Mapping[TaskKey, str]:
        """Return the ends of the logs of these tasks; empty where there is none."""
        return {key: self._end(key) for key in keys}

    def _end(self, key: TaskKey) -> str:
        parts = (_end_of(path) for path in self._files.get(key, ()))
        return "\n".join(part.rstrip("\n") for part in parts if part)

    def _forget(self) -> None:
        oldest = next((key for key in self._done if key not in self._failed and key not in self._cut), None)
        if oldest is None:
            oldest = next(iter(self._done))
        del self._done[oldest]
        self._cut.pop(oldest, None)
        self._files.pop(oldest, None)


def _end_of(path: str) -> str:
    """Return the last lines of a file that may still grow, or not be there yet."""
    try:
        with Path(path).open("rb") as file:
            size = file.seek(0, 2)
            file.seek(max(0, size - TAIL))
            data = file.read(TAIL)
    except OSError:
        return ""
    text = data.decode("utf-8", "replace")
    return text.partition("\n")[2] if size > TAIL else text
