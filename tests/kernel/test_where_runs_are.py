"""Words typed one after the other in a terminal see the same runs."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

from nbflow.frontends.cli.main import main


def test_a_run_of_a_notebook_in_another_folder_is_found_from_where_it_was_typed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("NBFLOW_ROOT", raising=False)
    monkeypatch.chdir(tmp_path)
    Path("deep").mkdir()
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("%%step a\nx = 1")]), "deep/one.ipynb")
    assert main(["run", "deep/one.ipynb"]) == 0
    assert main(["show", "one"]) == 0
    assert "one/1" in capsys.readouterr().out
