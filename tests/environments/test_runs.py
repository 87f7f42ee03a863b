"""Steps that run with packages of their own: of a class, of a notebook, of a project; and from an archive alone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path

import nbformat
import pytest
from package_index import Index

from nbflow.client import Flow
from nbflow.environments import uv
from nbflow.environments.indexes import Indexes, indexes
from nbflow.environments.locking import lock
from nbflow.environments.own import own_pack
from nbflow.environments.packs import pack
from nbflow.environments.target import Target
from nbflow.environments.wanted import asked_by
from nbflow.model.options import Options
from nbflow.storage.local import LocalStorage

FLOW = """
from nbflow import FlowSpec, card, current, pypi, step

class SumFlow(FlowSpec):
    @step
    def start(self):
        self.values = [1, 2, 3]
        self.next(self.old, self.new)

    @pypi(packages={"tiny-sums": "1.0"})
    @step
    def old(self):
        import importlib.util, sys, tiny_sums
        from helper import doubled
        self.tested = importlib.util.find_spec("pytest") is not None
        self.total, self.python = doubled(tiny_sums.total(self.values)), sys.executable
        self.next(self.join)

    @pypi(packages={"tiny-sums": "1.1"})
    @step
    def new(self):
        import sys, tiny_sums
        self.total, self.python = tiny_sums.total(self.values), sys.executable
        self.next(self.join)

    @step
    def join(self, inputs):
        import sys
        self.totals = [each.total for each in inputs]
        self.pythons = {each.python for each in inputs} | {sys.executable}
        self.next(self.end)

    @step
    def end(self):
        try:
            import tiny_sums
        except ImportError:
            self.apart = True

if __name__ == "__main__":
    SumFlow()
"""


@pytest.fixture
def folder(tmp_path: Path, person: Path, index: Index, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty folder for a flow of somebody who has the index's password in their configuration."""
    monkeypatch.setenv("UV_DEFAULT_INDEX", index.url_with_password)
    place = tmp_path / "flow"
    (place / ".git").mkdir(parents=True)
    monkeypatch.chdir(place)
    return place


def ran(*words: str, fails: bool = False) -> str:
    done = subprocess.run([sys.executable, *words], capture_output=True, text=True, check=False)
    assert (done.returncode != 0) is fails, done.stdout + done.stderr
    return done.stdout + done.stderr


def notebook(folder: Path, *cells: str) -> None:
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    nbformat.write(made, folder / "sums.ipynb")


def test_two_versions_of_a_package_in_one_class_and_results_pass_between_them(folder: Path) -> None:
    (folder / "flow.py").write_text(FLOW)
    (folder / "helper.py").write_text("def doubled(x):\n    return 2 * x\n")
    said = ran("flow.py", "run")
    assert said.count("packages for step") == 2
    assert "for step old (first time)" in said
    run = Flow("SumFlow").latest_run
    assert run is not None
    assert sorted(run["join"].task["totals"].data) == [12, 106]
    assert len(run["join"].task["pythons"].data) == 3
    assert run.data.apart
    assert run["old"].task["tested"].data is False, "what is installed here is not there"
    # installed, so not said again
    assert "packages for step" not in ran("flow.py", "run")
    assert "No module named 'tiny_sums'" in ran("flow.py", "--environment", "local", "run", fails=True)
    assert "NBF-R004" in ran("flow.py", "--environment", "docker", "run", fails=True)


def test_a_notebooks_steps_have_packages_and_take_over_what_ran_with_the_same(folder: Path) -> None:
    cells = [
        "%%step load\nvalues = [1, 2]",
        "%%step add --pypi tiny-sums<1.1\nimport tiny_sums\ntotal = tiny_sums.total(values)",
    ]
    notebook(folder, *cells, "%%step shown --card\ntotal + 1")
    ran("-m", "nbflow", "run", "sums.ipynb")
    first = Flow("sums").latest_run
    assert first is not None and first["add"].task["total"].data == 3
    assert first["add"].task.metadata_dict
    ran("-m", "nbflow", "run", "sums.ipynb", "--reuse")
    again = Flow("sums").latest_run
    assert again is not None and again["add"].task["total"].data == 3
    notebook(folder, cells[0], cells[1].replace("<1.1", "==1.1"))
    ran("-m", "nbflow", "run", "sums.ipynb", "--reuse")
    newer = Flow("sums").latest_run
    assert newer is not None and newer["add"].task["total"].data == 103, "other packages, another result"


