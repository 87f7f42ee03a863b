"""A clock that tests move, and a stand-in for processes that notes what would be started."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from nbflow.schedules.register import Register


@dataclass
class MovedClock:
    """The time is what it was set to; waiting moves it."""

    at: datetime
    seconds: float = 0.0

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return self.seconds

    def wait(self, seconds: float) -> bool:
        self.at += timedelta(seconds=seconds)
        self.seconds += seconds
        return False


class Done:
    """A process that is over."""

    def poll(self) -> int | None:
        return 0


class Running:
    """A process that goes on."""

    def poll(self) -> int | None:
        return None


@dataclass
class Recorder:
    """Starts nothing: it notes the command lines, and lets firings end after `takes` by the moved clock."""

    clock: MovedClock
    takes: timedelta = timedelta(minutes=3)
    #: schedule's id and key of what was started, with its words
    started: list[tuple[str, str, tuple[str, ...]]] = field(default_factory=list)
    _ends: list[tuple[datetime, str, str]] = field(default_factory=list)

    def begin(self, register: Register, id_: str, key: str) -> Running:
        found = register.firing(id_, key)
        assert found is not None
        begun = {"owner": "elsewhere:1", "at": self.clock.at.timestamp(), "word": f"{len(self.started)}"}
        # as the real process: who finds it begun leaves
        if register.note(id_, key, "begun", begun):
            self.started.append((id_, key, found.claim.words))
            self._ends.append((self.clock.at + self.takes, id_, key))
        return Running()

    @property
    def next_end(self) -> datetime:
        """When the next of them ends."""
        return min((moment for moment, _, _ in self._ends), default=datetime.max.replace(tzinfo=UTC))

    def end(self, register: Register) -> None:
        """Let those end whose time has come."""
        for moment, id_, key in [each for each in self._ends if each[0] <= self.clock.at]:
            register.note(id_, key, "ended", {"code": 0, "why": "", "at": moment.timestamp()})
            self._ends.remove((moment, id_, key))
