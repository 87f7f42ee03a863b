from __future__ import annotations

import io
import json
import sys
import zipfile
from pathlib import Path

import nbformat

from nbflow.code.compare import differences
from nbflow.code.package import CodePackage, pack
from nbflow.model.graph import CodeRef, Graph, Node
from nbflow.model.ids import StepName
from nbflow.model.options import Options
from nbflow.model.step import Body, Statement

LOAD = "%%step load\nimport mine\nx = mine.K"


def graph() -> Graph:
    body = Body("import mine\nx = mine.K", 2, LOAD, "<cell>", "", modules=("mine", "numpy"))
    clean = Statement(("clean",), "function", "def clean(d): return d", "", "", 1, "", frozenset(), frozenset())
    return Graph((Node(StepName("load"), (), (), CodeRef(body), Options()),), statements=(clean,))


def packed(folder: Path) -> bytes:
    (folder / "mine.py").write_text("K = 'é'\n")
    return pack("quick", graph(), folder, sys.path, ["def clean(d): return d", LOAD])


def test_a_package_holds_all_that_a_person_wrote(tmp_path: Path) -> None:
    package = CodePackage.from_bytes(packed(tmp_path))
    assert package.flow == "quick"
    assert package.cells == (("cell", "def clean(d): return d"), ("load", LOAD))
    assert package.definitions == "def clean(d): return d"
    assert package.modules == {"mine.py": "K = 'é'\n"}
    assert list(package.distributions) == ["numpy"]
    assert package.python.startswith("3.")


def test_equal_code_has_equal_bytes(tmp_path: Path) -> None:
    assert packed(tmp_path) == packed(tmp_path)


def test_the_notebook_in_it_can_be_opened(tmp_path: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(packed(tmp_path))) as archive:
        notebook = nbformat.reads(archive.read("notebook.ipynb").decode(), as_version=4)
    nbformat.validate(notebook)
    assert notebook.cells[1].source == LOAD


def test_its_files_are_named_for_people(tmp_path: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(packed(tmp_path))) as archive:
        assert archive.namelist() == [
            "about.json",
            "notebook.ipynb",
            "cells/01-cell.py",
            "cells/02-load.py",
            "definitions.py",
            "modules/mine.py",
        ]
        assert json.loads(archive.read("about.json"))["format"] == 1


def test_two_packages_differ_where_they_do() -> None:
    old = CodePackage(
        "f", (("cell", "a = 1"), ("load", "x = 1\ny = 1"), ("gone", "z")), "", {"m.py": "1"}, {"numpy": "1"}, "3.11"
    )
    new = CodePackage(
        "f", (("cell", "a = 2"), ("load", "x = 2\ny = 1"), ("new", "w")), "", {"m.py": "1"}, {"numpy": "2"}, "3.11"
    )
    found = {(each.kind, each.name): each for each in differences(old, new)}
    assert list(found) == [("cell", "load"), ("cell", "new"), ("cell", "gone"), ("cell", ""), ("distribution", "numpy")]
    assert found["cell", "load"].diff == "@@ -1,2 +1,2 @@\n-x = 1\n+x = 2\n y = 1"
    assert found["cell", "new"].old is None
    assert found["cell", "gone"].new is None
    assert (found["cell", ""].old, found["cell", ""].new) == ("a = 1", "a = 2")


def test_equal_packages_do_not_differ(tmp_path: Path) -> None:
    package = CodePackage.from_bytes(packed(tmp_path))
    assert differences(package, package) == ()


def test_a_plain_cell_that_was_added_is_the_only_difference() -> None:
    old = CodePackage("f", (("cell", "a"), ("cell", "b")))
    new = CodePackage("f", (("cell", "a"), ("cell", "between"), ("cell", "b")))
    assert [(each.old, each.new) for each in differences(old, new)] == [(None, "between")]
