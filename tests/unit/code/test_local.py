from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from nbflow.code.local import distributions, environment_of, installed, local_modules
from nbflow.model.graph import CodeRef, Graph, Node
from nbflow.model.ids import StepName
from nbflow.model.options import Options
from nbflow.model.step import Body, Statement


def written(folder: Path, files: dict[str, str] | None = None, **modules: str) -> list[str]:
    """Write files and modules and return the path they are found on."""
    for name, text in {**(files or {}), **{f"{name}.py": text for name, text in modules.items()}}.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return [str(folder), *sys.path]


def names(modules: list[str], path: list[str]) -> list[str]:
    return [module.name for module in local_modules(modules, path)]


def graph_of(*steps: tuple[str, tuple[str, ...]]) -> Graph:
    def node(name: str, modules: tuple[str, ...]) -> Node:
        body = Body("", 1, f"%%step {name}", "<cell>", "", modules=modules)
        return Node(StepName(name), (), (), CodeRef(body), Options())

    return Graph(tuple(node(name, modules) for name, modules in steps))


def test_a_module_beside_the_notebook_is_the_flows_with_what_it_imports_from_there(tmp_path: Path) -> None:
    deep = {"deep/inner.py": "from . import other", "deep/other.py": ""}
    path = written(tmp_path, deep, features="import json, deep.inner", unused="")
    assert names(["features", "pandas"], path) == ["deep.inner", "deep.other", "features"]


def test_importing_a_module_of_a_package_imports_the_packages_around_it(tmp_path: Path) -> None:
    path = written(tmp_path, {"a/__init__.py": "import helper", "a/b/__init__.py": "", "a/b/c.py": ""}, helper="")
    found = local_modules(["a.b.c"], path)
    assert [(each.name, each.path) for each in found] == [
        ("a", "a/__init__.py"),
        ("a.b", "a/b/__init__.py"),
        ("a.b.c", "a/b/c.py"),
        ("helper", "helper.py"),
    ]


def test_relative_imports_are_followed(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        {
            "p/__init__.py": "from .one import x",
            "p/one.py": "from ..p.two import y\nfrom . import three\nfrom .sub import four",
            "p/two.py": "",
            "p/three.py": "",
            "p/sub/__init__.py": "from .. import five",
            "p/sub/four.py": "",
            "p/five.py": "",
        },
    )
    assert names(["p"], path) == ["p", "p.five", "p.one", "p.sub", "p.sub.four", "p.three", "p.two"]


def test_packages_without_init_are_found(tmp_path: Path) -> None:
    path = written(tmp_path, {"space/inner/mod.py": "import space.other", "space/other.py": ""})
    assert names(["space.inner.mod"], path) == ["space.inner.mod", "space.other"]


def test_modules_that_import_each_other_are_found_once(tmp_path: Path) -> None:
    assert names(["one"], written(tmp_path, one="import two", two="import one")) == ["one", "two"]


def test_nothing_is_imported_to_find_it(tmp_path: Path) -> None:
    path = written(tmp_path, {"loud/__init__.py": "raise RuntimeError", "loud/inner.py": "raise RuntimeError"})
    assert names(["loud.inner"], path) == ["loud", "loud.inner"]
    assert "loud" not in sys.modules


def test_comments_and_formatting_do_not_change_a_digest(tmp_path: Path) -> None:
    def digest(text: str) -> str:
        path = written(tmp_path, mod=text)
        return local_modules(["mod"], path)[0].digest

    first = digest("def f(x): return x+1")
    assert digest("# why\ndef f( x ):\n    return (x + 1)\n") == first
    assert digest("def f(x): return x+2") != first


def test_a_module_that_is_no_python_is_known_by_its_bytes(tmp_path: Path) -> None:
    first = local_modules(["bad"], written(tmp_path, bad="def ("))[0].digest
    assert local_modules(["bad"], written(tmp_path, bad="def (("))[0].digest != first


def test_a_package_of_a_virtual_environment_in_the_flows_folder_is_installed(tmp_path: Path) -> None:
    packages = tmp_path / ".venv" / "lib" / "python3.11" / "site-packages"
    written(packages, {"tool/__init__.py": ""})
    path = [str(tmp_path), str(packages)]
    assert names(["tool"], path) == []
    assert installed(["tool"], tmp_path, path) == ("tool",)


def test_what_may_be_imported_ahead_is_installed_and_there(tmp_path: Path) -> None:
    written(tmp_path, {"xml/__init__.py": ""}, mine="")
    found = installed(
        ["numpy", "mine", "no_such_module", "matplotlib.pyplot", "no_such.part", "sys", "numpy"], tmp_path
    )
    assert found == ("numpy", "matplotlib.pyplot", "sys")
    # it would be the flow's own file that is imported
    assert installed(["xml"], tmp_path) == ()


def test_versions_are_those_of_distributions_whatever_their_modules_are_called() -> None:
    found = distributions(["sklearn.linear_model", "pandas", "json", "no_such_module"])
    assert set(found) == {"pandas", "scikit-learn"}
    assert found["pandas"][0].isdigit()


class TestEnvironment:
    def test_of_a_step_changes_with_its_modules_and_with_no_other(self, tmp_path: Path) -> None:
        path = written(tmp_path, mine="import below", below="K = 1", other="K = 1")
        graph = graph_of(("a", ("mine",)), ("b", ("other",)), ("c", ()))
        before = environment_of(graph, tmp_path, path)
        written(tmp_path, below="K = 2")
        after = environment_of(graph, tmp_path, path)
        assert [name for name in before if before[name] != after[name]] == ["a"]

    def test_of_a_step_counts_versions_as_they_are_installed_now(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        site, folder = tmp_path / "site-packages", tmp_path / "flow"
        folder.mkdir()

        def install(version: str) -> None:
            # as pip does: another folder
            for old in site.glob("*.dist-info"):
                shutil.rmtree(old)
            about = site / f"parrot-{version}.dist-info"
            about.mkdir(parents=True)
            (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: parrot\nVersion: {version}\n")
            (site / "parrot.py").write_text("K = 1")

        install("1.0")
        monkeypatch.syspath_prepend(str(site))
        graph = graph_of(("a", ("parrot",)), ("b", ("json",)))
        before = environment_of(graph, folder, sys.path)
        assert distributions(["parrot"]) == {"parrot": "1.0"}
        install("2.0")
        after = environment_of(graph, folder, sys.path)
        assert [name for name in before if before[name] != after[name]] == ["a"]
        assert distributions(["parrot"]) == {"parrot": "2.0"}

    def test_of_a_step_counts_what_its_definitions_import(self, tmp_path: Path) -> None:
        path = written(tmp_path, mine="K = 1")
        uses = Statement(("mine",), "import", "import mine", "", "", 1, "", frozenset(), frozenset(), modules=("mine",))
        body = Body("", 1, "", "", "")
        graph = Graph((Node(StepName("a"), (), (), CodeRef(body, slice=(uses,)), Options()),))
        before = environment_of(graph, tmp_path, path)["a"]
        written(tmp_path, mine="K = 2")
        assert environment_of(graph, tmp_path, path)["a"] != before
