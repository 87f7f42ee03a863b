"""What a person waits for from the first `import nbflow` to a flow of 500 tasks, in one run.

Every figure is the median of several tries, after one that does not count, and stands beside what starting Python
takes on the same machine in the same minute.
"""

from __future__ import annotations

import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from jupyter_client.manager import KernelManager

TASKS = 500
MEGABYTES = 500


class Kernel:
    """A real kernel, timed from the request of a cell until it is idle again."""

    def __init__(self, folder: Path) -> None:
        self._manager = KernelManager(kernel_name="python3")
        self._manager.start_kernel(cwd=str(folder), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self._client = self._manager.client()
        self._client.start_channels()
        self._client.wait_for_ready(timeout=60)

    def run(self, cell: str) -> float:
        """Run `cell` and return its milliseconds. Raises RuntimeError when it fails."""
        began = time.perf_counter()
        request = self._client.execute(cell)
        while True:
            message = self._client.get_iopub_msg(timeout=120)
            if message["parent_header"].get("msg_id") != request:
                continue
            if message["msg_type"] == "error":
                raise RuntimeError("\n".join(message["content"]["traceback"]))
            if message["content"].get("execution_state") == "idle":
                return (time.perf_counter() - began) * 1000

    def close(self) -> None:
        self._client.stop_channels()
        self._manager.shutdown_kernel(now=True)


@contextlib.contextmanager
def kernel(*cells: str) -> Iterator[Kernel]:
    """Give a kernel of a folder of its own, in which `cells` have run."""
    with tempfile.TemporaryDirectory() as folder:
        made = Kernel(Path(folder))
        try:
            for cell in cells:
                made.run(cell)
            yield made
        finally:
            made.close()


def command(*words: str | Path) -> float:
    """Run a command to its end and return its milliseconds. Exits with what it says when it fails."""
    began = time.perf_counter()
    ended = subprocess.run(words, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    if ended.returncode:
        sys.exit(ended.stderr)
    return (time.perf_counter() - began) * 1000


NBFLOW = Path(sys.executable).with_name("nbflow")


@contextlib.contextmanager
def notebook(*cells: str) -> Iterator[Path]:
    """Give a notebook of `cells`, in a folder where nothing has run and in which commands are typed."""
    here = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "flow.ipynb")
        code = [{"cell_type": "code", "source": each, "metadata": {}, "outputs": []} for each in cells]
        path.write_text(json.dumps({"cells": code, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
        os.chdir(folder)
        try:
            yield path
        finally:
            os.chdir(here)


def flow(*cells: str) -> float:
    """Run a notebook of `cells` as a flow, and return its milliseconds."""
    with notebook(*cells) as path:
        return command(NBFLOW, "run", path)


_CLASS = """
from nbflow import FlowSpec, step

class BenchFlow(FlowSpec):
    @step
    def start(self):
        self.items = range({tasks})
        self.next({first})

    @step
    def square(self):
        self.y = self.input**2
        self.next(self.total)

    @step
    def total(self, inputs):
        self.result = sum(each.y for each in inputs)
        self.next(self.end)

    @step
    def end(self):
        pass

if __name__ == "__main__":
    BenchFlow()
"""


def class_flow(tasks: int, *words: str) -> float:
    """Run a flow that is a class: a foreach of `tasks`, or two steps for 0, and return its milliseconds."""
    first = 'self.square, foreach="items"' if tasks else "self.end"
    text = _CLASS.format(tasks=tasks, first=first)
    if not tasks:
        # the steps between are not part of it
        head, rest = text.split("    @step\n    def square")
        text = head + "    @step\n    def end" + rest.split("    @step\n    def end")[1]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "bench_flow.py")
        path.write_text(text)
        here = Path.cwd()
        os.chdir(folder)
        try:
            return command(sys.executable, path, "run", *words)
        finally:
            os.chdir(here)


def resumed(last: str, *cells: str) -> float:
    """Return the milliseconds of resuming a run that is whole, with step `last` to run again."""
    with notebook(*cells) as path:
        command(NBFLOW, "run", path)
        return median(3, lambda: command(NBFLOW, "resume", path, last))


def restored() -> float:
    """Return the milliseconds of `%flow restore` in a new kernel: 20 results, one of them large."""
    with tempfile.TemporaryDirectory() as folder:
        load = "%load_ext nbflow\n%flow name flow"
        before = Kernel(Path(folder))
        before.run(load)
        before.run(f"%%step big\nimport numpy\nbig = numpy.ones({MEGABYTES} * 125_000)")
        for number in range(19):
            before.run(f"%%step s{number}\nx{number} = {number}")
        before.close()
        after = Kernel(Path(folder))
        after.run(load)
        took = after.run("%flow restore")
        after.close()
        return took


def median(tries: int, action: Callable[[], float]) -> float:
    """Return the median of `tries` figures, after one that does not count."""
    return statistics.median([action() for _ in range(tries + 1)][1:])


def load_extension() -> float:
    """Return the milliseconds of `%load_ext nbflow` in a new kernel."""
    with kernel("z = 1") as fresh:
        return fresh.run("%load_ext nbflow")


def cells() -> Iterator[tuple[str, float, str]]:
    """Time cells of one kernel, warm."""
    with kernel("%load_ext nbflow", "%%step a\nx = 1", "%%step b\ny = x + 1") as warm:
        # every try is another text, so that nothing is known already
        numbers = iter(range(10**6))
        plain = median(20, lambda: warm.run(f"z = {next(numbers)}"))
        step = median(20, lambda: warm.run(f"%%step b\ny = x + {next(numbers)}"))
        yield "a plain cell", plain, ""
        yield "a trivial step cell", step, f"{step - plain:.1f} ms more than a plain cell"
        warm.run(f"%%step make\nimport numpy\nbig = numpy.random.default_rng(0).random({MEGABYTES} * 125_000)")
        through = median(10, lambda: warm.run(f"%%step through\nsize = big.nbytes + {next(numbers)}"))
        yield f"a step given {MEGABYTES} MB it leaves alone", through, ""


def figures() -> Iterator[tuple[str, float, str]]:
    """Measure one thing after the other: its name, its milliseconds, a remark."""
    yield "import nbflow", median(9, lambda: command(sys.executable, "-c", "import nbflow")), ""
    yield "%load_ext nbflow", median(5, load_extension), ""
    yield from cells()
    yield "nbflow run, two steps", median(5, lambda: flow("%%step a\nx = 1", "%%step b\ny = x + 1")), ""
    square = f'%%step square --foreach "range({TASKS})" --as n\ny = n * n'
    total = "%%step total --join square\nresult = sum(task.y for task in inputs)"
    many = median(3, lambda: flow(square, total))
    yield f"nbflow run, a foreach of {TASKS}", many, f"{TASKS / many * 1000:.0f} tasks/s"
    yield "python flow.py run, two steps", median(5, lambda: class_flow(0)), ""
    wide = median(3, lambda: class_flow(TASKS, "--max-num-splits", str(TASKS)))
    yield f"python flow.py run, a foreach of {TASKS}", wide, f"{TASKS / wide * 1000:.0f} tasks/s"
    yield f"nbflow resume, {TASKS} taken over, 1 run", resumed("total", square, total), ""
    yield f"%flow restore, 20 results, {MEGABYTES} MB", median(3, restored), ""


def main() -> None:
    """Print the table, a line at a time."""
    # what a person starts has its bytecode beside it
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    print(f"Python {sys.version.split()[0]}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    start = median(9, lambda: command(sys.executable, "-c", "pass"))
    print(f"\n{'':<40}{'ms':>8}{'× Python':>10}{'load':>7}")
    print(f"{'starting Python':<40}{start:>8.1f}{1:>10.1f}{os.getloadavg()[0]:>7.1f}")
    for name, took, remark in figures():
        print(f"{name:<40}{took:>8.1f}{took / start:>10.1f}{os.getloadavg()[0]:>7.1f}  {remark}".rstrip(), flush=True)


if __name__ == "__main__":
    main()
