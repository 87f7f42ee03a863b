"""A person's day in one notebook: cells run, edited, moved, the kernel restarted. And what a fresh run would give.

The promise that is checked: whatever was done before, `%flow run` leaves what the saved notebook leaves when it is run
from top to bottom in a new process, or stops with an error that is right.
"""

from __future__ import annotations

import itertools
import json
import random
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nbflow.backends.local import LocalBackend
from nbflow.errors import NbflowError
from nbflow.frontends.cli.notebook import open_notebook
from nbflow.frontends.cli.running import request_of
from nbflow.model.status import RunStatus
from nbflow.runtime.engine import Engine
from nbflow.workspace import Workspace

#: task → name → digest
Digests = dict[str, dict[str, str]]

START = (
    "K = 2\ndef f(v): return v + K",
    "%%parameters\nn: int = 3",
    "%%step load\nx = [1, 2, 3]\nd = {'n': n}",
    "%%step total\nt = sum(x) + n",
    "%%step each --foreach x --as v\ns = f(v)",
    "%%step gather --join each\nss = [task.s for task in inputs]",
    "%%step change\nd['t'] = t",
    "%%step maybe --when 't > 4'\nu = t * 2",
    "%%step last\nr = [t, ss, d]",
)
#: cells that may be inserted; {name} is a step's
MORE = (
    "K = 5",
    "def f(v): return v * K",
    "def g(v): return f(v) + 1",
    "%%step {name}\nt = t + 1",
    "%%step {name}\nx = x + [n]",
    "%%step {name}\nq = [t, x]",
    "%%step {name} --foreach x --as v\nw = v * n",
    "%%step {name}\nd = dict(d, k=K)",
    "%%step {name} --when 'n > 3'\nt = 0",
    "%%step {name}\nh = f(n)",
)
#: how often each is done in a day at random
WEIGHTS = {
    "run": 6,
    "run_all": 3,
    "edit": 3,
    "edit_and_run": 5,
    "insert": 4,
    "rename": 2,
    "delete": 2,
    "reorder": 2,
    "restart": 1,
    "restart_and_restore": 2,
    "restore": 1,
    "resume": 2,
    "flow_run": 9,
    "repair": 2,
}

_NUMBER = re.compile(r"(?<![\w.])\d+")
_LEFT_OUT = re.compile(r"note: (\w+) is left out: its cell did not run here")
_CODE = re.compile(r"NBF-([A-Z]\d{3})")


@dataclass
class Cell:
    """A cell of the notebook."""

    id: str
    text: str

    @property
    def step(self) -> str | None:
        """The step's name."""
        words = self.text.split(maxsplit=2)
        return words[1] if words and words[0] == "%%step" and len(words) > 1 else None


