"""Which kernel runs a notebook, found before anything starts.

A notebook of Python runs on the Python that nbflow runs with, whatever environment it was saved in: what is installed
here is what the rest of the flow has. A kernel that is asked for by name, and one of another language, is looked for
where Jupyter does.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any, NoReturn

from nbflow.errors import did_you_mean, raise_for
from nbflow.frozen import frozen

#: the kernel of this Python, as Jupyter calls it
OWN = "python3"


@frozen
class Kernel:
    """A kernel that can be started."""

    name: str
    #: how it is started: jupyter_client's KernelSpec
    spec: Any
    #: in small letters
    language: str

    @property
    def is_own(self) -> bool:
        """It is this Python."""
        return str(self.spec.argv[0]) == sys.executable


def kernel_for(path: str, language: str, saved: str, asked: str | None) -> Kernel:
    """Return the kernel that runs a notebook.

    Args:
        path: the notebook, for messages.
        language: its own, in small letters.
        saved: name of the kernel it was saved with; may be empty.
        asked: name of the kernel that a person wants; None: none.

    Raises:
        NotebookError: W005, there is no such kernel; W006, a package is missing for it.
    """
    need("papermill", path)
    if asked is None and language == "python":
        return own_kernel(path)
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

    specs = KernelSpecManager()
    name = asked or saved or _of_language(specs, language)
    try:
        found = specs.get_kernel_spec(name)
    except (NoSuchKernel, OSError, ValueError):
        _no_kernel(path, name, language, asked, sorted(specs.find_kernel_specs()))
    if not Path(found.argv[0]).is_absolute():
        return Kernel(name, found, found.language.lower())
    if not Path(found.argv[0]).exists():
        raise_for(
            "W005",
            kernel=name,
            hint="",
            why=f"its description in {found.resource_dir} names {found.argv[0]}, which is gone",
            fix="leave --kernel out, to run on this Python" if found.language == "python" else f"install {name} again",
        )
    return Kernel(name, found, found.language.lower())


def own_kernel(path: str) -> Kernel:
    """Return the kernel of this Python, which needs no entry in Jupyter's lists. Raises W006."""
    need("ipykernel", path)
    from ipykernel.kernelspec import get_kernel_dict
    from jupyter_client.kernelspec import KernelSpec

    # what it notes of itself would stand among what cells print
    told = get_kernel_dict(extra_arguments=["--log-level=50"])
    told["argv"] = [sys.executable, *told["argv"][1:]]
    return Kernel(OWN, KernelSpec(resource_dir="", **told), "python")


def need(package: str, path: str) -> None:
    """Raise W006 where a package is missing in this Python."""
    if importlib.util.find_spec(package) is None:
        raise_for("W006", path=path, package=package, python=sys.executable)


def _of_language(specs: Any, language: str) -> str:
    """Return the name of a kernel of that language, else the language itself."""
    found = (name for name, each in sorted(specs.get_all_specs().items()) if _speaks(each, language))
    return next(found, language)


def _speaks(told: Any, language: str) -> bool:
    return str(told.get("spec", {}).get("language", "")).lower() == language


def _no_kernel(path: str, name: str, language: str, asked: str | None, known: list[str]) -> NoReturn:
    whose = f"{path} is to run with it" if asked else f"{path} is a notebook of {language} and was saved with it"
    why = f"{whose}; there are {', '.join(known)}" if known else f"{whose}; Jupyter knows no kernel here"
    fix = "leave --kernel out, to run on this Python" if asked and language == "python" else _install(name, language)
    raise_for("W005", kernel=name, hint=did_you_mean(name, known), why=why, fix=fix)


def _install(name: str, language: str) -> str:
    if language == "r" or name == "ir":
        return "in R: install.packages('IRkernel'); IRkernel::installspec()"
    return f"install the kernel {name}, or name one of these with --kernel"
