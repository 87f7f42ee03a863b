"""The quickstart in JupyterLab, as a new user meets it."""

from __future__ import annotations

import shutil
from pathlib import Path

from playwright.sync_api import expect

QUICKSTART = Path(__file__).parents[2] / "notebooks" / "quickstart.ipynb"


def test_run_all_gives_the_answer_shows_the_run_and_stays_quiet(lab, traffic, open_notebook) -> None:
    notebook = open_notebook(Path(shutil.copy(QUICKSTART, lab.root)))
    notebook.run_all()
    cells = {cell.id: cell for cell in notebook.saved().cells}
    failed = [out for cell in cells.values() for out in cell.get("outputs", ()) if out.output_type == "error"]
    assert not failed
    assert "May 2014" in cells["answer-of-run"].outputs[0].data["text/plain"]
    for word in ("succeeded", "load", "split", "train", "best", "picture", "answer"):
        expect(notebook.output_of("run")).to_contain_text(word)
    assert not traffic.errors
    assert not traffic.outside
