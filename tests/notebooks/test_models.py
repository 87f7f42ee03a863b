"""The tour's models: tuned in a nested foreach, joined twice, and other models and settings win on other data."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from nbflow import Run
from nbflow.workspace import Workspace

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "models.ipynb"
NBFLOW = Path(sys.executable).with_name("nbflow")


@pytest.mark.timeout(300)
def test_noise_makes_other_settings_win(tmp_path: Path) -> None:
    environment = {**os.environ, "NBFLOW_ROOT": str(tmp_path)}
    for noise in ("0", "0.5"):
        given = ("-p", "models=neighbours,svm", "-p", "folds=2", "-p", f"noise={noise}")
        done = subprocess.run(
            [NBFLOW, "run", NOTEBOOK, *given], check=False, capture_output=True, text=True, env=environment, timeout=200
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert "Warning" not in done.stderr

    clean, noisy = (Run(f"models/{number}", workspace=Workspace.open(tmp_path)) for number in (1, 2))
    assert len(list(clean["score"])) == 6
    assert clean.data.family == noisy.data.family == "svm"
    assert clean.data.accuracy > 0.97
    assert 0.5 < noisy.data.accuracy < 0.8
    settings = [
        dict(zip(each.data.ranking.model, each.data.ranking["best setting"], strict=True)) for each in (clean, noisy)
    ]
    assert settings == [
        {"svm": "gamma = 0.25", "neighbours": "n_neighbors = 1"},
        {"svm": "gamma = 0.07", "neighbours": "n_neighbors = 9"},
    ]
    shown = [mime for step in clean for task in step for output in task.outputs for mime in output.data]
    assert shown.count("image/png") == 5
    assert "application/vnd.plotly.v1+json" in shown
