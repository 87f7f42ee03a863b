"""The packages of a project's files. What needs uv is tried in tests/environments."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from nbflow.environments.indexes import Indexes
from nbflow.environments.project import project_file, project_packages
from nbflow.environments.wanted import Wanted
from nbflow.errors import PackageError

HERE = f"3.{sys.version_info.minor}"


def written(folder: Path, name: str, text: str) -> Path:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return file


def read(folder: Path, name: str, text: str) -> Wanted:
    return project_packages(written(folder, name, text), Indexes())


def refused(folder: Path, name: str, text: str) -> str:
    with pytest.raises(PackageError) as wrong:
        read(folder, name, text)
    return str(wrong.value)


def test_the_strongest_file_of_the_nearest_folder_counts(tmp_path: Path) -> None:
    (tmp_path / "project" / "notebooks").mkdir(parents=True)
    assert project_file(tmp_path / "project" / "notebooks") is None or tmp_path not in [
        *project_file(tmp_path / "project" / "notebooks").parents  # type: ignore[union-attr]
    ]
    top = written(tmp_path, "project/requirements.txt", "")
    assert project_file(tmp_path / "project" / "notebooks") == top
    better = written(tmp_path, "project/pyproject.toml", "")
    assert project_file(tmp_path / "project" / "notebooks") == better
    nearer = written(tmp_path, "project/notebooks/requirements.txt", "")
    assert project_file(tmp_path / "project" / "notebooks") == nearer


def test_nothing_is_looked_for_above_the_projects_root(tmp_path: Path) -> None:
    written(tmp_path, "requirements.txt", "")
    (tmp_path / "project" / ".git").mkdir(parents=True)
    assert project_file(tmp_path / "project") is None


def test_a_requirements_file_is_read_with_those_it_names(tmp_path: Path) -> None:
    written(tmp_path, "more/base.txt", "numpy==2.0 --hash=sha256:ab\n-r ../requirements.txt\n-c pins.txt\n")
    written(tmp_path, "more/pins.txt", "six<2\n")
    found = read(
        tmp_path,
        "requirements.txt",
        "# ours\n-r more/base.txt\npandas>=2,\\\n  <3  # frames\n--index-url https://ann:pw@a.org/simple\n"
        "--extra-index-url=https://b.org/simple\n-f /wheels\n--no-binary numpy\n",
    )
    assert found.packages == ("numpy==2.0", "pandas<3,>=2")
    assert found.constraints == ("six<2",)
    assert found.index_options == (
        ("--index-url", "https://ann:pw@a.org/simple"),
        ("--extra-index-url", "https://b.org/simple"),
        ("--find-links", "/wheels"),
    )


def test_code_beside_a_requirements_file_is_no_package_of_an_index(tmp_path: Path) -> None:
    assert "NBF-E015  '.' in requirements.txt" in refused(tmp_path, "requirements.txt", "-e .\n")
    assert "NBF-E015" in refused(tmp_path, "requirements.txt", "a @ git+https://example.org/a\n")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert "it names base.txt, which cannot be read" in refused(tmp_path, "requirements.txt", "-r base.txt\n")


PROJECT = """\
[project]
name = "sales"
dependencies = ["pandas>=2"]
requires-python = ">=3.11"
optional-dependencies = { plots = ["matplotlib"], all = ["sales[plots]", "rich"] }

[dependency-groups]
train = ["scikit-learn", { include-group = "base" }]
base = ["joblib"]
round = [{ include-group = "round" }]
"""


def test_a_project_has_its_dependencies(tmp_path: Path) -> None:
    assert read(tmp_path, "pyproject.toml", PROJECT) == Wanted(("pandas>=2",), HERE)


def test_a_project_says_which_groups_and_extras_a_flow_needs(tmp_path: Path) -> None:
    more = '[tool.nbflow.environment]\ngroups = ["Train"]\nextras = ["plots", "all"]\n'
    found = read(tmp_path, "pyproject.toml", PROJECT + more)
    assert found.packages == ("joblib", "matplotlib", "pandas>=2", "rich", "scikit-learn")


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ('groups = ["tests"]', "the dependency group 'tests' is not there"),
        ('groups = ["round"]', "the dependency group 'round' includes itself"),
        ('extras = ["docs"]', "it has no extra 'docs'"),
    ],
)
def test_groups_and_extras_that_are_none_are_named(tmp_path: Path, more: str, said: str) -> None:
    text = refused(tmp_path, "pyproject.toml", f"{PROJECT}[tool.nbflow.environment]\n{more}\n")
    assert "NBF-E011" in text and said in text


@pytest.mark.parametrize(("text", "said"), [("[tool.ruff]\n", "it names no packages"), ("[project\n", "Expected ']'")])
def test_a_project_without_packages_is_told(tmp_path: Path, text: str, said: str) -> None:
    assert said in refused(tmp_path, "pyproject.toml", text)


def test_a_lock_without_its_project_is_told(tmp_path: Path) -> None:
    assert "there is no pyproject.toml beside it" in refused(tmp_path, "uv.lock", "version = 1\n")
