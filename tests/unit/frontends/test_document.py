"""The notebook file behind a kernel."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from nbflow.frontends.magics.document import NotebookFile


def write(path: Path, *cells: str) -> None:
    made = [
        {"cell_type": "code", "metadata": {}, "source": text, "outputs": [], "execution_count": None} for text in cells
    ]
    path.write_text(json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}))


def test_the_path_comes_from_vs_code_or_from_jupyters_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert NotebookFile.of_kernel({"__vsc_ipynb_file__": "/x/a.ipynb"}, {}).name == "a"
    assert NotebookFile.of_kernel({}, {"JPY_SESSION_NAME": "sub/b.ipynb"}).path == tmp_path / "b.ipynb"
    assert NotebookFile.of_kernel({}, {"JPY_SESSION_NAME": "a console"}).path is None
    assert NotebookFile.of_kernel({}, {}).name is None


def test_steps_are_read_in_document_order_and_again_after_a_save(tmp_path: Path) -> None:
    path = tmp_path / "n.ipynb"
    write(path, "x = 1", "%%step b\ny = 1", "# note\n%step a --retry 2\nz = 1", "%%step Broken 'quote\n")
    file = NotebookFile(path)
    assert [step.name for step in file.steps()][:2] == ["b", "a"]
    write(path, "%%step a\nz = 1")
    os.utime(path, ns=(1, 1))
    assert [step.name for step in file.steps()] == ["a"]


def test_a_file_that_cannot_be_read_has_no_steps(tmp_path: Path) -> None:
    path = tmp_path / "n.ipynb"
    assert NotebookFile(path).steps() == ()
    path.write_text("{")
    assert NotebookFile(path).steps() == ()
    assert NotebookFile(path).saved_at() is not None


def test_a_cell_that_became_a_step_since_the_save_stands_where_the_file_has_it(tmp_path: Path) -> None:
    path = tmp_path / "n.ipynb"
    cells = {"one": "x = 1", "two": "%%step b\ny = 1", "three": "%%step c\nz = 1"}
    made = [
        {"cell_type": "code", "id": name, "metadata": {}, "source": text, "outputs": [], "execution_count": None}
        for name, text in cells.items()
    ]
    path.write_text(json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    file = NotebookFile(path)

    assert file.order({}) == ("b", "c")
    assert file.order({"one": "a"}) == ("a", "b", "c")
    # renamed, and its old name given to another cell
    assert file.order({"two": "d", "three": "b", "elsewhere": "e"}) == ("d", "b")
