"""Packages of conda, as requirements of PyPI."""

from __future__ import annotations

import pytest
from packaging.requirements import Requirement

from nbflow.environments import conda
from nbflow.environments.conda import from_conda, python_of
from nbflow.errors import PackageError


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("pandas", "pandas"),
        ("pandas=2.2", "pandas==2.2.*"),
        ("pandas==2.2", "pandas==2.2"),
        ("pandas 2.2", "pandas==2.2"),
        ("pandas=2.2.*", "pandas==2.2.*"),
        ("pandas>=2,<3", "pandas<3,>=2"),
        ("pandas >=2.1.*", "pandas>=2.1"),
        ("pandas~=2.2", "pandas~=2.2"),
        ("pandas!=2.2.1", "pandas!=2.2.1"),
        ("pandas 1.2*", "pandas==1.2.*"),
        ("pandas=*", "pandas"),
        ("pandas *", "pandas"),
        ("pandas==2.2.1=py312h1_0", "pandas==2.2.1"),
        ("pandas 2.2.1 py312h1_0", "pandas==2.2.1"),
        ("conda-forge::pandas>=2", "pandas>=2"),
        ("pandas>=2[build=py312*]", "pandas>=2"),
        ("pytorch=2.5", "torch==2.5.*"),
        ("conda-forge::pytables", "tables"),
        ("msgpack-python", "msgpack"),
        ("opencv", "opencv-python-headless"),
        ("matplotlib-base>=3.9", "matplotlib>=3.9"),
        ("python-graphviz", "graphviz"),
        ("librosa", "librosa"),
        ("ray-default", "ray[default]"),
    ],
)
def test_a_package_is_asked_for_by_its_name_and_versions_on_pypi(asked: str, found: str) -> None:
    made = from_conda(asked, "step a")
    assert made is not None
    assert Requirement(made) == Requirement(found)


@pytest.mark.parametrize("asked", ["python=3.12", "pip", "conda-forge::setuptools>=60"])
def test_what_every_python_has_is_not_asked_for(asked: str) -> None:
    assert from_conda(asked, "step a") is None


@pytest.mark.parametrize(
    ("asked", "fix"),
    [
        ("cudatoolkit=11.8", "wheels of PyPI bring the libraries of CUDA"),
        ("nvidia::cuda-nvcc", "wheels of PyPI bring the libraries of CUDA"),
        ("r-base", "an image that has it"),
        ("r-ggplot2=3", "an image that has it"),
        ("gcc_linux-64", "wheels are compiled already"),
        ("cxx-compiler", "wheels are compiled already"),
        ("graphviz", '@pypi(packages={"graphviz": ""})'),
        ("openjdk=17", "have it in the image"),
        ("libgdal", "have it in the image"),
        ("mkl", "wheels bring their own"),
    ],
)
def test_what_pypi_has_not_is_refused_with_what_to_do_instead(asked: str, fix: str) -> None:
    with pytest.raises(PackageError, match="NBF-E009") as refused:
        from_conda(asked, "step train")
    assert fix in str(refused.value)
    assert "step train" in str(refused.value)


@pytest.mark.parametrize("asked", ["pandas=1.2|1.3", "pandas=", "pandas==", "pandas>=a b c", "== 3"])
def test_versions_that_mean_nothing_are_refused(asked: str) -> None:
    with pytest.raises(PackageError, match="NBF-E010"):
        from_conda(asked, "step train")


def test_the_python_of_conda_is_one_of_its_packages() -> None:
    assert python_of(("pandas", "conda-forge::python=3.12")) == "3.12.*"
    assert python_of(("python",)) is None
    assert python_of(("python-dateutil=2",)) is None


def test_every_name_of_the_table_can_be_installed_by_its_other_name() -> None:
    for there in conda._NAMES.values():
        assert Requirement(there).name
    assert not conda._NAMES.keys() & set(conda._NAMES.values()), "a name is not its own counterpart"
