"""What a person waits for with nbflow that has no counterpart: cells of a kernel, and what is taken over."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks import flows, timing
from benchmarks.doors import PYTHON
from benchmarks.kernels import kernel
from benchmarks.timing import Figure, Took

MEGABYTES = 500
#: items of the foreach that is taken over
TASKS = 500

Say = Callable[[str], None]


def figures(tries: int, say: Say) -> Iterator[Figure]:
    """Measure one thing after the other, `tries` times each; cells, which are quick, more often."""
    yield timing.alone(_figure("%load_ext nbflow", "kernel"), tries, _load_extension, say)
    yield from _cells(tries, say)
    yield timing.alone(_figure(f"%flow restore, 20 results, {MEGABYTES} MB", "kernel"), tries, _restored, say)
    yield _resumed(tries, say)


def _figure(name: str, door: str) -> Figure:
    return Figure(name, door, "nbflow")


def _load_extension() -> Took:
    with kernel("z = 1") as fresh:
        return fresh.run("%load_ext nbflow")


def _cells(tries: int, say: Say) -> Iterator[Figure]:
    """Time cells of one kernel, warm. Every try is another text, so that nothing is known already."""
    with kernel("%load_ext nbflow", "%%step a\nx = 1", "%%step b\ny = x + 1") as warm:
        numbers = iter(range(10**6))
        plain, step = _figure("a plain cell", "kernel"), _figure("a trivial step cell", "kernel")
        timing.in_turn(
            [
                (plain, lambda: warm.run(f"z = {next(numbers)}")),
                (step, lambda: warm.run(f"%%step b\ny = x + {next(numbers)}")),
            ],
            5 * tries,
            say,
        )
        yield plain
        step.remark = f"{step.median - plain.median:.1f} ms more than a plain cell"
        yield step
        warm.run(f"%%step make\nimport numpy\nbig = numpy.random.default_rng(0).random({MEGABYTES} * 125_000)")
        through = _figure(f"a step given {MEGABYTES} MB it leaves alone", "kernel")
        yield timing.alone(
            through, 2 * tries, lambda: warm.run(f"%%step through\nsize = big.nbytes + {next(numbers)}"), say
        )


def _restored() -> Took:
    """Return what `%flow restore` takes in a new kernel: 20 results, one of them large."""
    load = "%load_ext nbflow\n%flow name flow"
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        with kernel(load, folder=folder) as before:
            before.run(f"%%step big\nimport numpy\nbig = numpy.ones({MEGABYTES} * 125_000)")
            for number in range(19):
                before.run(f"%%step s{number}\nx{number} = {number}")
        with kernel(load, folder=folder) as after:
            return after.run("%flow restore")


def _resumed(tries: int, say: Say) -> Figure:
    """Time resuming a run that is whole, with its last step to run again."""
    figure = _figure(f"nbflow resume, {TASKS} taken over, 1 run", "notebook")
    words: list[str | Path] = [PYTHON.with_name("nbflow"), "run", "bench.ipynb"]
    again: list[str | Path] = [PYTHON.with_name("nbflow"), "resume", "bench.ipynb", "total"]
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        (folder / "bench.ipynb").write_text(flows.wide(TASKS).notebook)
        timing.command(words, folder, timing.environment())
        return timing.alone(figure, tries, lambda: timing.command(again, folder, timing.environment()), say)
