"""`--only-json`: the state machine of a flow, where there is no AWS at all."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import pytest

from nbflow.frontends.cli.main import main

_CLASS = """from nbflow import FlowSpec, Parameter, catch, retry, step, timeout, trigger, trigger_on_finish


{above}class {name}(FlowSpec):
    alpha = Parameter("alpha", default=1.5)

    @step
    def start(self):
        self.numbers = [1, 2]
        self.next(self.left, self.right)

    @step
    def left(self):
        self.next(self.both)

    @step
    def right(self):
        self.next(self.both)

    @step
    def both(self, inputs):
        self.next(self.choose)

    @step
    def choose(self):
        self.way = "many"
        self.next({{"many": self.many, "few": self.few}}, condition="way")

    @step
    def many(self):
        self.rows = [[1, 2], [3]]
        self.next(self.row, foreach="rows")

    @step
    def row(self):
        self.cells = self.input
        self.next(self.cell, foreach="cells")

    @retry(times=2, minutes_between_retries=1)
    @step
    def cell(self):
        self.next(self.row_done)

    @step
    def row_done(self, inputs):
        self.next(self.many_done)

    @step
    def many_done(self, inputs):
        self.next(self.after)

    @step
    def few(self):
        self.next(self.after)

    @catch(var="late")
    @timeout(seconds=90)
    @step
    def after(self):
        self.next(self.end)

    @step
    def end(self):
        pass
"""
_CELLS = (
    "%%parameters\nnames: list[str]",
    "%%step a\nx = len(names)",
    "%%step b\ny = 1",
    "%%step c\nz = x + y",
    '%%step d --when "y > 1"\nw = y * 2',
    "%%step e --foreach names --as name\nsize = len(name)",
    '%%step f --when "size > 2"\nkept = name',
    "%%step g --join f\nfound = inputs",
)


@pytest.fixture
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder for flows whose store is a bucket that nobody can reach."""

    def unreachable(*_: object) -> NoReturn:
        raise AssertionError("something was asked for over the network")

    for name in [each for each in os.environ if each.startswith(("AWS_", "NBFLOW_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("NBFLOW_CONFIG", str(tmp_path / "config.toml"))
    monkeypatch.setenv("NBFLOW_ROOT", "s3://nowhere/team")
    monkeypatch.setattr(socket.socket, "connect", unreachable)
    folder = tmp_path / "flows"
    folder.mkdir()
    monkeypatch.chdir(folder)
    yield folder
    # the window on the bucket has seen nothing
    kept = {each.name for each in (tmp_path / "cache").rglob("*") if each.is_file()}
    assert kept <= {"format", "shared", ".gitignore"}


def notebook(folder: Path, *cells: str) -> str:
    made = [
        {"cell_type": "code", "metadata": {}, "source": text, "outputs": [], "execution_count": None} for text in cells
    ]
    path = folder / "order.ipynb"
    path.write_text(json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}))
    return path.name


def states_of(document: Any) -> dict[str, Any]:
    """Return all states by name, of branches and of items, too."""
    found = dict(document["States"])
    for each in document["States"].values():
        for inner in (*each.get("Branches", ()), *([each["ItemProcessor"]] if "ItemProcessor" in each else ())):
            found |= states_of(inner)
    return found


def test_a_class_and_a_notebook_are_told_in_the_states_language_without_aws(
    alone: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (alone / "shapes_alone.py").write_text(_CLASS.format(name="ShapesAlone", above=""))
    made = {}
    options = ("--max-workers", "7", "--workflow-timeout", "2h")
    for name, more in (("shapes_alone.py", options), (notebook(alone, *_CELLS), ())):
        assert main(["deploy", name, "--only-json", *more]) == 0, capsys.readouterr().err
        made[name] = capsys.readouterr().out
        (alone / f"{name}.json").write_text(made[name])
    machine = json.loads(made["shapes_alone.py"])
    states = states_of(machine)
    assert machine["TimeoutSeconds"] == 7200
    assert {each["MaxConcurrency"] for each in states.values() if each["Type"] == "Map"} == {7}
    again = [each for each in states["cell"]["Retry"] if "States.TaskFailed" in each["ErrorEquals"]]
    assert [(each["MaxAttempts"], each["IntervalSeconds"]) for each in again] == [(2, 60)]
    assert "States.TaskFailed" not in str(states["row"]["Retry"])
    assert "s3://nowhere/team" in json.dumps(machine)
    checked_by_the_validator(*alone.glob("*.json"))


def checked_by_the_validator(*files: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("npm is not here, by which asl-validator is installed")
    tool = Path(__file__).parents[3] / ".venv" / "asl-validator"
    if not (tool / "node_modules" / ".bin" / "asl-validator").exists():
        command = [npm, "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(tool), "asl-validator@4.0.0"]
        try:
            subprocess.run(command, capture_output=True, timeout=40, check=True)
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as failed:
            pytest.skip(f"asl-validator cannot be installed here: {failed}")
    for file in files:
        checked = subprocess.run(
            [tool / "node_modules" / ".bin" / "asl-validator", "--json-path", file],
            capture_output=True,
            text=True,
            timeout=50,
            check=False,
        )
        assert checked.returncode == 0, f"{file.name}: {checked.stdout}{checked.stderr}"


def test_files_that_stay_behind_are_told(alone: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name = notebook(alone, "%%step a\nrows = open('rows.csv').read()")
    (alone / "rows.csv").write_text("1")
    assert main(["deploy", name, "--only-json"]) == 0
    assert "NBF-N021: a reads 'rows.csv' with open" in capsys.readouterr().err
    assert main(["deploy", name, "--only-json", "--include", "rows.csv"]) == 0
    assert "N021" not in capsys.readouterr().err


@pytest.mark.parametrize("decorator", ['trigger(event="data_ready")', 'trigger_on_finish(flow="Load")'])
def test_what_nothing_would_start_is_refused(decorator: str, alone: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name = f"Heard{len(decorator)}"
    (alone / f"{name.lower()}.py").write_text(_CLASS.format(name=name, above=f"@{decorator}\n"))
    assert main(["deploy", f"{name.lower()}.py", "--only-json"]) == 2
    said = capsys.readouterr().err
    assert f"NBF-A023  @{decorator.partition('(')[0]} of {name}" in said and f"{name.lower()}.py" in said
