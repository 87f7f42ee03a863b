"""A whole notebook as a step: what the flow left comes in by name, what it hands back goes on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from filled_notebooks import WITH_PAPERMILL, injected, notebook, write
from terminal import Terminal

from nbflow import Run
from nbflow.client.cards import get_cards
from nbflow.workspace import Workspace

FLOW = (
    "%%parameters\nalpha: float = 0.1",
    "import pandas as pd",
    "%%step load\ndf = pd.DataFrame({'x': [1, 2, 3]})\nfactor = 3",
    "%%step report --notebook report.ipynb",
    "%%step end\nseen = (total, int(doubled.x.sum()), title, notebook.name)",
)
REPORT = (
    "md:# Report",
    ("alpha = 0.5\nfactor = 1\ntitle = 'own'\ndf = None", "parameters"),
    "import nbflow\nprint('alpha is', alpha)\ntotal = int(df.x.sum()) * factor",
    "nbflow.result(total=total, doubled=df * 2, title=title)",
    "display({'application/vnd.nbflow.result+json': {'total': total + 1}, 'text/plain': 'again'}, raw=True)",
)


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    return Terminal(tmp_path, modules=WITH_PAPERMILL)


def run_of(terminal: Terminal, place: str) -> Run:
    return Run(place, workspace=Workspace.open(terminal.folder / ".nbflow"), namespace=None)


def test_values_come_in_by_name_and_results_go_on_and_an_unchanged_notebook_is_reused(terminal: Terminal) -> None:
    write(terminal.folder, "flow.ipynb", *FLOW)
    write(terminal.folder, "report.ipynb", *REPORT)
    done = terminal.run("run", "flow.ipynb", "-p", "alpha=0.2")
    assert done.returncode == 0, done.stderr
    run = run_of(terminal, "flow/1")
    # of a name that is handed back twice the later value counts; a default that nothing of the flow has is the notebook's
    assert run.data.seen == (19, 12, "own", "report.ipynb")
    filled = run["report"].task.notebook
    assert filled is not None and run.notebook is not None and run.notebook.source == filled.source
    assert injected(filled.source).splitlines() == [
        "# Parameters",
        "import nbflow",
        "alpha = 0.2",
        "factor = 3",
        "df = nbflow.DataArtifact('flow/1/load/0/df', namespace=None).data",
    ]
    assert "alpha is 0.2" in run["report"].task.stdout
    assert [(card.id, "alpha is 0.2" in card.text) for card in get_cards(run["report"].task)] == [("notebook", True)]
    assert "<script" not in filled.html and "alpha is 0.2" in filled.html
    assert 'sandbox="' in filled._repr_html_()
    # a person looks at what the cells show and saves that: it is the same notebook. Then it is edited
    saved = notebook(*REPORT).replace('"outputs": []', '"outputs": [{"output_type": "stream", "text": "x"}]')
    (terminal.folder / "report.ipynb").write_text(saved)
    dry = ("run", "flow.ipynb", "-p", "alpha=0.2", "--reuse", "--dry")
    assert ["↺", "report", "reused"] in [line.split()[:3] for line in terminal.run(*dry).stderr.splitlines()]
    write(terminal.folder, "report.ipynb", *REPORT, "more = 1")
    assert ["●", "report", "runs"] in [line.split()[:3] for line in terminal.run(*dry).stderr.splitlines()]


def test_a_cell_that_fails_is_the_tasks_failure_and_the_notebook_is_kept_to_there(terminal: Terminal) -> None:
    write(terminal.folder, "flow.ipynb", "%%step report --notebook report.ipynb")
    write(terminal.folder, "report.ipynb", "print('so far')", "md:then", "1 / 0", "print('never')")
    done = terminal.run("run", "flow.ipynb")
    assert done.returncode == 1
    assert "NBF-W008 cell 3 of report.ipynb failed: ZeroDivisionError" in done.stderr
    task = run_of(terminal, "flow/1")["report"].task
    assert task.exception is not None and "----> 1 1 / 0" in task.exception.message
    assert task.notebook is not None
    cells = [each for each in task.notebook.cells if each["cell_type"] == "code" and each["source"]]
    assert [bool(each["outputs"]) for each in cells] == [True, True, False]
    assert "so far" in get_cards(task)["notebook"].text
    saved = task.notebook.save(terminal.folder / "failed.html")
    assert "Content-Security-Policy" in saved.read_text()
    assert json.loads(task.notebook.save(terminal.folder / "failed.ipynb").read_text())["cells"]
