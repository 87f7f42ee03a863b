"""The kernel that runs a notebook, chosen before anything starts."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from nbflow.errors import NbflowError
from nbflow.notebooks.kernel import kernel_for, need


@pytest.fixture
def listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let Jupyter list a kernel of R, and one of a Python that is gone."""
    for name, argv, language in (("ir", ["R", "x"], "R"), ("old-env", ["/gone/bin/python", "x"], "python")):
        folder = tmp_path / "kernels" / name
        folder.mkdir(parents=True)
        (folder / "kernel.json").write_text(json.dumps({"argv": argv, "language": language, "display_name": name}))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    return tmp_path


def test_python_runs_on_this_python_whatever_kernel_it_was_saved_with() -> None:
    found = kernel_for("a.ipynb", "python", "conda-env-of-somebody", None)
    assert found.spec.argv[0] == sys.executable and found.is_own and found.name == "python3"


def test_another_language_has_its_saved_kernel_or_one_of_that_language(listed: Path) -> None:
    assert kernel_for("a.ipynb", "r", "ir", None).spec.argv[0] == "R"
    assert kernel_for("a.ipynb", "r", "", None).name == "ir"


@pytest.mark.parametrize(
    ("language", "saved", "asked", "said"),
    [
        ("python", "python3", "old-env", "/gone/bin/python, which is gone"),
        ("python", "python3", "irr", "Did you mean 'ir'?"),
        ("python", "python3", "nope", "leave --kernel out"),
        ("julia", "julia-1.10", None, "install the kernel julia-1.10"),
        ("r", "r-of-others", None, "IRkernel::installspec()"),
    ],
)
def test_a_kernel_that_is_not_there_is_said(
    listed: Path, language: str, saved: str, asked: str | None, said: str
) -> None:
    with pytest.raises(NbflowError) as caught:
        kernel_for("a.ipynb", language, saved, asked)
    assert caught.value.code == "NBF-W005" and said in str(caught.value)


def test_a_package_that_is_missing_is_named_with_this_python() -> None:
    with pytest.raises(NbflowError) as caught:
        need("nbflow_no_such_kernel", "a.ipynb")
    assert caught.value.code == "NBF-W006" and sys.executable in str(caught.value)
