"""What went wrong in a run, gathered: tasks that failed alike are told once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from nbflow.cards.printable import log_text, one_line
from nbflow.model.record import OURS, Failure, TaskRecord


@dataclass(slots=True)
class Alike:
    """Tasks of one step that failed with the same error."""

    failure: Failure
    tasks: list[TaskRecord] = field(default_factory=list)

    @property
    def who(self) -> str:
        """`train[3]`, `train[0], train[3] and 35 more`."""
        names = [one_line(task.key, 60) for task in self.tasks]
        return ", ".join(names) if len(names) <= 3 else f"{names[0]}, {names[1]} and {len(names) - 2} more"

    @property
    def head(self) -> str:
        """The error's own first line."""
        return one_line(error_text(self.failure).partition("\n")[0], 300)

    @property
    def rest(self) -> str:
        """What the error says beside its first line."""
        return error_text(self.failure).partition("\n")[2].strip("\n")

    @property
    def trace(self) -> str:
        """The frames, without the error that stands above them."""
        if self.failure.type in OURS:
            return ""
        shown = log_text(self.failure.traceback).rstrip()
        return shown.removesuffix(error_text(self.failure)).rstrip()


def alike(tasks: Sequence[TaskRecord]) -> tuple[Alike, ...]:
    """Return the failures among `tasks`, those that failed alike together, in the order found."""
    found: dict[tuple[str, str], Alike] = {}
    for task in tasks:
        if task.failure is None or task.status.has_result:
            continue
        text = error_text(task.failure)
        found.setdefault((task.step, text), Alike(task.failure)).tasks.append(task)
    return tuple(found.values())


def error_text(failure: Failure) -> str:
    """Return an error as its own lines: `ValueError: …`, or the text of a problem of nbflow."""
    message = log_text(failure.message).rstrip()
    return message if failure.code else f"{failure.type}: {message}" if message else failure.type
