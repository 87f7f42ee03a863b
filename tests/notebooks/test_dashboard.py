"""The dashboard notebook: it shows a store whatever is in it, and loads nothing of what runs left."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import nbformat
import pytest

from nbflow.model.artifact import Manifest
from nbflow.model.ids import FlowName, RunId, StepName
from nbflow.model.record import RunRecord, TaskRecord
from nbflow.model.status import RunStatus, TaskStatus
from nbflow.workspace import Workspace

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "dashboard.ipynb"
BIN = Path(sys.executable).parent


class Poisoned:
    """Whoever unpickles it leaves a file."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def __reduce__(self) -> Any:
        return Path.touch, (self.file,)


def shown(folder: Path) -> dict[str, Any]:
    """Run the notebook over the store in `folder`, and return what each cell displayed, by its id and type."""
    out = folder / "out.ipynb"
    command = [BIN / "papermill", "--no-progress-bar", NOTEBOOK, out]
    environment = {**os.environ, "NBFLOW_ROOT": str(folder / ".nbflow")}
    done = subprocess.run(
        command, check=False, capture_output=True, text=True, cwd=folder, env=environment, timeout=100
    )
    assert done.returncode == 0, done.stderr
    cells = [cell for cell in nbformat.read(out, as_version=4).cells if cell.cell_type == "code"]
    return {
        cell.id: {kind: text for output in cell.outputs for kind, text in output.get("data", {}).items()}
        for cell in cells
    }


@pytest.mark.timeout(300)
def test_it_shows_runs_by_day_in_a_list_and_what_they_measured(tmp_path: Path) -> None:
    workspace = Workspace.open(tmp_path / ".nbflow")
    now = time.time()
    for number in range(3):
        made = RunRecord(
            FlowName("sales"), RunId(""), "run", RunStatus.RUNNING, "ada", now - 100 + number, started_at=now - 100
        )
        run = workspace.metadata.create_run(made).id
        writer = workspace.store.writer()
        writer.add("rmse", 1.0 / (number + 1))
        writer.add("model", Poisoned(tmp_path / "opened"))
        task = TaskRecord(
            StepName("train"), "0", (), TaskStatus.SUCCEEDED, 0, Manifest(writer.close()), started_at=now - 9
        )
        workspace.metadata.write("sales", run, [task])
        workspace.metadata.update_run("sales", run, status=RunStatus.SUCCEEDED, finished_at=now)
    found = shown(tmp_path)
    assert list(found) == ["now", "days", "runs", "metrics", "durations", "cards"]
    assert "100 %" in found["now"]["text/html"] and "sales" in found["now"]["text/html"]
    assert found["days"]["text/plain"] == "3 runs, by day and status"
    assert "rmse" in found["runs"]["text/html"] and "0.3333" in found["runs"]["text/html"]
    assert "sales · rmse" in found["metrics"]["text/plain"]
    assert found["metrics"]["application/vnd.plotly.v1+json"]["data"][0]["y"] == [1.0, 0.5, 1 / 3]
    assert found["durations"]["text/plain"] == "how long 3 runs took, by when they started"
    assert "sales/3/train/0" in found["cards"]["text/plain"]
    assert not (tmp_path / "opened").exists()


@pytest.mark.timeout(300)
def test_an_empty_store_is_told_how_to_get_its_first_run(tmp_path: Path) -> None:
    found = shown(tmp_path)
    assert "nbflow run notebooks/models.ipynb" in found["now"]["text/html"]
    assert "No runs yet" in found["runs"]["text/html"]
    assert found["cards"]["text/plain"] == "no cards yet"
