"""`@notebook(path=…)`: a notebook that does the work of a step of a class."""

from __future__ import annotations

from pathlib import Path

from filled_notebooks import WITH_PAPERMILL, write
from terminal import Terminal

from nbflow import Run
from nbflow.client.cards import get_cards
from nbflow.workspace import Workspace

FLOW = """
from nbflow import FlowSpec, Parameter, card, notebook, step


class Sales(FlowSpec):
    alpha = Parameter("alpha", default=0.5)

    @card(type="blank", id="notebook")
    @notebook(path="report.ipynb")
    @step
    def start(self):
        self.sales = [1, 2, 3]
        self.next(self.end)

    @step
    def end(self):
        self.seen = (self.total, self.notebook.name)


if __name__ == "__main__":
    Sales()
"""


def test_what_self_has_goes_in_and_results_come_back(tmp_path: Path) -> None:
    (tmp_path / "flow.py").write_text(FLOW)
    cell = ("sales: object\nalpha = 1\nother = 2", "parameters")
    write(
        tmp_path,
        "report.ipynb",
        cell,
        "import nbflow\nprint('sum', sum(sales))\nnbflow.result(total=sum(sales) * alpha)",
    )
    terminal = Terminal(tmp_path, modules=WITH_PAPERMILL)
    done = terminal.run("run", "flow.py")
    assert done.returncode == 0, done.stderr
    run = Run("Sales/1", workspace=Workspace.open(tmp_path / ".nbflow"), namespace=None)
    assert run.data.seen == (3.0, "report.ipynb")
    assert "sum 6" in get_cards(run["start"].task)["notebook"].text
    assert run["start"].task.notebook is not None

    write(tmp_path, "report.ipynb", ("costs: object", "parameters"))
    lacking = terminal.run("run", "flow.py")
    assert lacking.returncode == 1
    assert "NBF-W020" in lacking.stdout + lacking.stderr and "'costs'" in lacking.stdout + lacking.stderr
