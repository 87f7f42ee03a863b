"""Which foreach have more items than a person reads one by one, and how far their steps are."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from nbflow.model.ids import StepName

#: items of a foreach up to which each of its tasks is told
MANY = 50
#: seconds between the first two words on a step that is counted, and between two words at most
_PAUSE, _LONGEST = 2.0, 60.0


class _Word(NamedTuple):
    """What was last said of a step that is counted."""

    at: float
    done: int
    #: seconds until the next one
    pause: float


class Counted:
    """The steps inside a foreach of many items, and how far they are."""

    def __init__(self, scopes: dict[str, Sequence[StepName]]) -> None:
        self._scopes = scopes
        self._totals: Counter[str] = Counter()
        self._done: Counter[str] = Counter()
        self._many: set[str] = set()
        self._words: dict[str, _Word] = {}

    def add(self, scope: str, items: int) -> None:
        """A foreach has listed its items."""
        self._totals[scope] += items
        if self._totals[scope] > MANY:
            self._many.add(scope)

    def counts(self, step: str) -> bool:
        """Say whether the step's tasks are only counted."""
        scopes = self._scopes.get(step, ())
        return bool(scopes) and scopes[-1] in self._many

    def total(self, step: str) -> int:
        """Return how many tasks the step has, as far as it is known."""
        return self._totals[self._scopes[step][-1]]

    def done(self, step: str) -> int:
        """Return how many of them have finished."""
        return self._done[step]

    def finished(self, step: str) -> None:
        """A task has come to its end."""
        self._done[step] += 1
        if self.counts(step):
            self._words.setdefault(step, _Word(time.monotonic(), 0, _PAUSE))

    def due(self, now: float, *, patient: bool = False) -> list[tuple[str, int]]:
        """Return the steps of which it is time to say how far they are; `patient`: only those that are through."""
        found = []
        for step, word in self._words.items():
            done = self._done[step]
            late = not patient and now - word.at >= word.pause
            if done > word.done and (done >= self.total(step) or late):
                # a long run is told of less and less often
                self._words[step] = _Word(now, done, min(2 * word.pause, _LONGEST))
                found.append((step, done))
        return found

    def rest(self) -> list[tuple[str, int]]:
        """Return the steps of which not all has been said."""
        return [(step, self._done[step]) for step, word in self._words.items() if self._done[step] > word.done]
