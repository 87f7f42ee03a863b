"""Times: one command, and several kinds of work in turn."""

from __future__ import annotations

import os
import statistics
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Figure:
    """What one kind of work took, in milliseconds."""

    name: str
    #: by which it was asked for: a command, a kind of file
    door: str
    #: nbflow, Metaflow or Python
    machine: str
    tries: list[float] = field(default_factory=list)
    #: the machine's load average (1 minute) when the last try ended
    load: float = 0.0
    remark: str = ""

    @property
    def median(self) -> float:
        """The median of the tries."""
        return statistics.median(self.tries)

    def add(self, milliseconds: float) -> None:
        """Take in another try."""
        self.tries.append(milliseconds)
        self.load = os.getloadavg()[0]


def command(
    words: Sequence[str | Path], folder: Path | None = None, environment: Mapping[str, str] | None = None
) -> float:
    """Run a command to its end and return its milliseconds.

    Raises:
        SystemExit: it failed; with what it said.
    """
    began = time.perf_counter()
    ended = subprocess.run(words, cwd=folder, env=environment, check=False, capture_output=True, text=True)
    took = (time.perf_counter() - began) * 1000
    if ended.returncode:
        raise SystemExit(f"{' '.join(map(str, words))} failed:\n{ended.stdout[-2000:]}\n{ended.stderr[-2000:]}")
    return took


def in_turn(works: Sequence[tuple[Figure, Callable[[], float]]], tries: int, say: Callable[[str], None]) -> None:
    """Do each work `tries` times after once that does not count: A B C, then C B A, so that a slow minute hits all."""
    for number in range(tries + 1):
        said = f"{number} of {tries}" if number else "to warm up"
        for figure, work in works if number % 2 else reversed(works):
            say(f"{figure.name}, {figure.door}, {figure.machine}: {said}")
            took = work()
            if number:
                figure.add(took)


def alone(figure: Figure, tries: int, work: Callable[[], float], say: Callable[[str], None]) -> Figure:
    """Return `figure` with `tries` tries of `work`, after one that does not count."""
    in_turn([(figure, work)], tries, say)
    return figure


def environment(**given: str) -> dict[str, str]:
    """Return this process's environment without what would change either machine, with `given`."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("METAFLOW_", "NBFLOW_", "PYTHON", "VIRTUAL_ENV"))
    }
    return {**kept, **given}
