"""Times: one command, and several kinds of work in turn."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple


class Took(NamedTuple):
    """What one piece of work took, in milliseconds."""

    wall: float
    #: of all its processes together, where that can be told
    cpu: float | None = None


@dataclass
class Figure:
    """What one kind of work took, in milliseconds."""

    name: str
    #: by which it was asked for: a command, a kind of file
    door: str
    #: nbflow, Metaflow or Python
    machine: str
    tries: list[Took] = field(default_factory=list)
    #: the machine's load average (1 minute) when the last try ended
    load: float = 0.0
    remark: str = ""

    @property
    def median(self) -> float:
        """The median of the tries, by the clock."""
        return statistics.median(each.wall for each in self.tries)

    @property
    def cpu(self) -> float | None:
        """The median of the tries' time on processors, None where it is not known."""
        known = [each.cpu for each in self.tries if each.cpu is not None]
        return statistics.median(known) if known else None

    def add(self, took: Took) -> None:
        """Take in another try."""
        self.tries.append(took)
        self.load = os.getloadavg()[0]


def command(
    words: Sequence[str | Path], folder: Path | None = None, environment: Mapping[str, str] | None = None
) -> Took:
    """Run a command to its end and return what it took.

    Raises:
        SystemExit: it failed; with what it said.
    """
    began, before = time.perf_counter(), _cpu()
    ended = subprocess.run(words, cwd=folder, env=environment, check=False, capture_output=True, text=True)
    took = Took((time.perf_counter() - began) * 1000, (_cpu() - before) * 1000)
    if ended.returncode:
        raise SystemExit(f"{' '.join(map(str, words))} failed:\n{ended.stdout[-2000:]}\n{ended.stderr[-2000:]}")
    return took


def in_turn(works: Sequence[tuple[Figure, Callable[[], Took]]], tries: int, say: Callable[[str], None]) -> None:
    """Do each work `tries` times after once that does not count: A B C, then C B A, so that a slow minute hits all."""
    for number in range(tries + 1):
        said = f"{number} of {tries}" if number else "to warm up"
        for figure, work in works if number % 2 else reversed(works):
            say(f"{figure.name}, {figure.door}, {figure.machine}: {said}")
            took = work()
            if number:
                figure.add(took)


def alone(figure: Figure, tries: int, work: Callable[[], Took], say: Callable[[str], None]) -> Figure:
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


def _cpu() -> float:
    """Return the seconds on processors of all processes that were started here and have ended, and of theirs."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
