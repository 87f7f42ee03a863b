"""`nbflow run NOTEBOOK.ipynb --papermill`: every cell in a kernel, a run of it, and the filled-in copy with the run."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
import warm
from filled_notebooks import WITH_PAPERMILL, injected, notebook, write
from ports import with_free_ports
from receivers import web_hook
from s3_server import client
from terminal import Terminal

from nbflow import Run
from nbflow.workspace import Workspace

pytest_plugins = ("s3_fixtures",)

PLAIN = (
    "md:# Nightly",
    ("import datetime\nwhen: datetime.date = datetime.date(2024, 1, 1)\nn: int = 1\nnames = ['a']", "parameters"),
    "import nbflow\nprint(when.year, n, names)\nnbflow.result(total=n * len(names))",
)
FLOW = ("%%parameters\nalpha: float = 0.1", "%%step double\ntwice = alpha * 2", "print('after', twice)")


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    return Terminal(tmp_path, modules=WITH_PAPERMILL)


def run_of(terminal: Terminal, place: str) -> Run:
    return Run(place, workspace=Workspace.open(terminal.folder / ".nbflow"), namespace=None)


def test_a_notebook_without_steps_is_a_run_of_one_step_with_its_parameters_of_their_types(terminal: Terminal) -> None:
    write(terminal.folder, "nightly.ipynb", *PLAIN)
    given = ("-p", "when=2024-12-31", "-p", "n=3", "-p", "names=x,y")
    more = ("--tag", "nightly", "--run-id-file", "id", "--output", "filled.ipynb")
    done = terminal.run("run", "nightly.ipynb", "--papermill", *given, *more)
    assert done.returncode == 0, done.stderr
    assert "nbflow notebook nightly/1" in done.stderr
    assert (terminal.folder / "id").read_text() == "1"
    run = run_of(terminal, "nightly/1")
    assert [step.id for step in run] == ["notebook"] and "nightly" in run.tags
    assert run.parameters["n"] == 3 and run.parameters["names"] == ["x", "y"]
    assert run.data.total == 6 and "2024 3 ['x', 'y']" in run["notebook"].task.stdout
    assert run.notebook is not None
    assert (terminal.folder / "filled.ipynb").read_text() == run.notebook.source
    assert "when = datetime.date(2024, 12, 31)" in injected(run.notebook.source)
    shown = terminal.run("show", "nightly/1")
    assert "its filled-in notebook:  nbflow notebook nightly/1" in shown.stdout
    assert "2024 3 ['x', 'y']" in terminal.run("notebook", "nightly").stdout


def test_the_run_of_a_notebook_with_steps_is_the_one_its_cells_make(terminal: Terminal) -> None:
    write(terminal.folder, "flow.ipynb", *FLOW)
    done = terminal.run("run", "flow.ipynb", "--papermill", "-p", "alpha=0.4", "--tag", "t", "--run-id-file", "id")
    assert done.returncode == 0, done.stderr
    run = run_of(terminal, f"flow/{(terminal.folder / 'id').read_text()}")
    assert (run.status, run.parameters["alpha"], run.data.twice) == ("succeeded", 0.4, 0.8)
    assert "t" in run.tags and run.source == str(terminal.folder / "flow.ipynb")
    assert run.notebook is not None and "after 0.8" in run.notebook.text
    sources = [cell["source"] for cell in run.notebook.cells]
    assert (sources[0], sources[-1]) == ("%load_ext nbflow", "%flow run")
    assert "the cell '%flow run'" in done.stderr


def test_a_cell_that_fails_before_the_run_leaves_a_failed_run_with_the_notebook(terminal: Terminal) -> None:
    write(terminal.folder, "flow.ipynb", *FLOW, "1 / 0", "%flow run")
    done = terminal.run("run", "flow.ipynb", "--papermill", "--run-id-file", "id", "--output", "filled.ipynb")
    assert done.returncode == 1
    assert "NBF-W008  cell 4 of flow.ipynb failed: ZeroDivisionError" in done.stderr
    assert "left only a draft" not in done.stderr
    run = run_of(terminal, "flow/1")
    assert (run.status, (terminal.folder / "id").read_text()) == ("failed", "1")
    assert "cell 4 of flow.ipynb" in run.reason
    assert run.notebook is not None and "ZeroDivisionError" in run.notebook.text
    assert "ZeroDivisionError" in (terminal.folder / "filled.ipynb").read_text()


def test_a_notebook_in_a_bucket_is_filled_in_into_a_bucket(terminal: Terminal, s3: str) -> None:
    client(s3).put_object(Bucket="unit", Key="in/job.ipynb", Body=notebook(*FLOW, "%flow run").encode())
    more = ("-p", "alpha=0.4", "--output", "s3://unit/out/job.ipynb")
    done = terminal.run("run", "s3://unit/in/job.ipynb", "--papermill", *more)
    assert done.returncode == 0, done.stderr
    assert run_of(terminal, "job/1").data.twice == 0.8
    filled = client(s3).get_object(Bucket="unit", Key="out/job.ipynb")["Body"].read().decode()
    assert "after 0.8" in filled


def test_a_sagemaker_job_gives_parameters_in_its_file(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    told = {"alpha": "0.4", "sagemaker_program": "amazon_sagemaker_scheduler"}
    (terminal.folder / "hyperparameters.json").write_text(json.dumps(told))
    for name, value in {
        "SM_INPUT_NOTEBOOK_NAME": "job.ipynb",
        "SM_OUTPUT_NOTEBOOK_NAME": "out.ipynb",
        "SM_KERNEL_NAME": "python3",
        "SM_JOB_DEF_VERSION": "1.0",
        "SM_INPUT_CONFIG_DIR": str(terminal.folder),
    }.items():
        monkeypatch.setenv(name, value)
    write(terminal.folder, "job.ipynb", "%load_ext nbflow\n%flow name job", *FLOW, "%flow run")
    # papermill itself, as SageMaker calls it
    words = ("--no-progress-bar", "job.ipynb", "out.ipynb")
    env = {**os.environ, "NBFLOW_ROOT": str(terminal.folder / ".nbflow")}
    done = with_free_ports(
        lambda: warm.run(words, cwd=terminal.folder, env=env, timeout=100, module="papermill", modules=WITH_PAPERMILL)
    )
    assert done.returncode == 0, done.stderr
    run = run_of(terminal, "job/1")
    assert (run.parameters["alpha"], run.data.twice) == (0.4, 0.8)
    assert "after 0.8" in (terminal.folder / "out.ipynb").read_text()


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("-p", "alfa=1"), "P003", "Did you mean 'alpha'?"),
        (("-p", "alpha=high"), "P002", "'high' is not a float"),
        (("--kernel", "pyton3"), "W005", "there is no kernel 'pyton3'"),
        (("--output", "no/out.ipynb"), "W007", "mkdir -p no"),
        (("--dry",), "W013", "--dry does not go with --papermill"),
        (("--detach",), "W013", "nbflow schedule"),
        (("--max-workers", "2"), "W013", "%flow run --max-workers"),
        (("--run-id-file", "no/id"), "R004", "no folder no"),
    ],
)
def test_what_makes_no_sense_starts_nothing(terminal: Terminal, words: tuple[str, ...], code: str, said: str) -> None:
    write(terminal.folder, "flow.ipynb", *FLOW)
    done = terminal.run("run", "flow.ipynb", "--papermill", *words)
    assert done.returncode == 2, done.stderr
    assert f"NBF-{code}" in done.stderr and said in done.stderr
    assert not (terminal.folder / ".nbflow" / "metadata.db").exists()


def test_a_notebook_that_takes_nothing_one_that_is_none_and_options_without_papermill(terminal: Terminal) -> None:
    write(terminal.folder, "plain.ipynb", "x = 1")
    (terminal.folder / "text.ipynb").write_text("hello")
    for words, code in (
        (("plain.ipynb", "--papermill", "-p", "a=1"), "W004"),
        (("text.ipynb", "--papermill"), "R002"),
        (("plan.ipynb", "--papermill"), "R001"),
        (("plain.ipynb", "--output", "x.ipynb"), "R004"),
    ):
        done = terminal.run("run", *words)
        assert done.returncode == 2 and f"NBF-{code}" in done.stderr, (words, done.stderr)


def test_a_parameter_without_a_default_and_without_the_extension_has_its_value(terminal: Terminal) -> None:
    write(terminal.folder, "asks.ipynb", "%%parameters\nn: int", "import nbflow\nnbflow.result(twice=n * 2)")
    done = terminal.run("run", "asks.ipynb", "--papermill", "-p", "n=4")
    assert done.returncode == 0, done.stderr
    run = run_of(terminal, "asks/1")
    assert run.data.twice == 8
    assert run.notebook is not None
    assert run.notebook.cells[0]["source"] == "%load_ext nbflow"


def test_a_magic_that_there_is_not_fails_the_run_though_ipython_only_prints_it(terminal: Terminal) -> None:
    write(terminal.folder, "typo.ipynb", "%matplotib inline", "print('never')")
    done = terminal.run("run", "typo.ipynb", "--papermill")
    assert done.returncode == 1
    assert "matplotib" in done.stderr and "cell 1" in done.stderr
    assert run_of(terminal, "typo/1").status == "failed"


def test_who_is_to_hear_of_it_does_also_where_its_cells_make_the_run_or_none(terminal: Terminal) -> None:
    write(terminal.folder, "flow.ipynb", *FLOW)
    write(terminal.folder, "broken.ipynb", "1 / 0", *FLOW)
    with web_hook() as hook:
        address = hook.url("told").replace("http://", "json://")
        done = terminal.run("run", "flow.ipynb", "--papermill", "--notify", address)
        assert done.returncode == 0, done.stderr
        assert terminal.run("run", "broken.ipynb", "--papermill", "--notify", address).returncode == 1
        assert len(hook.wait(2)) == 2
        first, second = hook.titles("told")
    assert "flow" in first and "broken" in second
    assert "Q001" in terminal.run("run", "flow.ipynb", "--papermill", "--notify", "#sales").stderr
