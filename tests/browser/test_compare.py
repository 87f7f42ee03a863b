"""A comparison in a browser: it answers clicks, opens what is asked for and nothing else, and asks no other machine."""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import Any

import pytest
from lab import write
from playwright.sync_api import Locator, expect

CELLS = {
    "load": "%load_ext nbflow\n%flow name {name}",
    "parameters": "%%parameters\nscale: float = 1.0\nregions: list[str] = ['eu', 'us', 'asia']",
    "definitions": (
        "import pathlib\n"
        "class Model:\n"
        "    def __init__(self, weight): self.weight = weight\n"
        "    def __setstate__(self, state):\n"
        "        pathlib.Path('{name}.opened').touch()\n"
        "        self.__dict__.update(state)\n"
    ),
    "train": "%%step train --foreach regions --as region\nloss = scale * len(region)\nmodel = Model(scale)",
    "best": "%%step best --join train\nrmse = min(each.loss for each in inputs)\ncurve = [each.loss for each in inputs]\nsame = {{'a': 1}}",
    "one": "first = %flow run --fresh",
    "two": "second = %flow run --fresh --scale 1.5",
    "drawn": "import nbflow\nnbflow.compare(first, second).chart('rmse')",
    "both": "%flow compare --baseline previous --fail-if 'rmse > 9 * baseline.rmse'",
}


@pytest.fixture
def written(lab: Any, request: pytest.FixtureRequest) -> Path:
    name = f"compare_{zlib.crc32(request.node.name.encode()):08x}"
    path: Path = lab.root / f"{name}.ipynb"
    write(path, {cell: text.format(name=name) for cell, text in CELLS.items()})
    return path


def page_in(output: Locator) -> Locator:
    found = output.locator("[data-nbflow=compare]")
    found.wait_for(timeout=60_000)
    return found


@pytest.mark.parametrize("app", ["lab/tree", "notebooks"])
def test_what_differs_is_opened_on_a_click_and_a_pickle_on_a_second_one(
    written: Path, open_notebook: Any, traffic: Any, app: str
) -> None:
    notebook = open_notebook(written, app)
    notebook.run_cells(*list(CELLS)[:-1])
    opened = written.with_suffix(".opened")
    opened.unlink(missing_ok=True)
    # Notebook 7 says things of its own while it starts
    traffic.errors.clear()
    notebook.run_cells("both")
    shown = page_in(notebook.output_of("both"))
    expect(shown.locator("[data-region=metrics]")).to_contain_text("best.rmse")
    expect(shown.locator("[data-region=metrics]")).to_contain_text("+50.0%")
    expect(shown.locator("[data-region=head]")).to_contain_text("passed")

    curve = shown.locator("[data-region=artifacts] tr", has_text="curve")
    curve.get_by_role("button", name="open").click()
    expect(shown.locator("[data-region=artifacts]")).to_contain_text("3 parts differ")
    model = shown.locator("[data-region=artifacts] tr", has_text="model")
    model.get_by_role("button", name="open").click()
    expect(shown.locator("[data-region=artifacts]")).to_contain_text("left closed")
    assert not opened.exists()
    shown.get_by_role("button", name="load both").click()
    expect(shown.locator("[data-region=artifacts]")).to_contain_text("['weight']", timeout=30_000)
    assert opened.exists()

    expect(shown.locator("[data-region=artifacts]")).to_contain_text("2 equal")
    shown.locator(".nbf-tick").click()
    expect(shown.locator("[data-region=artifacts] details details")).to_have_count(0)
    shown.locator("select").select_option(index=1)
    expect(shown.locator("[data-region=metrics]")).to_contain_text("−33.3%")
    # of a chart's two forms the notebook takes the one that answers to the mouse
    chart = notebook.output_of("drawn")
    expect(chart.locator(".js-plotly-plot .main-svg .scatterlayer")).to_have_count(1)
    expect(chart.locator("img[alt*='across 2 runs']")).to_have_count(0)
    assert traffic.wrong == [] and traffic.outside == []
