"""A page that is closed, or read anew, while a run goes on: the run does not notice, and can be looked at again."""

from __future__ import annotations

import re

import pytest
from lab import write
from playwright.sync_api import expect

#: cell id → text; the test runs them one by one
CELLS = {
    "name": "%load_ext nbflow\n%flow name watched",
    "definitions": "import pathlib, time\ndef hold(name):\n    while not pathlib.Path(name).exists(): time.sleep(0.02)",
    "load": "%%step load --define\nx = 1",
    "work": "%%step work --foreach range(4) --as n --define\nprint('item', n)\nif n == 3: hold('{gate}')\ny = n + x",
    "last": "%%step last --join work --define\ntotal = sum(task.y for task in inputs)",
    "run": "run = %flow run --background",
    "again": "%flow attach",
    "history": "%flow history",
    "fresh": "again = %flow run --background --fresh",
}

#: head of a panel whose run has ended well
ENDED = re.compile(r"✓\s*watched_\w+/\d+\s*succeeded")


@pytest.mark.parametrize("app", ["lab/tree", "notebooks"])
def test_a_run_is_seen_again_after_the_page_was_closed_even_while_a_cell_waits_for_it(
    lab, page, open_notebook, traffic, app: str
) -> None:
    path = lab.root / f"watched_{app.partition('/')[0]}.ipynb"
    cells = {**CELLS, "name": f"{CELLS['name']}_{app.partition('/')[0]}"}
    write(path, {cell: text.replace("{gate}", f"{path.stem}.go") for cell, text in cells.items()})
    notebook = open_notebook(path, app)
    notebook.run_cells("name", "definitions", "load", "work", "last", "run")
    panel = notebook.output_of("run")
    panel.get_by_text("3 of 4").wait_for(timeout=60_000)
    expect(panel).to_contain_text("running")
    notebook.run_cells("again", wait=False)
    notebook.output_of("again").get_by_text("3 of 4").wait_for(timeout=60_000)
    # what a stranger is told of it
    notebook.saved_with("again", "%flow attach 1 shows how it went on")
    page.goto("about:blank")
    notebook = open_notebook(path, app)
    # both panels are back and go on where they were, though the kernel is busy with the cell
    for cell in ("run", "again"):
        shown = notebook.output_of(cell).locator("[data-live]")
        expect(shown).to_contain_text("3 of 4", timeout=60_000)
        expect(shown.get_by_role("button", name="Cancel run")).to_be_visible()
    path.with_suffix(".go").touch()
    for cell in ("run", "again"):
        expect(notebook.output_of(cell).locator("[data-live]")).to_contain_text(ENDED)
    notebook.run_cells("history")
    expect(notebook.output_of("history")).to_contain_text("succeeded")
    # a page that is there when a run ends keeps its last picture, though its cell has ended long before
    notebook.run_cells("fresh")
    expect(notebook.output_of("fresh")).to_contain_text(ENDED)
    assert len(notebook.saved_with("fresh", f"✓ {path.stem}/2 · succeeded").outputs) == 2
    assert not traffic.wrong
    assert not traffic.outside
