"""What AWS refuses while jobs are on their way: told once, and once more when it has passed. Nobody waits without a word."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import Literal

from nbflow.errors import NbflowError, Problem, RunError, problem

Deed = Literal["look", "end"]

#: what is asked for; how often in a row it is refused before that is told; what goes on meanwhile; what has passed
_DEEDS: dict[Deed, tuple[str, int, str, str]] = {
    "look": (
        "DescribeJobs",
        3,
        "the jobs go on, and are looked for again until that succeeds; to stop waiting, interrupt twice",
        "AWS Batch says again how the jobs are",
    ),
    "end": (
        "TerminateJob",
        1,
        "the jobs may go on; it is tried again until they have ended, and an interrupt stops waiting for that",
        "AWS Batch ends jobs again",
    ),
}


class Trouble:
    """What does not succeed at the moment. Safe to use from several threads."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell
        self._refused: dict[Deed, int] = {}
        self._said: set[str] = set()
        self._lock = Lock()

    def warn(self, warning: Problem) -> None:
        """Say it, if it was not said."""
        with self._lock:
            new = str(warning) not in self._said
            self._said.add(str(warning))
        if new:
            self._tell(str(warning))

    def met(self, deed: Deed, error: Exception) -> None:
        """It was refused: say so when it has been for some times in a row, once."""
        action, patience, meanwhile, _ = _DEEDS[deed]
        with self._lock:
            count = self._refused[deed] = self._refused.get(deed, 0) + 1
        if count == patience:
            told = as_refusal(action, error)
            self._tell("\n".join([*(str(each) for each in told.problems), f"  now    {meanwhile}"]))

    def passed(self, deed: Deed) -> None:
        """It succeeded: say so where it was said that it did not."""
        with self._lock:
            count = self._refused.pop(deed, 0)
        _, patience, _, again = _DEEDS[deed]
        if count >= patience:
            self._tell(again)


def as_refusal(action: str, error: Exception) -> NbflowError:
    """Return what is told of anything that an action ended with."""
    if isinstance(error, NbflowError):
        return error
    what = f"{type(error).__name__}: {error}"
    return RunError(problem("R091", action=action, what=what, why="it was not expected", fix="nbflow doctor"))
