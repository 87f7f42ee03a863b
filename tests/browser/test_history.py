"""The history as a person has it before them: it goes on, answers clicks, and asks no other machine."""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import Any

import pytest
from lab import write
from playwright.sync_api import Locator, expect

CELLS = {
    "load": "%load_ext nbflow\n%flow name {name}",
    "parameters": "%%parameters\nalpha: float = 1.0\ntitle: str = '<img src=x onerror=window.acted=1>'",
    "definitions": "import pathlib\nmended = pathlib.Path('{name}.mended')",
    "train": "%%step train --define\nif alpha > 2 and not mended.exists(): raise ValueError('<b>too much</b>')\nrmse = 1 / alpha",
    "one": "%flow run --fresh --tag first",
    "two": "%flow run --fresh --alpha 2",
    "bad": "try: get_ipython().run_line_magic('flow', 'run --fresh --alpha 3')\nexcept Exception: pass",
    "runs": "%flow history",
    "more": "%flow run --fresh --alpha 4",
}


@pytest.fixture
def written(lab: Any, request: pytest.FixtureRequest) -> Path:
    name = f"history_{zlib.crc32(request.node.name.encode()):08x}"
    path: Path = lab.root / f"{name}.ipynb"
    write(path, {cell: text.format(name=name) for cell, text in CELLS.items()})
    return path


def page_in(output: Locator) -> Locator:
    found = output.locator("[data-nbflow=history]")
    found.wait_for(timeout=60_000)
    return found


def runs_in(shown: Locator, *runs: str) -> None:
    """These runs, and no others, are listed."""
    expect(shown.locator("[data-region=runs] tbody tr td:nth-child(2)")).to_have_text(list(runs), timeout=30_000)


@pytest.mark.parametrize("app", ["lab/tree", "notebooks"])
def test_runs_are_found_sorted_compared_and_tagged_and_new_ones_appear(
    written: Path, open_notebook: Any, traffic: Any, page: Any, app: str
) -> None:
    notebook = open_notebook(written, app)
    notebook.run_cells(*list(CELLS)[:7])
    # Notebook 7 says things of its own while it starts
    traffic.errors.clear()
    notebook.run_cells("runs")
    shown = page_in(notebook.output_of("runs"))
    runs_in(shown, "3", "2", "1")
    expect(shown.locator("[data-region=head]")).to_contain_text("2 succeeded")
    expect(shown.locator("[data-region=runs]")).to_contain_text("ValueError: <b>too much</b>")

    # what is typed stays while the list changes
    search = shown.get_by_placeholder("search")
    search.press_sequentially("first")
    runs_in(shown, "1")
    expect(search).to_be_focused()
    search.fill("")
    runs_in(shown, "3", "2", "1")
    where = shown.get_by_placeholder("alpha=…")
    where.press_sequentially("alph")
    expect(shown.locator("[data-region=wrong]")).to_contain_text("is no condition")
    where.press_sequentially("a>1.5")
    runs_in(shown, "3", "2")
    shown.get_by_role("button", name="clear").click()
    shown.get_by_role("button", name="rmse").click()
    runs_in(shown, "1", "2", "3")
    shown.get_by_role("button", name="1 failed").click()
    runs_in(shown, "3")
    shown.get_by_role("button", name="1 failed").click()

    for run in (1, 2):
        shown.get_by_role("checkbox", name=f"choose {written.stem}/{run}").click()
    expect(shown.locator("[data-region=chosen]")).to_contain_text("2 runs chosen")
    shown.get_by_placeholder("a tag").fill("good")
    shown.get_by_role("button", name="Tag", exact=True).click()
    expect(shown.locator("[data-region=told]")).to_contain_text("tagged good")
    shown.get_by_role("button", name="Compare").click()
    expect(shown.locator("[data-region=told]")).to_contain_text("−50.0%", timeout=30_000)
    shown.get_by_role("button", name="close").click()
    expect(shown.locator("[data-region=told]")).to_have_count(0)

    shown.locator("select[data-field=sort]").select_option("newest")
    runs_in(shown, "3", "2", "1")
    written.with_suffix(".mended").touch()
    notebook.run_cells("more")
    runs_in(shown, "4", "3", "2", "1")
    assert page.evaluate("window.acted") is None
    assert traffic.wrong == [] and traffic.outside == []


def test_a_run_is_resumed_under_its_list(written: Path, open_notebook: Any, traffic: Any) -> None:
    notebook = open_notebook(written)
    notebook.run_cells(*list(CELLS)[:7])
    traffic.errors.clear()
    notebook.run_cells("runs")
    output = notebook.output_of("runs")
    shown = page_in(output)
    written.with_suffix(".mended").touch()
    shown.get_by_role("checkbox", name=f"choose {written.stem}/3").click()
    shown.get_by_role("button", name="Resume").click()
    expect(shown.locator("[data-region=told]")).to_contain_text("%flow resume 3 --background")
    runs_in(shown, "4 ← 3", "3", "2", "1")
    # its panel is there, too
    expect(output).to_contain_text(f"resuming {written.stem}/3")
    expect(shown.locator("[data-region=runs] tbody tr").first).to_contain_text("succeeded", timeout=60_000)
    assert traffic.wrong == [] and traffic.outside == []
