"""A run's timeline and a task's page in a browser: while the run goes on, and beside its waiting cell's kernel."""

from __future__ import annotations

import os
import re
import zlib
from pathlib import Path
from typing import Any

import pytest
from lab import write
from playwright.sync_api import Locator, expect

#: a step that fails once, a foreach whose last item waits, and text that would like to be more
CELLS = {
    "name": "%load_ext nbflow\n%flow name {name}",
    "definitions": "import pathlib, time\ndef hold(name):\n    while not pathlib.Path(name).exists(): time.sleep(0.02)",
    "load": (
        "%%step load --retry 1 --define\nfirst = not pathlib.Path('{name}.tried').exists()\n"
        "pathlib.Path('{name}.tried').touch()\nprint('reading <img src=x onerror=window.acted=1>')\n"
        "for number in range(500): print(f'\\x1b[32mrow\\x1b[0m {number}')\nif first: raise ValueError('try again')\nwords = ['<b>one</b>', 'two', 'three']"
    ),
    "work": (
        "%%step work --foreach words --as word --define\nprint('at', word, flush=True)\n"
        "if word == 'three':\n    hold('{name}.go')\n    print('let go', flush=True)\ny = 1"
    ),
    "run": "%flow run --background --fresh --max-workers 2",
    "timeline": "%flow timeline",
    "view": "%flow view 1/load",
}
APPS = ("lab/tree", "notebooks")


@pytest.fixture
def written(lab: Any, request: pytest.FixtureRequest) -> Path:
    name = f"page_{zlib.crc32(request.node.name.encode()):08x}"
    path: Path = lab.root / f"{name}.ipynb"
    write(path, {cell: text.replace("{name}", name) for cell, text in CELLS.items()})
    return path


def page_in(output: Locator, name: str) -> Locator:
    found = output.locator(f".nbf-page[data-nbflow={name}]")
    found.wait_for(timeout=60_000)
    return found


def take(found: Locator, name: str) -> None:
    """Take a picture to be looked at, where a folder for them is named."""
    if folder := os.environ.get("NBFLOW_PICTURES"):
        found.screenshot(path=Path(folder, f"{name}.png"))


@pytest.mark.parametrize("app", APPS)
def test_a_timeline_leads_to_a_task_whose_log_is_followed_and_searched(
    written: Path, open_notebook: Any, page: Any, traffic: Any, app: str
) -> None:
    notebook = open_notebook(written, app)
    notebook.run_cells("name", "definitions", "load", "work", "run")
    # Notebook 7 says things of its own while it starts
    traffic.errors.clear()
    notebook.run_cells("timeline")
    shown = page_in(notebook.output_of("timeline"), "timeline")
    expect(shown).to_contain_text("2 succeeded", timeout=60_000)
    bar = shown.locator("img").first
    box = bar.bounding_box()
    assert box is not None and box["width"] > 200 and 20 <= box["height"] <= 40
    take(shown, f"timeline-{app[:3]}")
    # a step unfolds, and its tasks keep being drawn
    shown.get_by_role("button", name=re.compile("work")).click()
    expect(shown).to_contain_text("<b>one</b>", timeout=60_000)
    shown.get_by_role("button", name="[2]").click()
    expect(shown).to_contain_text("at three", timeout=60_000)
    expect(shown).to_contain_text("running")
    written.with_suffix(".go").touch()
    expect(shown).to_contain_text("let go", timeout=60_000)
    expect(shown).to_contain_text("succeeded", timeout=60_000)

    notebook.run_cells("view")
    task = page_in(notebook.output_of("view"), "view")
    expect(task).to_contain_text("row 499", timeout=60_000)
    field = task.get_by_placeholder("search the log")
    field.press_sequentially("ROW 77", delay=40)
    expect(task.locator("mark")).to_have_count(1, timeout=60_000)
    expect(task).to_contain_text("1 in 1 line")
    expect(field).to_be_focused()
    take(task, f"task-{app[:3]}")
    field.fill("onerror")
    expect(task.locator("mark")).to_have_text("onerror", timeout=60_000)
    field.fill("(")
    task.get_by_title("read it as a regular expression").click()
    expect(task.get_by_role("alert")).to_contain_text("NBF-V040", timeout=60_000)
    field.fill("")
    task.get_by_role("button", name="attempt 1").click()
    expect(task).to_contain_text("ValueError: try again", timeout=60_000)
    task.get_by_role("button", name="back").or_(task.get_by_role("button", name="1", exact=True)).first.click()
    expect(task).to_contain_text("all together", timeout=60_000)
    take(task, f"run-{app[:3]}")
    assert page.evaluate("window.acted") is None
    assert not traffic.wrong
    assert not traffic.outside
