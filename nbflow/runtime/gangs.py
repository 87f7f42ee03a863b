"""Tasks that run side by side and speak with each other (`num_parallel`): they start together and fail together."""

from __future__ import annotations

from dataclasses import dataclass, field

from nbflow.model.record import Failure
from nbflow.runtime.flights import Flight
from nbflow.runtime.stimuli import GangKey, Ready, WorkerExited

#: a worker that is gone, and how it went
Landed = tuple[Flight, WorkerExited]


@dataclass(slots=True)
class _Gang:
    waiting: list[Ready] = field(default_factory=list)
    flying: set[int] = field(default_factory=set)
    landed: list[Landed] = field(default_factory=list)
    #: the first failure, in words
    broken: str = ""


class Gangs:
    """The gangs of one run.

    Responsibilities: keep members until all can start, and ended ones until all have ended. What an end means is the
    machine's matter.
    """

    def __init__(self) -> None:
        self._gangs: dict[GangKey, _Gang] = {}

    def gather(self, key: GangKey, ready: Ready, size: int) -> list[Ready]:
        """Take in a member that may start; return all of them once they are `size`, else none."""
        gang = self._gangs.setdefault(key, _Gang())
        gang.waiting.append(ready)
        if len(gang.waiting) < size:
            return []
        members, gang.waiting = sorted(gang.waiting, key=lambda each: each.path), []
        gang.landed, gang.broken = [], ""
        return members

    def started(self, key: GangKey, number: int) -> None:
        """Note that flight `number` is one of the gang's."""
        self._gangs[key].flying.add(number)

    def ended(self, key: GangKey, landed: Landed, *, well: bool) -> tuple[list[Landed], list[int]]:
        """Note the end of a member.

        Return the members to be judged, which are all once the last of them has ended; and the flights to be stopped,
        which are the others once the first has failed.
        """
        gang = self._gangs[key]
        flight, exited = landed
        gang.flying.discard(exited.number)
        gang.landed.append(landed)
        stop: list[int] = []
        if not well and not gang.broken:
            gang.broken = str(flight.ready.key)
            stop = sorted(gang.flying)
        return ([] if gang.flying else gang.landed), stop

    def failure_of(self, key: GangKey, flight: Flight) -> Failure | None:
        """Return why a member fails that did not fail itself: another one did. None where it is the one, or none is."""
        gang = self._gangs[key]
        if not gang.broken or gang.broken == str(flight.ready.key):
            return None
        return Failure("GangFailed", f"{gang.broken} failed, and tasks that run side by side fail together")