def test_what_is_wrong_with_packages_is_said_before_anything_runs_and_where(folder: Path) -> None:
    notebook(folder, "%%step load\nx = 1", "%%step add --conda cudatoolkit=11\ny = x")
    said = ran("-m", "nbflow", "run", "sums.ipynb", fails=True)
    assert "NBF-E009" in said and "%%step add" in said
    notebook(folder, "%%step load\nx = 1", "%%step add --pypi tiny-sum\ny = x")
    said = ran("-m", "nbflow", "run", "sums.ipynb", fails=True)
    assert "NBF-E002" in said and "sums.ipynb" in said
    assert not list((folder / ".nbflow").glob("logs/*"))


@pytest.mark.parametrize("file", ["requirements.txt", "pyproject.toml", "uv.lock"])
def test_the_projects_packages_are_those_of_all_steps_that_name_none(folder: Path, index: Index, file: str) -> None:
    if file == "requirements.txt":
        (folder / file).write_text("tiny-sums==1.0\n")
    else:
        (folder / "pyproject.toml").write_text(
            '[project]\nname = "sums"\nversion = "1"\nrequires-python = ">=3.11"\ndependencies = ["tiny-sums<1.1"]\n'
        )
    if file == "uv.lock":
        uv.run("lock", "--python", sys.executable, folder=folder, indexes=Indexes())
    notebook(
        folder,
        "%%step old\nimport tiny_sums\nx = tiny_sums.total([1])",
        "%%step new --pypi tiny-sums==1.1\nimport tiny_sums\ny = tiny_sums.total([1])",
    )
    assert "for step old (first time)" in ran("-m", "nbflow", "run", "sums.ipynb", "--environment", "uv")
    run = Flow("sums").latest_run
    assert run is not None and (run["old"].task["x"].data, run["new"].task["y"].data) == (1, 101)
    if file == "uv.lock":
        text = (folder / "pyproject.toml").read_text()
        (folder / "pyproject.toml").write_text(text.replace("<1.1", ">=1.1"))
        said = ran("-m", "nbflow", "run", "sums.ipynb", "--environment", "uv", fails=True)
        assert "NBF-E011" in said and "uv lock" in said


def test_a_project_without_files_is_told(folder: Path) -> None:
    notebook(folder, "%%step old\nx = 1")
    assert "NBF-E011" in ran("-m", "nbflow", "run", "sums.ipynb", "--environment", "uv", fails=True)


ALONE = """
from nbflow import FlowSpec, card, current, step
from nbflow.cards import Markdown

class Box:
    def __init__(self, content):
        self.content = content

    def _repr_html_(self):
        return f"<b onclick='x'>{self.content}</b>"

class AloneFlow(FlowSpec):
    @card
    @step
    def start(self):
        import tiny_sums
        self.total = tiny_sums.total([1, 2])
        self.box = Box({self.total})
        display(Markdown("# shown"))
        current.card.append(Markdown("**sum**"))
        current.card.append(self.box)
        self.next(self.end)

    @step
    def end(self):
        print("total", self.total, self.box.content)

if __name__ == "__main__":
    AloneFlow()
"""


def test_a_worker_needs_an_archive_a_bare_python_and_nothing_else(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = asked_by(Options(pypi=("tiny-sums==1.0",)), "step a")
    assert wanted is not None
    places = indexes(folder, os.environ)
    made = lock(wanted, Target.here(), folder=folder, indexes=places, elsewhere=True)
    storage, site = LocalStorage(tmp_path / "made" / "store"), tmp_path / "site"
    for archive in (pack(made, storage, place=folder, indexes=places), own_pack(storage)):
        file = storage.file(archive.key)
        assert file is not None and file.stat().st_size == archive.size
        with tarfile.open(file) as opened:
            opened.extractall(site)
    about = json.loads(storage.get(f"environments/{made.digest}.json"))
    assert about["packages"] == list(made.packages) and about["python"] == Target.here().python
    bare = tmp_path / "bare"
    base = getattr(sys, "_base_executable", sys.executable)
    uv.run("venv", "--python", base, str(bare), folder=folder, indexes=Indexes())
    (folder / "flow.py").write_text(ALONE)
    monkeypatch.setenv("NBFLOW_USER", "ann")
    # neither an index nor a login for one, and no packages but those of the archive
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(site), "HOME": str(tmp_path), "NBFLOW_USER": "ann"}
    done = subprocess.run(
        [bare / "bin" / "python", "flow.py", "run"], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "total 3 {3}" in done.stdout + done.stderr
    run = Flow("AloneFlow").latest_run
    assert run is not None and run.data.total == 3
    from nbflow.client.cards import get_cards

    (made_card,) = get_cards(run["start"].task)
    html = made_card.get()
    assert "<strong>sum</strong>" in html and "<b>{3}</b>" in html
