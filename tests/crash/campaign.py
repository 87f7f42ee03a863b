"""Many kills, told line by line, and the table of what was hit."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random

from crash.moment import PHASES
from crash.shapes import SHAPES
from crash.trial import VICTIMS, Killing, Reference, Trial, drawn, reference

#: least share of the kills that each phase has to get
_LEAST = 0.05


class Campaign:
    """Trials in folders below `folder`, compared with one unbroken run of each shape."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._references: dict[str, Reference] = {}

    def measure(self) -> None:
        """Run every shape unbroken."""
        for name in SHAPES:
            self.reference(name)

    def reference(self, shape: str) -> Reference:
        """Return the unbroken run of a shape."""
        if shape not in self._references:
            self._references[shape] = reference(self._folder / f"unbroken {shape}", SHAPES[shape])
        return self._references[shape]

    def kill(self, seed: int, *, shape: str = "", victim: str = "") -> Trial:
        """Do the trial of a seed; its folder is kept when something was wrong."""
        chance = Random(seed)
        shape = shape or chance.choice([*SHAPES])
        victim = victim or drawn(chance)
        folder = self._folder / f"seed {seed} {shape} {victim}"
        trial = Killing(seed, folder, SHAPES[shape], victim, self.reference(shape)).run()
        if trial.problems:
            trial.problems.append(f"its folder is kept: {folder}")
        else:
            shutil.rmtree(folder)
        return trial

    def kills(self, count: int, seed: int, jobs: int, shape: str = "", victim: str = "") -> Iterator[Trial]:
        """Do trials, `jobs` at once, with the seeds from `seed` on until `count` of them hit."""
        hits = 0
        with ThreadPoolExecutor(jobs) as pool:
            while hits < count:
                wanted = min(count - hits, max(jobs, 10))
                for trial in pool.map(
                    lambda each: self.kill(each, shape=shape, victim=victim), range(seed, seed + wanted)
                ):
                    hits += bool(trial.phase)
                    yield trial
                seed += wanted


def table(trials: list[Trial]) -> str:
    """Return the kills by victim and phase."""
    hits = Counter((each.victim, each.phase) for each in trials if each.phase)
    total = sum(hits.values()) or 1
    rows = [["", *PHASES, "all"]]
    for victim in VICTIMS:
        counts = [hits[victim, phase] for phase in PHASES]
        rows.append([victim, *map(str, counts), str(sum(counts))])
    sums = [sum(hits[victim, phase] for victim in VICTIMS) for phase in PHASES]
    rows += [["all", *map(str, sums), str(total)], ["share", *(f"{each / total:.0%}" for each in sums), ""]]
    return "\n".join(f"{row[0]:<10}" + "".join(f"{each:>8}" for each in row[1:]) for row in rows)


def rare(trials: list[Trial]) -> list[str]:
    """Return the phases that were hit too seldom to say anything."""
    hits = Counter(each.phase for each in trials if each.phase)
    return [phase for phase in PHASES if hits[phase] < _LEAST * sum(hits.values())]
