"""Which tasks may start now: in the order they became ready, as far as workers and memory go."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from nbflow.runtime.flights import Flight, Limits
from nbflow.runtime.gangs import Gangs
from nbflow.runtime.stimuli import GangKey, Ready


class Admission:
    """The queue of one run, and what is in the air.

    Responsibilities: numbers, order, limits; that the tasks of a gang start together.
    """

    def __init__(self, limits: Limits) -> None:
        self.flights: dict[int, Flight] = {}
        self.gangs = Gangs()
        self._limits = limits
        self._queue: deque[Ready] = deque()
        self._numbers = 0

    @property
    def waits(self) -> bool:
        """Something is queued."""
        return bool(self._queue)

    def number(self) -> int:
        """Return a number that was not used yet."""
        self._numbers += 1
        return self._numbers

    def queue(self, ready: Ready, together: int) -> None:
        """Take in a task that may start, one of `together` that start at once."""
        gang = ready.gang
        self._queue.extend([ready] if gang is None else self.gangs.gather(gang, ready, together))

    def forget(self) -> None:
        """Let nothing that is queued start."""
        self._queue.clear()

    def admitted(self) -> Iterator[tuple[int, Ready]]:
        """Yield what may start, each with its number; it is in the air from then on."""
        used = sum(flight.ready.node.options.resources.memory or 0 for flight in self.flights.values())
        begun: GangKey | None = None
        while self._queue:
            ready = self._queue[0]
            wants = ready.node.options.resources.memory or 0
            # once one of a gang has started they all do, whatever the limits are: they wait for each other
            if ready.gang is None or ready.gang != begun:
                full = len(self.flights) >= self._limits.workers
                if full or (self.flights and used + wants > self._limits.memory):
                    return
            self._queue.popleft()
            used += wants
            begun = ready.gang
            number = self.number()
            self.flights[number] = Flight(ready)
            if begun is not None:
                self.gangs.started(begun, number)
            yield number, ready
