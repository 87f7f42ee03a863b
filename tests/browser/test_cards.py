"""Cards in a browser: under their cell, live while a task runs, in a sandbox, and in a file whose kernel is gone."""

from __future__ import annotations

import contextlib
import os
import time
import zlib
from pathlib import Path
from typing import Any

import pytest
from lab import write
from playwright.sync_api import Error, Locator, expect

HOSTILE = "<script>parent.acted=1</script><img src=x onerror='parent.acted=1'><b id=seen>seen</b>"
CELLS = {
    "name": "%load_ext nbflow\n%flow name {name}",
    "definitions": (
        "import pathlib, time\nfrom nbflow import current\nfrom nbflow.cards import Markdown, ProgressBar\n"
        "def hold(name):\n    while not pathlib.Path(name).exists(): time.sleep(0.02)"
    ),
    "report": (
        "%%card report\nimport plotly.graph_objects as go\ncurrent.card.append(Markdown('# The report'))\n"
        "current.card.append(go.Figure(go.Bar(x=['a', 'b'], y=[1, 3]), layout={'height': 220}))\n"
        f"class Odd:\n    def _repr_html_(self): return {HOSTILE!r}\n"
        "current.card.append(Odd())"
    ),
    "train": (
        "%%step train --card refresh_interval=0 --define\nbar = ProgressBar(max=10, label='epochs')\n"
        "current.card.append(bar)\nbar.update(3)\ncurrent.card.refresh()\npathlib.Path('{name}.begun').touch()\nhold('{name}.go')\n"
        "bar.update(10)\ncurrent.card.append('all done')"
    ),
    "run": "%flow run --background --fresh --tag cards",
    "cards": "%flow cards train",
    "all": "%flow cards",
}
APPS = ("lab/tree", "notebooks")
SHUT_DOWN = "() => window.jupyterapp.shell.currentWidget.sessionContext.shutdown()"


@pytest.fixture
def written(lab: Any, request: pytest.FixtureRequest) -> Path:
    name = f"cards_{zlib.crc32(request.node.name.encode()):08x}"
    path: Path = lab.root / f"{name}.ipynb"
    write(path, {cell: text.replace("{name}", name) for cell, text in CELLS.items()})
    return path


def page_in(output: Locator) -> Locator:
    found = output.locator(".nbf-page[data-nbflow=cards]")
    found.wait_for(timeout=60_000)
    return found


def shows(page: Any, found: Locator, *words: str) -> None:
    """Wait until the card in a view has all of `words`. Its frame is of another origin, in a process of its own."""
    deadline = time.monotonic() + 60
    while not any(all(word in text for word in words) for text in texts(page)):
        assert time.monotonic() < deadline, (words, texts(page))
        with contextlib.suppress(Error):
            # what is not seen is not drawn; the frame may be replaced just now
            found.locator("iframe").scroll_into_view_if_needed(timeout=2000)
        page.wait_for_timeout(100)


def texts(page: Any) -> list[str]:
    found = []
    for frame in page.frames[1:]:
        # it may go while it is asked
        with contextlib.suppress(Error):
            drawn = "drawn " * frame.locator("[data-drawn=yes]").count()
            found.append(drawn + frame.locator("body").inner_text(timeout=2000))
    return found


def take(found: Locator, name: str) -> None:
    """Take a picture to be looked at, where a folder for them is named."""
    if folder := os.environ.get("NBFLOW_PICTURES"):
        found.screenshot(path=Path(folder, f"{name}.png"))


@pytest.mark.parametrize("app", APPS)
def test_a_card_stands_under_its_cell_and_changes_while_its_task_runs(
    written: Path, open_notebook: Any, page: Any, traffic: Any, app: str
) -> None:
    notebook = open_notebook(written, app)
    notebook.run_cells("name", "definitions")
    # Notebook 7 says things of its own while it starts
    traffic.errors.clear()
    notebook.run_cells("report")
    made = page_in(notebook.output_of("report"))
    shows(page, made, "drawn", "The report", "seen")
    take(made, f"card-{app[:3]}")

    notebook.run_cells("train", "run")
    # of a task that has not begun there are no cards
    deadline = time.monotonic() + 60
    while not written.with_suffix(".begun").exists():
        assert time.monotonic() < deadline
        page.wait_for_timeout(50)
    notebook.run_cells("cards")
    live = page_in(notebook.output_of("cards"))
    expect(live).to_contain_text("its task still runs", timeout=60_000)
    shows(page, live, "running", "3 of 10")
    take(live, f"card-live-{app[:3]}")
    written.with_suffix(".go").touch()
    shows(page, live, "10 of 10", "all done")
    expect(live).not_to_contain_text("its task still runs")

    notebook.run_cells("all")
    both = page_in(notebook.output_of("all"))
    both.locator("select").select_option(label="report/0")
    expect(both).to_contain_text("/report/0 ·")
    assert page.evaluate("window.acted") is None
    assert not traffic.outside
    assert not [each for each in traffic.errors if "sandbox" not in each and "Content Security" not in each]


def test_a_file_whose_kernel_is_gone_has_the_card_and_no_megabytes_of_script(
    written: Path, open_notebook: Any, page: Any
) -> None:
    notebook = open_notebook(written)
    notebook.run_cells("name", "definitions", "report")
    page_in(notebook.output_of("report"))
    saved = notebook.saved()
    text = str(saved)
    assert "The report" in text and len(text) < 400_000
    page.evaluate(SHUT_DOWN)
