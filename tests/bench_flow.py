"""Flows of a few cells, written to a notebook file and run by the real engine in real workers."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from nbflow.backends.local import LocalBackend
from nbflow.errors import NbflowError
from nbflow.frontends.cli.notebook import open_notebook
from nbflow.frontends.cli.running import request_of
from nbflow.model.graph import Graph
from nbflow.model.ids import TaskKey
from nbflow.model.record import AttemptRecord, TaskRecord
from nbflow.runtime.engine import Engine
from nbflow.runtime.handle import RunHandle
from nbflow.runtime.request import Outcome, RunRequest
from nbflow.task import kin
from nbflow.workspace import Workspace

PLAIN = (
    "%%parameters\nalpha: float = 0.1\nregions: list[str] = ['eu', 'us']",
    "import pandas as pd\ndef clean(d): return d\nK = 3\nCONFIG = {'a': 1}",
    "hid = len(input())",
)
#: seconds that anything here may take on a busy machine
PATIENCE = 150.0


@dataclass
class Ran:
    """A flow that was run."""

    graph: Graph
    outcome: Outcome
    workspace: Workspace

    def record(self, step: str, *path: int) -> TaskRecord | None:
        return next((each for key, each in self.outcome.results.items() if key == TaskKey(step, path)), None)

    def left(self, step: str, *path: int) -> dict[str, Any]:
        """Values that a task left."""
        record = self.record(step, *path)
        assert record is not None and record.manifest is not None, (step, path, record, self.outcome.failure)
        return {name: self.workspace.store.get(ref) for name, ref in record.manifest.artifacts.items()}

    @property
    def status(self) -> str:
        return self.outcome.status.value

    @property
    def failure(self) -> str:
        assert self.outcome.failure is not None, self.outcome.status
        return self.outcome.failure[1].told

    def skipped(self) -> set[str]:
        return {key.step for key, record in self.outcome.results.items() if record.status.value == "skipped"}

    def attempts(self, step: str) -> tuple[AttemptRecord, ...]:
        return self.workspace.metadata.attempts(self.outcome.flow, self.outcome.run, step)

    def logs(self, step: str, stream: str = "stdout") -> list[str]:
        """The log of each attempt of a step, "" where it wrote nothing."""
        files = (getattr(attempt, stream) for attempt in self.attempts(step))
        return [(self.workspace.root / file).read_text(errors="replace") if file else "" for file in files]


class Bench:
    """Runs cells as a flow."""

    def __init__(self, folder: Path, engine: Engine, plain: tuple[str, ...] = PLAIN) -> None:
        self.folder = folder
        self.engine = engine
        self.plain = plain

    def write(self, *cells: str, plain: tuple[str, ...] | None = None, name: str = "case.ipynb") -> Path:
        sources = [
            *(self.plain if plain is None else plain),
            *(cell if "%%" in cell else f"%%step {cell}" for cell in cells),
        ]
        made = [
            {"cell_type": "code", "id": f"c{i}", "metadata": {}, "source": text, "outputs": [], "execution_count": None}
            for i, text in enumerate(sources)
        ]
        notebook = {"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
        path = self.folder / name
        path.write_text(json.dumps(notebook))
        return path

    def request(
        self,
        *cells: str,
        plain: tuple[str, ...] | None = None,
        workers: int | None = None,
        name: str = "case.ipynb",
        **given: object,
    ) -> RunRequest:
        opened = open_notebook(str(self.write(*cells, plain=plain, name=name)))
        return replace(request_of(opened, self.engine.workspace, given), max_workers=workers)

    def ended(self, request: RunRequest, handle: RunHandle) -> Ran:
        """Wait for a run."""
        assert handle.done.wait(PATIENCE), "the run does not end"
        return Ran(request.graph, handle.outcome(), self.engine.workspace)

    def run(self, *cells: str, **options: Any) -> Ran:
        request = self.request(*cells, **options)
        return self.ended(request, self.engine.start(request))

    def codes(self, *cells: str, plain: tuple[str, ...] | None = None) -> list[str]:
        """Codes of the errors that opening these cells reports."""
        with pytest.raises(NbflowError) as caught:
            open_notebook(str(self.write(*cells, plain=plain)))
        return [each.code for each in caught.value.problems]

    def error(self, *cells: str) -> str:
        with pytest.raises(NbflowError) as caught:
            open_notebook(str(self.write(*cells)))
        return str(caught.value)


#: makes a bench with an engine of its own
NewBench = Callable[[], Bench]


def engine_at(folder: Path) -> Engine:
    """An engine whose store is in `folder`."""
    return Engine(Workspace.open(folder), LocalBackend())


def until(what: Callable[[], object], message: str = "it never came true") -> Any:
    """Wait until `what` is true and return it."""
    deadline = time.monotonic() + PATIENCE
    while not (found := what()):
        assert time.monotonic() < deadline, message
        time.sleep(0.005)
    return found


def alive(pid: int) -> bool:
    """Whether the process runs: one that ended and was not waited for does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()[0] != b"Z"
    except OSError:
        return False


def brood(engine: Engine) -> set[int]:
    """Processes that descend from the engine's zygotes, with or without exec, but the zygote that lives."""
    zygote = engine._backend._zygote  # type: ignore[attr-defined]
    return set(kin.brood(zygote.process.pid, zygote.word)) - {zygote.process.pid}
