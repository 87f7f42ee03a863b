"""What runs one attempt of a job: a port, and two ways through it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


class CannotStartError(Exception):
    """The attempt has no container; the text is the reason that AWS gives."""


@dataclass(frozen=True)
class Wanted:
    """A container as a job wants it."""

    name: str
    #: whose strays are hunted by it: it stands in the environment of all processes of the job
    job: str
    image: str
    command: list[str]
    environment: dict[str, str]
    vcpus: float
    #: MiB
    memory: int
    #: path here, path in the container, read-only
    mounts: tuple[tuple[str, str, bool], ...] = ()
    #: a process 1 that hands signals on and reaps, which AWS gives only on request
    init: bool = False
    #: reaches the bench and nothing else
    enclosed: bool = False


@dataclass(frozen=True)
class Ended:
    """How a container came to its end."""

    exit_code: int
    out_of_memory: bool


class Container(Protocol):
    """One that was started."""

    def ended(self) -> Ended | None:
        """Return how it ended, or None while it runs."""

    def output(self) -> bytes:
        """Return what it wrote, on either stream, since the last call."""

    def terminate(self) -> None:
        """Send SIGTERM to its first process."""

    def kill(self) -> None:
        """Send SIGKILL to all that is in it."""

    def remove(self) -> None:
        """Leave nothing of it behind, running or not."""


class Runner(Protocol):
    """Starts containers."""

    def start(self, wanted: Wanted) -> Container:
        """Start one; CannotStartError says why not."""

    def enclose(self, serve: Serve) -> None:
        """Make the network from which only the bench is reached, if it is not there; `serve` is called in it."""

    def close(self) -> None:
        """Remove what is left of all of them."""


class Serve(Protocol):
    """Has the bench serve on one more socket, made in the network of the calling thread."""

    def __call__(self, host: str, port: int | None) -> None:
        """Listen at `host` and `port`; None is the port that the bench has outside."""
