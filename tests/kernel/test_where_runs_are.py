"""Words typed one after the other in a terminal see the same runs; notebooks of one name are told so."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
import pytest
from notebook_day import Cell, save

from nbflow.frontends.cli.main import main
from nbflow.workspace import Workspace


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


def _notebook(path: Path) -> Path:
    path.parent.mkdir(exist_ok=True)
    save(path, [Cell("a", "%load_ext nbflow"), Cell("b", "%%step load\nx = 1")])
    return path


def test_a_notebook_is_told_once_that_another_one_has_its_name(start_kernel: Any, tmp_path: Path) -> None:
    first, second = _notebook(tmp_path / "north" / "sales.ipynb"), _notebook(tmp_path / "south" / "sales.ipynb")
    Workspace.open(tmp_path / ".nbflow")
    kernel = start_kernel(JPY_SESSION_NAME=str(first))
    assert "came from" not in kernel.ok("%load_ext nbflow", cell="1").stdout
    assert "came from" not in kernel.ok("%%step load\nx = 1", cell="1").text

    other = start_kernel(JPY_SESSION_NAME=str(second))
    said = other.ok("%load_ext nbflow", cell="1").stdout
    assert "flow sales came from ../north/sales.ipynb" in said and "%flow name south_sales" in said
    assert "restore" not in said
    assert "came from" not in other.ok("1 + 1", cell="1").text
    assert "came from" not in other.ok("%flow name south_sales", cell="1").text
    other.ok("%%step load\nx = 1", cell="2")
    # a name that another one has is told where it is taken
    assert "../south/sales.ipynb" in kernel.ok("%flow name south_sales", cell="2").text

    # the same file, in another kernel
    again = start_kernel(JPY_SESSION_NAME=str(first))
    assert "restore brings" in again.ok("%load_ext nbflow", cell="1").stdout
    # one that was moved away
    first.rename(first.with_name("gone.ipynb"))
    moved = start_kernel(JPY_SESSION_NAME=str(second))
    assert "came from" not in moved.ok("%load_ext nbflow", cell="1").stdout
