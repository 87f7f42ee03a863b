"""What the options of a step ask for."""

from __future__ import annotations

import sys

import pytest

from nbflow.environments.names import python_version
from nbflow.environments.wanted import Wanted, asked_by
from nbflow.errors import PackageError
from nbflow.model.options import Options

HERE = f"3.{sys.version_info.minor}"
OTHER = "3.12" if HERE != "3.12" else "3.13"


def test_a_step_that_says_nothing_of_packages_runs_with_those_installed() -> None:
    assert asked_by(Options(), "step a") is None
    assert asked_by(Options(pypi=("pandas",), installed=True), "step a") is None


def test_equal_wishes_are_equal_however_they_are_written() -> None:
    one = asked_by(Options(pypi=("Scikit_Learn >= 1.5", "pandas<3,>=2", "pandas>=2,<3")), "step a")
    other = asked_by(Options(pypi=("pandas>=2,<3", "scikit-learn>=1.5")), "step b")
    assert one == other == Wanted(("pandas<3,>=2", "scikit-learn>=1.5"), HERE)
    assert one is not None and other is not None
    assert one.key() == other.key() != one.key("another platform")


def test_packages_of_conda_and_of_pypi_are_one_list_and_python_may_be_among_them() -> None:
    found = asked_by(Options(pypi=("rich",), conda=("pytables=3", f"python={OTHER}", "pip")), "step a")
    assert found == Wanted(("rich", "tables==3.*"), OTHER)


def test_a_python_alone_is_a_wish() -> None:
    assert asked_by(Options(python=OTHER), "step a") == Wanted((), OTHER)


def test_nbflow_is_no_package_of_a_step() -> None:
    assert asked_by(Options(pypi=("nbflow==0.0.1", "rich")), "step a") == Wanted(("rich",), HERE)


@pytest.mark.parametrize("text", ["3.10", "2.7", "3.99", ">=3.15", "4"])
def test_a_python_that_nbflow_does_not_run_on_is_refused(text: str) -> None:
    with pytest.raises(PackageError, match="NBF-E008"):
        python_version(text, "step a")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (OTHER, OTHER),
        (f"{OTHER}.4", OTHER),
        (f"=={OTHER}.*", OTHER),
        (">=3.11", HERE),
        (">=3.11.4,<4", HERE),
        ("", HERE),
    ],
)
def test_the_python_that_runs_here_is_taken_where_it_fits(text: str, found: str) -> None:
    assert python_version(text, "step a") == found


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("pandas>=x", "E010"),
        ("pandas 2.2", "E010"),
        ("git+https://example.org/a.git", "E015"),
        ("a @ git+https://ann:pw@example.org/a.git", "E015"),
        ("./mine", "E015"),
        ("a @ file:///mine.whl", "E015"),
    ],
)
def test_what_is_no_package_of_an_index_is_refused(text: str, code: str) -> None:
    with pytest.raises(PackageError, match=f"NBF-{code}") as refused:
        asked_by(Options(pypi=(text,)), "step train")
    assert "step train" in str(refused.value)
    assert "ann:pw" not in str(refused.value)


def test_a_version_without_a_comparison_is_shown_with_one() -> None:
    with pytest.raises(PackageError, match=r"pandas==2\.2"):
        asked_by(Options(pypi=("pandas 2.2",)), "step train")
    with pytest.raises(PackageError, match=r"as in tinycss2==1\.3"):
        asked_by(Options(pypi=("tinycss2=1.3",)), "step train")
