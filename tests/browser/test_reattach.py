"""A page that is closed, or read anew, while a run goes on: the run does not notice, and can be looked at again."""

from __future__ import annotations

import re

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
ENDED = re.compile(r"✓\s*watched/\d+\s*succeeded")


def test_a_run_is_seen_again_after_the_page_was_closed(lab, page, open_notebook, traffic) -> None:
    path = lab.root / "watched.ipynb"
    write(path, {cell: text.replace("{gate}", f"{path.stem}.go") for cell, text in CELLS.items()})
    notebook = open_notebook(path)
    notebook.run_cells("name", "definitions", "load", "work", "last", "run")
    panel = notebook.output_of("run")
    panel.get_by_text("3 of 4").wait_for()
    assert "running" in panel.inner_text()
    notebook.saved()
    page.goto("about:blank")
    notebook = open_notebook(path)
    # the panel is back, and goes on where it was
    expect(notebook.output_of("run")).to_contain_text("running", timeout=60_000)
    notebook.run_cells("again", wait=False)
    seen = notebook.output_of("again")
    seen.get_by_text("3 of 4").wait_for()
    (lab.root / f"{path.stem}.go").touch()
    expect(seen).to_contain_text(ENDED, timeout=30_000)
    expect(notebook.output_of("run")).to_contain_text(ENDED, timeout=30_000)
    notebook.run_cells("history")
    assert "succeeded" in notebook.output_of("history").inner_text()
    stored = {cell.id: cell for cell in notebook.saved().cells}
    assert "succeeded" in stored["again"].outputs[0].data["text/plain"]
    # a page that is there when a run ends keeps its last picture, though its cell has ended long before
    notebook.run_cells("fresh")
    expect(notebook.output_of("fresh")).to_contain_text(ENDED, timeout=30_000)
    (stored,) = [cell for cell in notebook.saved().cells if cell.id == "fresh"]
    assert len(stored.outputs) == 2 and "✓ watched/2 · succeeded" in stored.outputs[0].data["text/plain"]
    assert not traffic.outside
