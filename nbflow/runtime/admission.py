"""Which tasks may start now: in the order they became ready, as far as workers and memory go."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator

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
        #: what runs here, and what runs elsewhere (True): neither waits for the other
        self._lines: dict[bool, deque[Ready]] = {False: deque(), True: deque()}
        self._numbers = 0

    @property
    def waits(self) -> bool:
        """Something is queued."""
        return any(self._lines.values())

    def number(self) -> int:
        """Return a number that was not used yet."""
        self._numbers += 1
        return self._numbers

    def queue(self, ready: Ready, together: int) -> None:
        """Take in a task that may start, one of `together` that start at once."""
        gang = ready.gang
        self._lines[ready.elsewhere].extend([ready] if gang is None else self.gangs.gather(gang, ready, together))

    def forget(self) -> None:
        """Let nothing that is queued start."""
        for line in self._lines.values():
            line.clear()

    def admitted(self) -> Iterator[tuple[int, Ready]]:
        """Yield what may start, each with its number; it is in the air from then on."""
        used = _InUse(self._limits, (flight.ready for flight in self.flights.values()))
        for line in self._lines.values():
            yield from self._admitted_of(line, used)

    def _admitted_of(self, line: deque[Ready], used: _InUse) -> Iterator[tuple[int, Ready]]:
        begun: GangKey | None = None
        while line:
            ready = line[0]
            # once one of a gang has started they all do, whatever the limits are: they wait for each other
            follows = ready.gang is not None and ready.gang == begun
            if not (follows or used.admits(ready)):
                return
            line.popleft()
            used.take(ready)
            begun = ready.gang
            number = self.number()
            self.flights[number] = Flight(ready)
            if begun is not None:
                self.gangs.started(begun, number)
            yield number, ready


class _InUse:
    """What is in the air, by what it takes."""

    def __init__(self, limits: Limits, flying: Iterable[Ready]) -> None:
        self._limits = limits
        self._here = self._elsewhere = self._memory = 0
        for ready in flying:
            self.take(ready)

    def admits(self, ready: Ready) -> bool:
        """Say whether `ready` may start, too."""
        limits = self._limits
        if limits.total is not None and self._here + self._elsewhere >= limits.total:
            return False
        if ready.elsewhere:
            return self._elsewhere < limits.elsewhere
        fits = not self._here or self._memory + _memory(ready) <= limits.memory
        return self._here < limits.workers and fits

    def take(self, ready: Ready) -> None:
        """Count `ready` in."""
        if ready.elsewhere:
            self._elsewhere += 1
        else:
            self._here += 1
            self._memory += _memory(ready)


def _memory(ready: Ready) -> int:
    return ready.node.options.resources.memory or 0
