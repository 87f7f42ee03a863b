"""Flows of a few cells, written to a notebook file and run by the real engine in real workers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from nbflow.backends.local import LocalBackend
from nbflow.errors import NbflowError
from nbflow.frontends.cli.notebook import open_notebook
from nbflow.frontends.cli.running import request_of
from nbflow.model.graph import Graph
from nbflow.model.ids import TaskKey
from nbflow.model.record import TaskRecord
from nbflow.runtime.engine import Engine
from nbflow.runtime.request import Outcome
from nbflow.workspace import Workspace

PLAIN = (
    "%%parameters\nalpha: float = 0.1\nregions: list[str] = ['eu', 'us']",
    "import pandas as pd\ndef clean(d): return d\nK = 3\nCONFIG = {'a': 1}",
    "hid = len(input())",
)


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


class Bench:
    """Runs cells as a flow."""

    def __init__(self, folder: Path, engine: Engine) -> None:
        self.folder = folder
        self.engine = engine

    def write(self, *cells: str, plain: tuple[str, ...] = PLAIN, name: str = "case.ipynb") -> Path:
        sources = [*plain, *(cell if "%%" in cell else f"%%step {cell}" for cell in cells)]
        made = [
            {"cell_type": "code", "id": f"c{i}", "metadata": {}, "source": text, "outputs": [], "execution_count": None}
            for i, text in enumerate(sources)
        ]
        notebook = {"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
        path = self.folder / name
        path.write_text(json.dumps(notebook))
        return path

    def run(self, *cells: str, plain: tuple[str, ...] = PLAIN, workers: int | None = None, **given: object) -> Ran:
        opened = open_notebook(str(self.write(*cells, plain=plain)))
        request = request_of(opened, self.engine.workspace, given)
        if workers:
            from dataclasses import replace

            request = replace(request, max_workers=workers)
        handle = self.engine.start(request)
        assert handle.done.wait(60), "the run does not end"
        return Ran(opened.graph, handle.outcome(), self.engine.workspace)

    def codes(self, *cells: str, plain: tuple[str, ...] = PLAIN) -> list[str]:
        """Codes of the errors that opening these cells reports."""
        with pytest.raises(NbflowError) as caught:
            open_notebook(str(self.write(*cells, plain=plain)))
        return [each.code for each in caught.value.problems]

    def error(self, *cells: str) -> str:
        with pytest.raises(NbflowError) as caught:
            open_notebook(str(self.write(*cells)))
        return str(caught.value)


@pytest.fixture(scope="module")
def _engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = Engine(Workspace.open(tmp_path_factory.mktemp("store") / ".nbflow"), LocalBackend())
    yield engine
    engine.close()


@pytest.fixture
def bench(tmp_path: Path, _engine: Engine) -> Bench:
    return Bench(tmp_path, _engine)
