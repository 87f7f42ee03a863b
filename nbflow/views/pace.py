"""How often a view looks at the store: a run of many tasks is looked at less often."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

#: share of the time that looking may take
_SHARE = 0.2


class Pace:
    """How often a view may look at the store: never more than a part of the time that it has."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._not_before = 0.0

    def due(self) -> bool:
        """Whether it may look again."""
        return self._clock() >= self._not_before

    def timed(self, look: Callable[[], T]) -> T:
        """Look, and remember how long that took."""
        began = self._clock()
        try:
            return look()
        finally:
            ended = self._clock()
            self._not_before = ended + (ended - began) * (1 / _SHARE - 1)
