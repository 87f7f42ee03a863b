"""Many days at random: `python tests/days.py --days 500 --jobs 2`. Prints what their runs came to, and what was wrong."""

from __future__ import annotations

import argparse
import multiprocessing
import random
import sys
import tempfile
import traceback
from collections import Counter
from pathlib import Path
from typing import Any

from kernels import Kernel
from notebook_day import Day, live


def lived(task: tuple[int, int]) -> tuple[int, Counter[str], str]:
    """Live one day and return its seed, what its runs came to, and what was wrong."""
    seed, length = task
    kernels: list[Kernel] = []
    with tempfile.TemporaryDirectory() as folder:

        def start(**environment: str) -> Any:
            kernels.append(Kernel(Path(folder), **environment))
            return kernels[-1]

        today = Day(Path(folder), start, random.Random(seed))
        wrong = ""
        try:
            live(today, length)
        except Exception as error:  # noqa: BLE001 - told with its seed
            frame = "" if isinstance(error, AssertionError) else traceback.format_exc()
            wrong = f"{type(error).__name__}: {error}\n{frame}"
        finally:
            today.close()
            for kernel in kernels:
                kernel.close()
    return seed, today.ends, wrong


def main() -> int:
    """Live them and return 0 when nothing was wrong."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--days", type=int, default=500)
    parser.add_argument("--length", type=int, default=60, help="things done in a day")
    parser.add_argument("--seed", type=int, default=0, help="of the first day; the others follow")
    parser.add_argument("--jobs", type=int, default=2)
    asked = parser.parse_args()
    tasks = [(seed, asked.length) for seed in range(asked.seed, asked.seed + asked.days)]
    ends: Counter[str] = Counter()
    bad = 0
    with multiprocessing.get_context("spawn").Pool(asked.jobs) as pool:
        for done, (seed, came_to, wrong) in enumerate(pool.imap_unordered(lived, tasks), 1):
            ends += came_to
            if wrong:
                bad += 1
                print(f"--- seed {seed}\n{wrong}", flush=True)
            if done % 10 == 0:
                print(f"{done} of {asked.days} days, {sum(ends.values())} runs compared, {bad} wrong", flush=True)
    for end, count in ends.most_common():
        print(f"{count:6}  {end}")
    print(f"{asked.days} days of {asked.length}, seeds {asked.seed} to {asked.seed + asked.days - 1}: {bad} wrong")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
