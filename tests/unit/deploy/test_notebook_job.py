"""A whole notebook as a job: what travels with it, and the command that the job gives."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from nbflow.cells.whole_notebook import whole_notebook
from nbflow.deploy.deployment import Deployment
from nbflow.deploy.notebook_job import deploying
from nbflow.deploy.notebook_job.contents import Contents
from nbflow.deploy.notebook_job.deploying import check_language, parameters_of, trigger_notebook
from nbflow.deploy.notebook_job.inside import command, failed, reason, variables
from nbflow.deploy.notebook_job.wish import NotebookWish
from nbflow.errors import NbflowError
from nbflow.model.task import Place
from nbflow.storage.memory import MemoryStorage
from nbflow.workspace import Workspace

ASKED: dict[str, Any] = {
    "file": "sales.ipynb",
    "name": "nbflow-sales",
    "kernel": None,
    "parameters": {"alpha": "0.5", "region": "eu"},
    "flow": "sales",
    "tags": ["weekly"],
    "user": "ada",
    "token": "sales-0-abcd",
}


def text_of(*cells: str, tagged: bool = False, language: str = "python") -> str:
    made = [
        {
            "cell_type": "code",
            "metadata": {"tags": ["parameters"]} if tagged and not number else {},
            "source": each,
            "outputs": [],
            "execution_count": None,
        }
        for number, each in enumerate(cells)
    ]
    metadata = {"kernelspec": {"name": "ir" if language == "r" else "python3", "language": language}}
    return json.dumps({"cells": made, "metadata": metadata, "nbformat": 4, "nbformat_minor": 4})


def test_what_a_run_is_given_counts_before_what_the_notebook_was_deployed_with() -> None:
    words = command(ASKED, {"NBFLOW_GIVEN": '{"alpha": "2"}'})
    assert words[0] == sys.executable and words[3:] == [
        *("nbflow", "run", "sales.ipynb", "--papermill"),
        *("-p", "alpha=2", "-p", "region=eu", "--tag", "weekly"),
    ]
    assert command({**ASKED, "kernel": "ir"}, {})[7:9] == ["--kernel", "ir"]


def test_a_run_knows_whose_it_is_and_when_it_was_due() -> None:
    assert variables(ASKED, {}) == {"NBFLOW_USER": "ada", "NBFLOW_PRODUCTION_TOKEN": "sales-0-abcd"}
    started = json.loads(variables(ASKED, {"NBFLOW_DUE": "2027-01-01T08:00:00Z"})["NBFLOW_STARTED_BY"])
    assert started == {"schedule": "nbflow-sales", "scheduled_at": "2027-01-01T08:00:00Z", "runs": []}


def test_modules_and_notebooks_that_are_named_travel_and_no_others(tmp_path: Path) -> None:
    cells = ("%flow name Turnover", "import json\nfrom own.text import clean", "# see part.ipynb")
    (tmp_path / "sales.ipynb").write_text(text_of(*cells))
    (tmp_path / "part.ipynb").write_text(text_of("import csv"))
    (tmp_path / "other.ipynb").write_text(text_of("import this"))
    (tmp_path / "own").mkdir()
    for name in ("__init__", "text", "unused"):
        (tmp_path / "own" / f"{name}.py").write_text("")
    found = Contents.of(tmp_path / "sales.ipynb")
    assert found.flow == "Turnover"
    assert set(found.files) == {"sales.ipynb", "part.ipynb", "own/__init__.py", "own/text.py"}
    assert {"json", "csv", "own.text"} <= {*found.modules} and "this" not in found.modules
    assert found.package() == Contents.of(tmp_path / "sales.ipynb").package()


def test_a_notebook_has_its_files_name_unless_it_says_another(tmp_path: Path) -> None:
    path = tmp_path / "weekly_sales.ipynb"
    path.write_text(text_of("print('%flow name Not')", "a = 1"))
    assert Contents.of(path).flow == "weekly_sales"


def test_parameters_are_checked_before_anything_is_made() -> None:
    declared = whole_notebook(text_of("%%parameters\nalpha: float\nregion: str = 'eu'"), "sales.ipynb")
    assert parameters_of(declared, {}) == {"alpha": ("float", None, "missing"), "region": ("str", "'eu'", "default")}
    assert parameters_of(declared, {"alpha": "0.5"})["alpha"] == ("float", "0.5", "given")
    with pytest.raises(NbflowError, match="alpha"):
        parameters_of(declared, {"alpha": "high"})
    with pytest.raises(NbflowError, match=r"P003[\s\S]*'region'"):
        parameters_of(declared, {"regoin": "us"})
    tagged = whole_notebook(text_of("alpha = 0.1", tagged=True), "sales.ipynb")
    assert parameters_of(tagged, {"alpha": "2"})["alpha"][1:] == ("2", "given")
    with pytest.raises(NbflowError, match="W004"):
        parameters_of(whole_notebook(text_of("a = 1"), "sales.ipynb"), {"alpha": "2"})


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"n": "x"}, r"P002  n: 'x' is not an int"),
        ({"n": "4", "when": "tomorrow"}, r"P002  when: "),
        ({"m": "4"}, r"A010  sales has no parameter 'm'[\s\S]*it takes: n, when, own"),
        ({"n": "4"}, r"A009  sales has no value for own"),
    ],
)
def test_what_a_deployed_notebook_is_given_is_checked_before_a_job_is_asked_for(
    given: dict[str, str], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    parameters = {
        "n": ("int", "3", "default"),
        "when": ("datetime.date", "datetime.date(2026, 1, 1)", "default"),
        # of a type that the notebook itself defines, which it will say itself
        "own": ("Region", None, "missing"),
    }
    deployment = Deployment("sales", "nbflow-sales", "ada", ("ada",), 0.0, "t", parameters=parameters, kind="notebook")
    monkeypatch.setattr(deploying, "_far", lambda *_: (MemoryStorage(), "s3://team"))
    workspace: Any = None
    with pytest.raises(NbflowError, match=said):
        trigger_notebook(workspace, deployment, given)


def test_a_job_that_failed_before_there_was_a_run_leaves_one_that_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = Workspace.open(tmp_path)
    for name, value in variables(ASKED, {"NBFLOW_DUE": "2027-01-01T08:00:00Z"}).items():
        monkeypatch.setenv(name, value)
    made = failed(workspace, ASKED, 5.0, "alpha: 'high' is not a float")
    found = workspace.metadata.run("sales", made.id)
    assert found is not None and (found.status, found.reason) == ("failed", "alpha: 'high' is not a float")
    assert found.tags == {"weekly"} and (found.started_at, found.user) == (5.0, "ada")
    whose = {"production:sales-0-abcd", "schedule:nbflow-sales", "scheduled_at:2027-01-01T08:00:00Z"}
    assert whose <= found.system_tags


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (["1 of 2", "NBF-P002  n: 'x' is not an int", "  where  cell 1", "NBF-P003  m: none"], "n: 'x' is not an int"),
        (["Traceback …", "MemoryError", ""], "MemoryError"),
        ([], "nbflow run ended with exit code 137"),
    ],
)
def test_why_a_command_failed_is_what_it_said_first(said: list[str], why: str) -> None:
    assert reason(said, 137) == why


def test_another_language_needs_an_image_of_its_own() -> None:
    of_r = whole_notebook(text_of("x <- 1", language="r"), "sales.ipynb")
    with pytest.raises(NbflowError, match=r"A067.*notebook of r[\s\S]*kernel ir"):
        check_language(of_r, NotebookWish())
    check_language(of_r, NotebookWish(place=Place("batch", image="team/r")))