@dataclass
class Day:
    """The notebook, its kernel, and what has been done so far."""

    folder: Path
    start_kernel: Callable[..., Any]
    random: random.Random
    cells: list[Cell] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    #: what the runs came to: `same`, `stopped …`, `same error …`
    ends: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._ids = map("c{}".format, itertools.count())
        self._names = map("new{}".format, itertools.count())
        self.cells = [Cell(next(self._ids), text) for text in START]
        self.path = self.folder / "day.ipynb"
        self.save()
        self._fresh = Fresh(self.folder / "fresh")
        self.begin()

    # ---- what a person does

    def begin(self) -> None:
        """Start a kernel and load the extension."""
        self.kernel = self.start_kernel(JPY_SESSION_NAME=str(self.path))
        self.kernel.ok("%load_ext nbflow\nimport nbflow")

    def act(self, action: str) -> None:
        """Do one thing."""
        said = getattr(self, action)()
        self.told.append(f"{action} {said or ''}".strip())
        if self.random.random() < 0.5:
            self.save()

    def run(self) -> str:
        cell = self.random.choice(self.cells)
        self._run(cell)
        return cell.text

    def run_all(self) -> None:
        for cell in self.cells:
            self._run(cell)

    def edit(self) -> str:
        cell = self.random.choice(self.cells)
        numbers = list(_NUMBER.finditer(cell.text))
        if numbers:
            chosen = self.random.choice(numbers)
            number = str(self.random.randint(0, 6))
            cell.text = cell.text[: chosen.start()] + number + cell.text[chosen.end() :]
        return cell.text

    def edit_and_run(self) -> str:
        cell = self.random.choice(self.cells)
        numbers = list(_NUMBER.finditer(cell.text))
        if numbers:
            chosen = self.random.choice(numbers)
            cell.text = cell.text[: chosen.start()] + str(self.random.randint(0, 6)) + cell.text[chosen.end() :]
        self._run(cell)
        return cell.text

    def insert(self) -> str:
        text = self.random.choice(MORE).format(name=next(self._names))
        cell = Cell(next(self._ids), text)
        self.cells.insert(self.random.randint(0, len(self.cells)), cell)
        if self.random.random() < 0.7:
            self._run(cell)
        return text

    def rename(self) -> str:
        steps = [cell for cell in self.cells if cell.step]
        if not steps:
            return "nothing"
        cell, name = self.random.choice(steps), next(self._names)
        old = cell.step
        cell.text = cell.text.replace(f"%%step {old}", f"%%step {name}", 1)
        if self.random.random() < 0.7:
            self._run(cell)
        return f"{old} to {name}"

    def delete(self) -> str:
        if len(self.cells) < 4:
            return "nothing"
        cell = self.cells.pop(self.random.randrange(len(self.cells)))
        return cell.text

    def reorder(self) -> str:
        cell = self.cells.pop(self.random.randrange(len(self.cells)))
        self.cells.insert(self.random.randint(0, len(self.cells)), cell)
        return cell.text

    def restart(self) -> None:
        self.kernel.close()
        self.begin()

    def restart_and_restore(self) -> None:
        self.restart()
        self.restore()

    def restore(self) -> None:
        self.kernel.run("%flow restore")

    def flow_run(self) -> str:
        return self._counted("run = %flow run")

    def resume(self) -> str:
        return self._counted("run = %flow resume")

    def repair(self) -> str:
        """Put the notebook back as it was in the morning, and run it all."""
        self.cells = [Cell(next(self._ids), text) for text in START]
        self.save()
        self.run_all()
        return self._counted("run = %flow run")

    def save(self) -> None:
        """Save the notebook, as the front end does by itself now and then."""
        # the file's time and the kernel's are told apart
        time.sleep(0.01)
        save(self.path, self.cells)
        time.sleep(0.01)

    def _run(self, cell: Cell) -> None:
        self.kernel.run(cell.text, cell=cell.id)

    # ---- what must be true

    def _counted(self, line: str) -> str:
        end = self._compare(line)
        self.ends[end] += 1
        return end

    def _compare(self, line: str) -> str:
        self.save()
        reply = self.kernel.run(line)
        if reply.ename is None:
            left_out = {cell.step for cell in self.cells if cell.step} - self._defined()
            assert left_out == set(_LEFT_OUT.findall(reply.text)), f"{left_out} was not told: {self._history()}"
            # a resumed run keeps the parameters of its origin
            given = json.loads(self.kernel.value("__import__('json').dumps(run.parameters)")[1:-1])
            expected = self._fresh.run([cell for cell in self.cells if cell.step not in left_out], given)
            assert not isinstance(expected, set), f"it ran, and a fresh run says {expected}: {self._history()}"
            got = self._digests(self.kernel.value("run.pathspec").strip("'"))
            assert got == expected, f"{_differing(got, expected)}: {self._history()}"
            return "same"
        codes = set(_CODE.findall(reply.traceback)) or {reply.ename}
        defined = self._defined()
        expected = self._fresh.run([cell for cell in self.cells if cell.step is None or cell.step in defined])
        if isinstance(expected, set) and codes & expected:
            return f"same error {codes}"
        assert codes & {"C051", "C055", "R007", "M001", "G015"}, f"{reply.traceback}: {self._history()}"
        if codes & {"C051", "C055"}:
            # what it complains about is there: the cells as saved, all run in order, are another flow than this one
            assert self._somebody_edited(), f"{reply.traceback}: {self._history()}"
        return f"stopped {codes}"

    def _defined(self) -> set[str]:
        return set(
            json.loads(self.kernel.value("__import__('json').dumps(list(nbflow.flow._face().session.slots))")[1:-1])
        )

    def _somebody_edited(self) -> bool:
        ran = set(
            self.kernel.value("'\\0'.join([*nbflow.flow._face().texts()])")[1:-1]
            .encode()
            .decode("unicode_escape")
            .split("\0")
        )
        return any(cell.text not in ran for cell in self.cells) or len(ran) != len(self.cells)

    def _digests(self, pathspec: str) -> Digests:
        flow, run = pathspec.split("/")
        return digests(Workspace.open(self.folder / ".nbflow"), flow, run)

    def _history(self) -> str:
        cells = "\n---\n".join(cell.text for cell in self.cells)
        return "\n".join(["", *self.told, "the notebook now:", cells])

    def close(self) -> None:
        self._fresh.close()


class Fresh:
    """Runs of a notebook's cells from top to bottom in a store that reuses nothing."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self._path = folder / "day.ipynb"
        self._workspace = Workspace.open(folder / ".nbflow", local=[str(folder)])
        self._engine = Engine(self._workspace, LocalBackend())

    def run(self, cells: list[Cell], given: dict[str, Any] | None = None) -> Digests | set[str]:
        """Return what every task left, or the codes of what is wrong."""
        save(self._path, cells)
        try:
            request = request_of(open_notebook(str(self._path)), self._workspace, given or {})
        except NbflowError as error:
            return {each.code.removeprefix("NBF-") for each in error.problems}
        handle = self._engine.start(request)
        handle.done.wait(60)
        outcome = handle.outcome()
        if outcome.status is not RunStatus.SUCCEEDED:
            assert outcome.failure is not None
            return {outcome.failure[1].code or outcome.failure[1].type}
        return digests(self._workspace, outcome.flow, outcome.run)

    def close(self) -> None:
        self._engine.close()


def live(today: Day, length: int) -> None:
    """Do `length` things at random."""
    today.act("run_all")
    for action in today.random.choices(list(WEIGHTS), list(WEIGHTS.values()), k=length):
        today.act(action)


def save(path: Path, cells: list[Cell]) -> None:
    """Write the cells as a notebook file."""
    made = [
        {
            "cell_type": "code",
            "id": cell.id,
            "metadata": {},
            "source": cell.text,
            "outputs": [],
            "execution_count": None,
        }
        for cell in cells
    ]
    half = path.with_suffix(".half")
    half.write_text(json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    half.replace(path)


def digests(workspace: Workspace, flow: str, run: str) -> Digests:
    """Return what every task of a run left, by the digests of the values; skipped ones left nothing."""
    return {
        str(task.key): {name: ref.digest for name, ref in task.manifest.artifacts.items()} if task.manifest else {}
        for task in workspace.metadata.tasks(flow, run)
    }


def _differing(got: Digests, expected: Digests) -> Iterator[str]:
    return [
        f"{name}: {got.get(name)} is not {expected.get(name)}"
        for name in sorted(got.keys() | expected.keys())
        if got.get(name) != expected.get(name)
    ]
