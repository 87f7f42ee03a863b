"""The artifacts of a run in a browser: found, unfolded, opened when somebody asks, and there without a kernel."""

from __future__ import annotations

import os
import zlib
from pathlib import Path
from typing import Any

import pytest
from lab import write
from playwright.sync_api import Locator, expect

#: set to a folder to have pictures of what is tested
SHOTS = os.environ.get("NBFLOW_SHOTS")
CELLS = {
    "load": "%load_ext nbflow\n%flow name {flow}",
    "imports": "import numpy as np\nimport pandas as pd\nfrom matplotlib.figure import Figure",
    "make": (
        "%%step make\n"
        "sales = pd.DataFrame({'region': ['eu', '<img src=x onerror=acted()>'] * 50, 'price': np.arange(100.0)})\n"
        "grid = np.random.default_rng(0).normal(size=(200, 30))\n"
        "photo = (np.indices((60, 90)).sum(0) % 256).astype('uint8')\n"
        "settings = {'alpha': 0.5, 'deep': {'list': [1, 2, 3]}}\n"
        "note = 'a line\\n' * 400"
    ),
    "draw": "%%step draw\nfigure = Figure(figsize=(4, 2))\nfigure.subplots().plot(sales.price)\nmost = float(sales.price.max())",
    "score": "%%step score --foreach range(60) --as n\nloss = n / 7",
    "run": "%flow run",
    "artifacts": "%flow artifacts",
    "step": "%flow artifacts score",
    "busy": "import pathlib, time\nwhile not pathlib.Path('{flow}.go').exists(): time.sleep(0.02)",
}
APPS = ("lab/tree", "notebooks")
SHUT_DOWN = "() => window.jupyterapp.shell.currentWidget.sessionContext.shutdown()"


@pytest.fixture
def written(lab: Any, request: pytest.FixtureRequest) -> Path:
    name = f"artifacts_{zlib.crc32(request.node.name.encode()):08x}"
    path: Path = lab.root / f"{name}.ipynb"
    write(path, {cell: text.replace("{flow}", name) for cell, text in CELLS.items()})
    return path


def shown_in(output: Locator) -> Locator:
    found = output.locator("[data-nbflow=artifacts]")
    found.wait_for(timeout=60_000)
    return found


def shot(what: Locator, name: str) -> None:
    if SHOTS:
        what.screenshot(path=f"{SHOTS}/{name}.png")


@pytest.mark.parametrize("app", APPS)
def test_artifacts_are_found_seen_and_opened_beside_a_busy_cell(
    written: Path, open_notebook: Any, page: Any, traffic: Any, app: str
) -> None:
    notebook = open_notebook(written, app)
    notebook.run_cells("load", "imports", "make", "draw", "score", "run")
    # Notebook 7 says things of its own while it starts
    traffic.errors.clear()
    notebook.run_cells("artifacts", "step")
    shown = shown_in(notebook.output_of("artifacts"))
    notebook.run_cells("busy", wait=False)
    detail = shown.locator("[data-region=detail]")
    shown.get_by_role("button", name="sales").click()
    expect(detail).to_contain_text("100 rows × 2 columns", timeout=60_000)
    expect(detail).to_contain_text("<img src=x onerror=acted()>")
    shown.get_by_role("button", name="grid").click()
    expect(detail.locator("img")).to_be_visible(timeout=60_000)
    expect(detail).to_contain_text("200 × 30 · float64")
    shot(shown, f"grid-{app[:3]}")
    shown.locator("[data-field=find]").press_sequentially("draw.fig", delay=20)
    expect(shown.locator("[data-region=list] [data-act=choose]")).to_have_count(1, timeout=60_000)
    shown.get_by_role("button", name="figure").click()
    expect(detail).to_contain_text("stored as a pickle", timeout=60_000)
    # before a frame is there: what is clicked at once after scrolling, Chromium gives to a frame that was at that place
    items = shown_in(notebook.output_of("step"))
    items.get_by_role("button", name="loss").click()
    expect(items).to_contain_text("1 – 50 of 60", timeout=60_000)
    items.get_by_title("the items behind").click()
    expect(items).to_contain_text("51 – 60 of 60", timeout=60_000)
    items.get_by_role("button", name="59", exact=True).click()
    expect(items).to_contain_text("task 59 · 59", timeout=60_000)
    shot(items, f"items-{app[:3]}")
    detail.get_by_role("button", name="Open", exact=True).click()
    picture = detail.frame_locator("iframe").locator("img")
    expect(picture).to_be_visible(timeout=60_000)
    shot(shown, f"figure-{app[:3]}")
    written.with_suffix(".go").touch()
    assert page.evaluate("typeof acted") == "undefined"
    assert not traffic.wrong
    assert not traffic.outside


def test_the_file_shows_them_without_a_kernel(written: Path, open_notebook: Any, page: Any, traffic: Any) -> None:
    notebook = open_notebook(written)
    notebook.run_cells("load", "imports", "make", "draw", "score", "run", "artifacts")
    shown_in(notebook.output_of("artifacts"))
    page.evaluate(SHUT_DOWN)
    notebook.saved()
    page.goto("about:blank")
    notebook = open_notebook(written)
    traffic.errors.clear()
    picture = notebook.output_of("artifacts")
    expect(picture).to_contain_text("127 artifacts", timeout=60_000)
    picture.get_by_text("sales", exact=True).click()
    expect(picture.get_by_text("100 rows × 2 columns")).to_be_visible()
    picture.get_by_text("photo", exact=True).click()
    expect(picture.get_by_alt_text("90 × 60 pixels")).to_be_visible()
    shot(picture, "file")
    assert page.evaluate("typeof acted") == "undefined"
    assert not traffic.outside
