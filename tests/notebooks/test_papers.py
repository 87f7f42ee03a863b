"""What the README and the rules say is what nbflow does."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest

from nbflow.catalogue import CATALOGUE
from nbflow.cells.flow import flow_draft
from nbflow.cells.notebook import parse_notebook
from nbflow.cells.step_options import STEP
from nbflow.errors import FlowError
from nbflow.frontends.cli.main import main
from nbflow.frontends.magics.flowline import RUN
from nbflow.graph.check import checked

ROOT = Path(__file__).parents[2]
RULES = (ROOT / "docs" / "notebook.md").read_text()
README = (ROOT / "README.md").read_text()
#: options of the rules' page that belong to no table: the run's own parameter in an example
PARAMETERS = {"alpha"}


def notebook_of(*cells: str) -> str:
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    return nbformat.writes(made)


def blocks_of(text: str, language: str) -> list[str]:
    """Return the fenced blocks of a page that are marked with `language`."""
    return re.findall(rf"^```{language}\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL)


def test_the_first_notebook_of_the_readme_runs_as_it_stands(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NBFLOW_ROOT", str(tmp_path / "runs"))
    Path("first.ipynb").write_text(notebook_of(*blocks_of(README, "python")))
    assert main(["run", "first.ipynb"]) == 0


def test_the_error_that_the_rules_show_is_the_error_one_gets() -> None:
    cells = ("%%step train_a\nmodel = 1", "%%step train_b\nmodel = 2", "%%step report\nprint(model)")
    document = parse_notebook(notebook_of(*cells))
    with pytest.raises(FlowError) as caught:
        checked(flow_draft(document, "sales.ipynb"))
    assert blocks_of(RULES, "text") == [f"{caught.value}\n"]


def test_the_rules_name_no_code_and_no_option_that_does_not_exist() -> None:
    codes = set(re.findall(r"\b[CGPTRSMN]\d{3}\b", RULES))
    assert codes <= set(CATALOGUE)
    options = set(re.findall(r"(?<![\w-])--([a-z][a-z-]*)", RULES))
    assert options <= {option.key for option in (*STEP.options, *RUN)} | PARAMETERS


@pytest.mark.parametrize("block", blocks_of(RULES, "python"))
def test_every_cell_of_the_rules_is_a_cell(block: str) -> None:
    draft = flow_draft(parse_notebook(notebook_of(block)), "rules.ipynb")
    assert not [str(each) for each in draft.problems if each.severity == "error"]


@pytest.mark.parametrize("paper", ["ARCHITECTURE.md", "CONTRIBUTING.md", "README.md", "benchmarks/README.md"])
def test_every_file_that_a_paper_names_exists(paper: str) -> None:
    named = re.findall(r"[`(]((?:[\w.-]+/)*[\w-]+\.(?:py|md|ipynb)|(?:[a-z_]+/)+)[`)]", (ROOT / paper).read_text())
    missing = [name for name in named if not any(ROOT.glob(f"{name}")) and not any((ROOT / "nbflow").rglob(name))]
    assert not missing
