"""Time what a person waits for, each beside the least that this machine could take for it.

Every figure is the median of several tries of the whole command, as a person would type it.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import nbformat

TASKS = 500


@dataclass(frozen=True, slots=True)
class Measure:
    """One thing to wait for, and its lower bound."""

    name: str
    action: Callable[[], object]
    bound_name: str
    bound: Callable[[], object]
    tries: int = 5


def python(*arguments: str) -> None:
    """Run this interpreter; a failure ends the benchmark."""
    subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)


def flow(notebook: Path) -> None:
    """Run `notebook` as a flow, from nothing."""
    with tempfile.TemporaryDirectory() as root:
        environment = {**os.environ, "NBFLOW_ROOT": root}
        command = [Path(sys.executable).with_name("nbflow"), "run", notebook]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)


def forks(count: int) -> None:
    """Fork `count` children that do nothing, one after the other."""
    for _ in range(count):
        child = os.fork()
        if child == 0:
            os._exit(0)
        os.waitpid(child, 0)


def notebook_of(folder: Path, name: str, *cells: str) -> Path:
    """Write a notebook of `cells`."""
    path = folder / f"{name}.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(each) for each in cells]), path)
    return path


def median_ms(action: Callable[[], object], tries: int) -> float:
    """Return the median of `tries` times of `action`, in milliseconds, after one that does not count."""
    times = []
    for _ in range(tries + 1):
        began = time.perf_counter()
        action()
        times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times[1:])


def measures(folder: Path) -> list[Measure]:
    """Return what to measure, with its notebooks in `folder`."""
    two = notebook_of(folder, "two", "%%step a\nx = 1", "%%step b\ny = x + 1")
    many = notebook_of(
        folder,
        "many",
        f'%%step square --foreach "range({TASKS})" --as n\ny = n * n',
        "%%step total --join square\nresult = sum(task.y for task in inputs)",
    )
    start = ("starting Python", lambda: python("-c", "pass"))
    return [
        Measure("import nbflow", lambda: python("-c", "import nbflow"), *start),
        Measure("a flow of two steps, from the terminal", lambda: flow(two), *start),
        Measure(
            f"a foreach of {TASKS} tasks and its join", lambda: flow(many), f"{TASKS} forks", lambda: forks(TASKS), 3
        ),
    ]


def main() -> None:
    """Print one line for each measure."""
    print(f"Python {sys.version.split()[0]}, {os.cpu_count()} cores\n")
    with tempfile.TemporaryDirectory() as folder:
        for each in measures(Path(folder)):
            took, least = median_ms(each.action, each.tries), median_ms(each.bound, each.tries)
            print(f"{each.name:<42} {took:>8.0f} ms    {each.bound_name:<18} {least:>6.0f} ms")


main()
