"""The quickstart in JupyterLab, as a new user meets it."""

from __future__ import annotations

import shutil
from pathlib import Path

QUICKSTART = Path(__file__).parents[2] / "notebooks" / "quickstart.ipynb"


def test_run_all_gives_the_answer_shows_the_run_and_stays_quiet(lab, page, traffic, open_notebook) -> None:
    path = Path(shutil.copy(QUICKSTART, lab.root))
    notebook = open_notebook(path)
    notebook.run_all()
    cells = {cell.id: cell for cell in notebook.saved().cells}
    failed = [out for cell in cells.values() for out in cell.get("outputs", ()) if out.output_type == "error"]
    assert not failed
    assert "May 2014" in cells["answer-of-run"].outputs[0].data["text/plain"]
    panel = page.locator("[data-nbflow=run]").last
    assert "succeeded" in panel.inner_text()
    assert not traffic.errors
    assert not traffic.outside
