"""`import nbflow` gives every public name, and costs nothing before one is used."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys

import pytest

import nbflow
import nbflow.errors
from tests.unit.client.conftest import Bench, bench

__all__ = ["bench"]

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


def test_a_mistyped_import_says_what_was_meant_and_is_pythons_own() -> None:
    with pytest.raises(ImportError, match=r"cannot import name 'Rnu' from 'nbflow'. Did you mean 'Run'\?$") as nbflow_s:
        from nbflow import Rnu  # type: ignore[attr-defined]  # noqa: F401  # it is the test
    with pytest.raises(ImportError, match=r"name 'Tabel' from 'nbflow.cards'. Did you mean 'Table'\?$"):
        from nbflow.cards import Tabel  # type: ignore[attr-defined]  # noqa: F401  # it is the test
    with pytest.raises(ImportError, match=r"cannot import name 'qwertz' from 'nbflow'$"):
        from nbflow import qwertz  # type: ignore[attr-defined]  # noqa: F401  # it is the test
    assert nbflow_s.type.__name__ == "ImportError" and type(pickle.loads(pickle.dumps(nbflow_s.value))) is ImportError


def test_a_notebook_shows_the_line_with_the_mistyped_name_and_no_frame_of_ours() -> None:
    with pytest.raises(AttributeError) as error:
        nbflow.Rnu  # noqa: B018
    head, where, line = error.value._render_traceback_()  # type: ignore[attr-defined]  # what IPython asks for
    assert head == "AttributeError: module 'nbflow' has no attribute 'Rnu'. Did you mean 'Run'?"
    assert where.startswith("  where  test_public_names.py · line ") and line.strip().startswith("nbflow.Rnu")


def test_the_room_of_cards_can_be_called(bench: Bench) -> None:
    run = bench.run("succeeded")
    assert nbflow.cards is sys.modules["nbflow.cards"] and nbflow.cards.Table.__name__ == "Table"
    assert f"quick/{run}" in str(nbflow.cards(f"quick/{run}"))
    with pytest.raises(nbflow.NotFoundError):
        nbflow.cards("quick/99")


def test_the_package_is_a_command() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "nbflow", "--version"], capture_output=True, text=True, check=True, timeout=30
    )
    assert done.stdout == f"nbflow {nbflow.__version__}\n"
