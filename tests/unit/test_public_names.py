"""`import nbflow` gives every public name, and costs nothing before one is used."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

import nbflow
import nbflow.errors

HEAVY = {
    "IPython",
    "asyncio",
    "boto3",
    "cloudpickle",
    "nbformat",
    "numpy",
    "obstore",
    "pandas",
    "papermill",
    "plotly",
    "sqlite3",
}


def loaded_after(statement: str) -> set[str]:
    """Return the modules a fresh interpreter holds after `statement`."""
    script = f"import sys, json\n{statement}\nprint(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=30)
    return set(json.loads(done.stdout))


def test_importing_nbflow_loads_no_other_module_of_ours_and_nothing_heavy() -> None:
    loaded = loaded_after("import nbflow")
    assert not loaded & HEAVY
    assert {name for name in loaded if name.startswith("nbflow")} == {"nbflow"}


def test_using_an_error_loads_nothing_heavy() -> None:
    assert not loaded_after("import nbflow; nbflow.NbflowError") & HEAVY


def test_the_list_of_public_names_is_sorted_and_has_no_repeats() -> None:
    assert list(nbflow.__all__) == sorted(set(nbflow.__all__))


@pytest.mark.parametrize("name", nbflow.__all__)
def test_every_public_name_loads_and_is_documented(name: str) -> None:
    value = getattr(nbflow, name)
    assert name == "__version__" or value.__doc__


def test_a_name_that_is_not_public_is_an_ordinary_attribute_error() -> None:
    with pytest.raises(AttributeError, match="'nbflow' has no attribute 'Flou'"):
        nbflow.Flou  # noqa: B018  # the access is the test


def test_completion_offers_every_public_name() -> None:
    assert set(nbflow.__all__) <= set(dir(nbflow))


def test_every_error_class_of_the_tree_is_public() -> None:
    classes = {each for each in vars(sys.modules["nbflow.errors"]).values() if isinstance(each, type)}
    errors = {each.__name__ for each in classes if issubclass(each, Exception)}
    assert errors == {name for name in nbflow.__all__ if name.endswith("Error")}


def test_a_mistyped_name_says_what_was_meant() -> None:
    with pytest.raises(AttributeError, match=r"no attribute 'FlowSpce'. Did you mean 'FlowSpec'\?$"):
        nbflow.FlowSpce  # noqa: B018
    with pytest.raises(AttributeError, match=r"no attribute 'qwertz'$"):
        nbflow.qwertz  # noqa: B018


def test_the_package_is_a_command() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "nbflow", "--version"], capture_output=True, text=True, check=True, timeout=30
    )
    assert done.stdout == f"nbflow {nbflow.__version__}\n"
