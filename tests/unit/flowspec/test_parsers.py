from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import pytest

from nbflow.errors import ParameterError
from nbflow.flowspec.config import Config, configs_of, resolve
from nbflow.flowspec.parsers import (
    conda_environment_yml_parser,
    pyproject_toml_parser,
    requirements_txt_parser,
    yaml_parser,
)


def refused(parser: Callable[[str], Any], content: str) -> str:
    with pytest.raises(ParameterError) as caught:
        parser(content)
    return str(caught.value)


# ---- YAML ------------------------------------------------------------------------------------------------------------


def test_yaml_becomes_python() -> None:
    assert yaml_parser("a: 1\nb: [x, {c: null}]  # said so") == {"a": 1, "b": ["x", {"c": None}]}


def test_yaml_of_nothing_is_an_empty_dict() -> None:
    assert yaml_parser("") == yaml_parser("# nothing\n") == {}


def test_yaml_makes_no_objects() -> None:
    yaml = pytest.importorskip("yaml")
    with pytest.raises(yaml.YAMLError):
        yaml_parser("!!python/object/apply:os.getcwd []")


def test_broken_yaml_in_a_config_is_shown_with_its_place() -> None:
    class Flow:
        cfg = Config("cfg", default_value="a: [1", parser=yaml_parser)

    with pytest.raises(ParameterError, match=r"config 'cfg': its parser yaml_parser failed: ParserError.*line 1"):
        resolve(configs_of(Flow))


def test_yaml_without_pyyaml_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "yaml", None)
    for parser in (yaml_parser, conda_environment_yml_parser):
        text = refused(parser, "a: 1")
        assert "yaml_parser needs PyYAML" in text
        assert "pip install pyyaml" in text


# ---- requirements.txt ------------------------------------------------------------------------------------------------

REQUIREMENTS = """\
# what training needs
-e file:.
numpy==1.26.4
  pandas>=2.1,<3   # frames

requests[security,socks]==2.31.0
scikit-learn
my_lib @ git+https://example.com/lib.git@v1#egg=my_lib
black ~= 24.1
python==3.11
"""


def test_requirements_are_packages_with_their_versions() -> None:
    assert requirements_txt_parser(REQUIREMENTS) == {
        "packages": {
            "numpy": "1.26.4",
            "pandas": "<3,>=2.1",
            "requests[security,socks]": "2.31.0",
            "scikit-learn": "",
            "my_lib@git+https://example.com/lib.git@v1#egg=my_lib": "",
            "black": "~=24.1",
        },
        "python": "3.11",
    }


def test_requirements_of_nothing_are_none() -> None:
    assert requirements_txt_parser("\n# nothing\n") == {"packages": {}, "python": None}
    assert requirements_txt_parser("python") == {"packages": {}, "python": None}


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("numpy=1.26", "Not a valid PEP 508 requirement: 'numpy=1.26'"),
        ("two words", "Not a valid PEP 508 requirement: 'two words'"),
        ("a; sys_platform == 'linux'", "Environment markers are not supported: 'a; sys_platform == 'linux''"),
        ("--no-index", "Unsupported option in requirements.txt: '--no-index'"),
        ("-r other.txt", "Unsupported option in requirements.txt: '-r other.txt'"),
        ("python==3.10\npython==3.11", "Multiple Python version specs not allowed: 'python==3.11'"),
    ],
)
def test_a_line_that_is_no_requirement_is_named(line: str, message: str) -> None:
    assert message in refused(requirements_txt_parser, f"numpy\n{line}\n")


# ---- pyproject.toml --------------------------------------------------------------------------------------------------


def test_a_project_has_dependencies_and_a_python() -> None:
    content = """
        [project]
        name = "flows"
        requires-python = ">=3.11,<3.15"
        dependencies = ["numpy==1.26.4", "pandas >= 2", "requests[socks]"]
        [tool.other]
        dependencies = ["not-this"]
    """
    assert pyproject_toml_parser(content) == {
        "packages": {"numpy": "1.26.4", "pandas": ">=2", "requests[socks]": ""},
        "python": ">=3.11,<3.15",
    }


def test_the_python_of_a_project_may_be_one_version() -> None:
    assert pyproject_toml_parser('[project]\nrequires-python = "==3.11"')["python"] == "3.11"


def test_a_project_without_a_project_needs_nothing() -> None:
    assert pyproject_toml_parser("[tool.x]") == {"packages": {}, "python": None}


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('"numpy 1.26"', "Not a valid PEP 508 requirement: 'numpy 1.26'"),
        ("\"a; os_name == 'nt'\"", "Environment markers are not supported"),
        ('"python==3.12"', "Multiple Python version specs not allowed"),
    ],
)
def test_a_dependency_that_is_no_requirement_is_named(line: str, message: str) -> None:
    content = f'[project]\nrequires-python = ">=3.11"\ndependencies = [{line}]'
    assert message in refused(pyproject_toml_parser, content)


# ---- environment.yml -------------------------------------------------------------------------------------------------


def test_an_environment_has_dependencies_and_a_python() -> None:
    content = """
name: training
channels:
  - conda-forge
dependencies:
  - python=3.11   # as in production
  - numpy=1.26.4
  - pandas==2.1.0
  - "scipy>=1.11,<2"
  - scikit-learn
  - pytorch = 2.2
  - conda-forge::xgboost>=2
  - openssl=3.0.2=h166bdaf_1
variables:
  A: b
"""
    assert conda_environment_yml_parser(content) == {
        "packages": {
            "numpy": "1.26.4",
            "pandas": "2.1.0",
            "scipy": ">=1.11,<2",
            "scikit-learn": "",
            "pytorch": "2.2",
            "conda-forge::xgboost": ">=2",
            "openssl": "3.0.2=h166bdaf_1",
        },
        "python": "3.11",
    }


@pytest.mark.parametrize("content", ["", "name: x", "dependencies:", "- a list"])
def test_an_environment_without_dependencies_needs_nothing(content: str) -> None:
    assert conda_environment_yml_parser(content) == {"packages": {}, "python": None}


def test_dependencies_may_stand_in_one_line() -> None:
    found = conda_environment_yml_parser("dependencies: [python=3.11, numpy]")
    assert found == {"packages": {"numpy": ""}, "python": "3.11"}


@pytest.mark.parametrize(
    ("item", "message"),
    [
        ("- pip:\n    - requests", "Unsupported subsection in environment.yml: 'pip:'"),
        ("- numpy@1.2", "Not a valid conda package specifier: 'numpy@1.2'"),
        ("- python=3.12", "Multiple Python version specs not allowed: 'python=3.12'"),
    ],
)
def test_an_item_that_is_no_package_is_named(item: str, message: str) -> None:
    assert message in refused(conda_environment_yml_parser, f"dependencies:\n  - python=3.11\n  {item}\n")


# ---- in a flow -------------------------------------------------------------------------------------------------------


def test_packages_are_handed_on_to_a_decorator() -> None:
    class Flow:
        deps = Config("deps", default_value="numpy==1.26.4", parser=requirements_txt_parser)
        packages = deps.packages

    assert Flow.packages.resolve(resolve(configs_of(Flow))) == {"numpy": "1.26.4"}
