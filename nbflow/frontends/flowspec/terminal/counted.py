"""Which foreach have more items than a person reads one by one, and how far their steps are."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence

from nbflow.model.ids import StepName

#: items of a foreach up to which each of its tasks is told
MANY = 50
#: seconds between two words on a step that is counted
_PAUSE = 2.0


class Counted:
    """The steps inside a foreach of many items, and how far they are."""

    def __init__(self, scopes: dict[str, Sequence[StepName]]) -> None:
        self._scopes = scopes
        self._totals: Counter[str] = Counter()
        self._done: Counter[str] = Counter()
        self._many: set[str] = set()
        #: step → when it was last told how far it is, and how far it was then
        self._told: dict[str, tuple[float, int]] = {}

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
            self._told.setdefault(step, (time.monotonic(), 0))

    def due(self, now: float) -> list[tuple[str, int]]:
        """Return the steps of which it is time to say how far they are."""
        found = []
        for step, (last, told) in self._told.items():
            done = self._done[step]
            if done > told and (done >= self.total(step) or now - last >= _PAUSE):
                self._told[step] = now, done
                found.append((step, done))
        return found

    def rest(self) -> list[tuple[str, int]]:
        """Return the steps of which not all has been said."""
        return [(step, self._done[step]) for step, (_, told) in self._told.items() if self._done[step] > told]
