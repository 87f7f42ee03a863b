from __future__ import annotations

from pathlib import Path

from nbflow.frontends.pace import pace
from nbflow.model.status import RunStatus
from nbflow.workspace import Workspace
from tests.unit.views.records import run, task


def test_the_latest_good_run_that_computed_a_step_says_how_long_it_takes(tmp_path: Path) -> None:
    metadata = Workspace.open(tmp_path).metadata

    def kept(*tasks: object, status: str = "succeeded") -> None:
        made = metadata.create_run(run("running", id="", finished_at=None))
        metadata.write(made.flow, made.id, tasks)  # type: ignore[arg-type]
        metadata.update_run(made.flow, made.id, status=RunStatus(status), finished_at=1.8e9)

    assert pace(metadata, "quickstart") == {}
    kept(task("load", took=8), task("train", path=(0,), took=1), task("train", path=(1,), took=3))
    kept(task("load", took=4), task("train", "reused", (0,), took=99))
    kept(task("load", took=500), status="failed")
    found = pace(metadata, "quickstart")
    assert found == {"load": 4.0, "train": 2.0}
