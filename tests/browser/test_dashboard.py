"""The dashboard notebook under Voila: a page that goes on, and asks no other machine for what it shows."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from lab import voila, write
from playwright.sync_api import expect

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "dashboard.ipynb"
NBFLOW = Path(sys.executable).with_name("nbflow")
CELLS = {
    "parameters": "%%parameters\nalpha: float = 1.0",
    "train": "%%step train --card\nif alpha > 2: raise ValueError('<img src=x onerror=window.acted=1>')\nrmse = 1 / alpha",
}


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A folder with the dashboard, and three runs of a flow, the last of which failed."""
    shutil.copy(NOTEBOOK, tmp_path)
    write(tmp_path / "sales.ipynb", CELLS)
    for alpha in (1, 2, 3):
        run(tmp_path, alpha)
    return tmp_path


def run(folder: Path, alpha: float) -> None:
    command = [NBFLOW, "run", folder / "sales.ipynb", "-p", f"alpha={alpha}"]
    environment = {**os.environ, "NBFLOW_ROOT": str(folder / ".nbflow")}
    subprocess.run(command, check=False, capture_output=True, env=environment, timeout=100)


def test_a_team_sees_its_runs_their_metrics_and_cards_and_what_runs_next(
    store: Path, page: Any, tmp_path_factory: pytest.TempPathFactory, traffic: Any
) -> None:
    with voila(store / NOTEBOOK.name, tmp_path_factory.mktemp("voila")) as url:
        page.goto(url)
        # on a busy machine Voila now and then shows the picture of the first view for good
        tiles = page.locator("[data-nbflow=dashboard], [data-nbflow-picture]").locator("visible=true").first
        expect(tiles).to_contain_text("67 %", timeout=90_000)
        expect(tiles).to_contain_text("sales")
        # by day, metrics, durations
        expect(page.locator(".js-plotly-plot")).to_have_count(3, timeout=60_000)
        expect(page.locator(".js-plotly-plot").nth(1)).to_contain_text("sales · rmse")
        rows = page.locator("[data-nbflow=history] [data-region=runs] tbody tr")
        expect(rows).to_have_count(3)
        card = page.locator("[data-nbflow=latest-cards] [data-region=card]")
        expect(card).to_contain_text("sales/3/train/0")
        run(store, 1.5)
        expect(rows).to_have_count(4, timeout=30_000)
        expect(card).to_contain_text("sales/4/train/0", timeout=30_000)
        rows.first.get_by_role("button").click()
        expect(page.locator("[data-region=told]")).to_contain_text("sales / 4", timeout=30_000)
    assert page.evaluate("window.acted") is None
    # Voila's own page asks for its icons elsewhere
    assert not [each for each in traffic.outside if "fontawesome" not in each]
