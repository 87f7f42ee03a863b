"""What a test may change while the bench runs."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Literal


@dataclass
class Settings:
    """The bench's own dials; AWS has fixed values in their place."""

    #: how many jobs run at a time; the others wait as RUNNABLE
    slots: int = 4
    #: how many seconds a minute of `attemptDurationSeconds` lasts: AWS takes no timeout below one
    minute: float = 60.0
    #: seconds between SIGTERM and SIGKILL of a job that is stopped; 30 on AWS
    grace: float = 1.0
    #: how many seconds a second lasts of states that wait, and between the attempts of states that retry
    second: float = 1.0
    #: how many events an execution of a state machine has at most
    history: int = 25_000
    #: what new jobs reach: all that this machine does, or the bench and nothing else
    network: Literal["host", "bench"] = "host"

    def __post_init__(self) -> None:
        self._first = {each.name: getattr(self, each.name) for each in fields(self)}

    def change(self, changes: dict[str, object]) -> None:
        """Set what `changes` names; an unknown name is a KeyError."""
        known = {each.name for each in fields(self)}
        for name, value in changes.items():
            if name not in known:
                raise KeyError(name)
            setattr(self, name, value)

    def reset(self) -> None:
        """Go back to the values of the beginning."""
        self.change(self._first)
