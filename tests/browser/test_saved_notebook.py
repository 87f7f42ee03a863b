"""A saved notebook in the hands of a stranger: no trust, no kernel, still readable, and nothing in it acts."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import expect
from ports import with_free_ports

HOSTILE = "<script>window.acted = 1</script><img src='http://elsewhere.invalid/x.png' onerror='window.acted = 2'>"
CELLS = {
    "name": "%load_ext nbflow\n%flow name shared",
    "parameters": f'%%parameters\ntitle: str = "{HOSTILE}"',
    "load": "%%step load\nheading = title\nprint(heading)",
    "square": "%%step square --foreach range(3) --as n\ny = n * n",
    "total": "%%step total --join square\nresult = sum(task.y for task in inputs)",
    "run": "%flow run",
}


@pytest.fixture(scope="session")
def shared(lab) -> Path:
    """A notebook that ran elsewhere: executed without a browser, so that no server has signed it."""
    cells = [nbformat.v4.new_code_cell(text, id=name) for name, text in CELLS.items()]
    path = lab.root / "shared.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    command = [sys.executable, "-m", "papermill", "--no-progress-bar", "-k", "python3", "-l", "python", path, path]
    done = with_free_ports(
        lambda: subprocess.run(command, capture_output=True, text=True, cwd=lab.root, timeout=100, check=False)
    )
    assert done.returncode == 0, done.stderr
    notebook = nbformat.read(path, as_version=4)
    # a kernel that is not there: nothing starts when the notebook is opened
    notebook.metadata.kernelspec = {"name": "gone", "display_name": "Gone", "language": "none"}
    nbformat.write(notebook, path)
    return path


@pytest.mark.parametrize("app", ["lab/tree", "notebooks"])
def test_a_run_is_readable_without_trust_and_without_a_kernel(shared, open_notebook, traffic, app: str) -> None:
    output = open_notebook(shared, app).output_of("run")
    for word in ("succeeded", "load", "square", "total"):
        expect(output).to_contain_text(word)
    assert not traffic.wrong


def test_nothing_in_a_saved_run_acts_or_asks_elsewhere(shared, page, traffic, open_notebook) -> None:
    open_notebook(shared).output_of("run").wait_for()
    assert page.evaluate("window.acted") is None
    assert not traffic.outside
    assert not traffic.errors
