"""A saved notebook in the hands of a stranger: no trust, no kernel, still readable, and nothing in it acts."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

HOSTILE = "<script>window.acted = 1</script><img src='http://elsewhere.invalid/x.png' onerror='window.acted = 2'>"
CELLS = [
    "%load_ext nbflow\n%flow name shared",
    f'%%parameters\ntitle: str = "{HOSTILE}"',
    "%%step load\nheading = title\nprint(heading)",
    "%%step square --foreach range(3) --as n\ny = n * n",
    "%%step total --join square\nresult = sum(task.y for task in inputs)",
    "%flow run",
]


@pytest.fixture(scope="session")
def shared(lab) -> Path:
    """A notebook that ran elsewhere: executed without a browser, so that no server has signed it."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in CELLS])
    NotebookClient(notebook, timeout=60, resources={"metadata": {"path": str(lab.root)}}).execute()
    # a kernel that is not there: nothing starts when the notebook is opened
    notebook.metadata.kernelspec = {"name": "gone", "display_name": "Gone", "language": "none"}
    path = lab.root / "shared.ipynb"
    nbformat.write(notebook, path)
    return path


def test_a_run_is_readable_without_trust_and_without_a_kernel(shared, page, open_notebook) -> None:
    open_notebook(shared)
    last = page.locator(".jp-CodeCell").last.locator(".jp-OutputArea-output").last
    text = last.inner_text()
    assert "succeeded" in text
    assert all(step in text for step in ("load", "square", "total"))


def test_nothing_in_a_saved_run_acts_or_asks_elsewhere(shared, page, traffic, open_notebook) -> None:
    open_notebook(shared)
    page.locator(".jp-CodeCell").last.locator(".jp-OutputArea-output").last.wait_for()
    assert page.evaluate("window.acted") is None
    assert not traffic.outside
    assert not traffic.errors
