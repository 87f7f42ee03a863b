"""The code of a run, to look at and to take away."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from nbflow.client import Run
from nbflow.code.package import CodePackage
from tests.unit.client.conftest import Bench

FLOW = "from nbflow import FlowSpec\n\nNAME = 'ü'\n"


@pytest.fixture
def stored(bench: Bench) -> Bench:
    """The run of a class in a file, and of a notebook, each with a module of its own."""
    modules = {"tools.py": "K = 1\n", "deep/more.py": "x = '\udcff'\n"}
    versions = {"pandas": "2.2"}
    of_class = CodePackage("Sales", (("sales", FLOW),), FLOW, modules, versions, "3.12.1")
    of_notebook = CodePackage("quick", (("cell", "import os\n"), ("load", "%%step load\nx = 1")), "import os", modules)
    put = bench.workspace.store.put_bytes
    bench.class_run(code=put(of_class.to_bytes()))
    bench.run(code=put(of_notebook.to_bytes()), source="quick.ipynb")
    return bench


def test_the_code_of_a_class_is_its_file(stored: Bench) -> None:
    code = Run("Sales/1").code
    assert code is not None
    assert code.flowspec == str(code) == FLOW
    assert code.script_name == "sales.py"
    record = stored.workspace.metadata.run("Sales", "1")
    assert record is not None
    assert code.path == record.code
    assert code.info == {
        "flow": "Sales",
        "script": "sales.py",
        "python_version": "3.12.1",
        "distributions": {"pandas": "2.2"},
    }
    assert code.cells == (("sales", FLOW),)
    assert not hasattr(code, "nope")


def test_the_code_of_a_notebook_is_its_cells(stored: Bench) -> None:
    code = Run("quick/1").code
    assert code is not None
    assert code.flowspec == "import os\n\n\n%%step load\nx = 1"
    assert code.script_name == "quick.ipynb"


def test_the_files_can_be_taken_away(stored: Bench) -> None:
    code = Run("Sales/1").code
    assert code is not None
    folder = code.extract()
    found = {file.relative_to(folder.name).as_posix(): file for file in Path(folder.name).rglob("*.py")}
    assert sorted(found) == ["deep/more.py", "sales.py", "tools.py"]
    assert found["sales.py"].read_text("utf-8") == FLOW
    # as it was, a byte that is no UTF-8 included
    assert found["deep/more.py"].read_bytes() == b"x = '\xff'\n"
    folder.cleanup()
    assert not Path(folder.name).exists()


def test_a_notebook_is_taken_away_as_one(stored: Bench) -> None:
    code = Run("quick/1").code
    assert code is not None
    with code.extract() as folder:
        cells = json.loads((Path(folder) / "quick.ipynb").read_text())["cells"]
        assert ["".join(cell["source"]) for cell in cells] == ["import os\n", "%%step load\nx = 1"]


def test_the_archive_has_the_same_files(stored: Bench) -> None:
    code = Run("Sales/1").code
    assert code is not None
    with code.tarball as archive:
        assert sorted(archive.getnames()) == ["deep/more.py", "sales.py", "tools.py"]
        member = archive.extractfile("sales.py")
        assert member is not None
        assert member.read().decode() == FLOW


def test_a_task_gives_the_code_it_ran(stored: Bench) -> None:
    own = stored.code("x = 2")
    stored.task("1", "load", left={}, code=own)
    stored.task("1", "best", left={})
    run = Run("quick/1")
    mine, shared = run["load"].task.code, run["best"].task.code
    assert mine is not None
    assert shared is not None
    assert (mine.path, mine.definitions) == (own, "x = 2")
    assert shared.path == run.code.path


def test_a_run_without_a_package_has_no_code(bench: Bench) -> None:
    bench.run()
    bench.task("1", "load", left={})
    assert Run("quick/1").code is None
    assert Run("quick/1")["load"].task.code is None
