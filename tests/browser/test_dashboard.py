"""The dashboard: in JupyterLab, in Notebook 7, and under Voila; it goes on, and asks no other machine for what it shows."""

from __future__ import annotations

import contextlib
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
#: what Voila's page complains of without us: its icons, extensions of JupyterLab that it has no place for, plotly's one,
#: which would keep a picture of each chart
OF_VOILA = ("ERR_NAME_NOT_RESOLVED", "shared module", "setData")
#: the same flow in a notebook, and pieces of its dashboard
INLINE = {
    "load": "%load_ext nbflow\n%flow name {name}\nimport nbflow",
    **{cell: text.replace("%%step train", "%%step train --define") for cell, text in CELLS.items()},
    "one": "%flow run --fresh",
    "two": "%flow run --fresh --alpha 2",
    "board": "board = nbflow.dashboard('{name}')\nboard",
    "days": "board.days()",
    "metrics": "board.metrics()",
    "cards": "board.cards()",
    "bad": "try: get_ipython().run_line_magic('flow', 'run --fresh --alpha 3')\nexcept Exception: pass",
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


def go_live(page: Any, url: str) -> None:
    """Open the page, again where views stay pictures, as a person would.

    ipywidgets' renderer looks for a model every 100 ms for two seconds. On a busy machine the models may come while the page
    is held up in the last of its waits; then it says "model not found" for good, beside a manager that has it.
    """
    for _ in range(4):
        page.goto(url)
        expect(page.locator(".js-plotly-plot")).to_have_count(3, timeout=120_000)
        with contextlib.suppress(AssertionError):
            expect(page.locator("[data-nbflow][data-live]")).to_have_count(3, timeout=20_000)
            return
    expect(page.locator("[data-nbflow][data-live]")).to_have_count(3)


@pytest.mark.timeout(400)
def test_a_team_sees_its_runs_their_metrics_and_cards_and_what_runs_next(
    store: Path, page: Any, tmp_path_factory: pytest.TempPathFactory, traffic: Any
) -> None:
    with voila(store / NOTEBOOK.name, tmp_path_factory.mktemp("voila")) as url:
        go_live(page, url)
        tiles = page.locator("[data-nbflow=dashboard]")
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
        # before the server goes, which the page would complain of
        assert not [each for each in traffic.errors if not any(word in each for word in OF_VOILA)]
    assert page.evaluate("window.acted") is None
    # Voila's own page asks for its icons elsewhere
    assert not [each for each in traffic.outside if "fontawesome" not in each]


@pytest.mark.parametrize("app", ["lab/tree", "notebooks"])
def test_it_goes_on_in_a_notebook(lab: Any, open_notebook: Any, traffic: Any, page: Any, app: str) -> None:
    name = f"board_{app[:3]}"
    path = lab.root / f"{name}.ipynb"
    write(path, {cell: text.format(name=name) for cell, text in INLINE.items()})
    notebook = open_notebook(path, app)
    notebook.run_cells("load", "parameters", "train", "one", "two")
    # Notebook 7 says things of its own while it starts
    traffic.errors.clear()
    notebook.run_cells("board", "days", "metrics", "cards")
    board = notebook.output_of("board").locator("[data-nbflow=dashboard][data-live]")
    expect(board).to_contain_text("100 %", timeout=60_000)
    for chart in ("days", "metrics"):
        expect(notebook.output_of(chart).locator(".js-plotly-plot")).to_have_count(1, timeout=60_000)
    expect(notebook.output_of("metrics")).to_contain_text("rmse")
    card = notebook.output_of("cards").locator("[data-nbflow=latest-cards] [data-region=card]")
    expect(card).to_contain_text(f"{name}/2/train/0", timeout=60_000)
    notebook.run_cells("bad")
    expect(board).to_contain_text("67 %", timeout=60_000)
    expect(board.locator("[data-region=flows]")).to_contain_text("run 3 failed")
    assert page.evaluate("window.acted") is None
    assert traffic.wrong == [] and traffic.outside == []
