"""uv as a process: found, told by its environment, heard out."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from nbflow.environments.indexes import Indexes, without_login
from nbflow.errors import raise_for

#: variables that would send uv to another Python or folder than it is told
_MISLEADING = frozenset(
    {"VIRTUAL_ENV", "CONDA_PREFIX", "PYTHONHOME", "PYTHONPATH", "UV_PYTHON", "UV_PROJECT_ENVIRONMENT"}
)
_QUIET = {"NO_COLOR": "1", "UV_NO_PROGRESS": "1", "UV_FROZEN": "", "UV_COMPILE_BYTECODE": "", "UV_SYSTEM_PYTHON": ""}


class UvError(Exception):
    """uv ended with an error; its text is without logins."""


def run(*arguments: str, folder: Path, indexes: Indexes, text: str = "", **variables: str) -> str:
    """Have uv do something and return what it wrote. Raises UvError; PackageError E007, there is no uv.

    Args:
        arguments: of the command line; no login among them.
        folder: where it runs, and looks for its settings.
        indexes: where packages come from.
        text: what it reads where `-` stands for a file.
        variables: more of its environment.
    """
    environment = {key: value for key, value in os.environ.items() if key not in _MISLEADING}
    environment |= {**_QUIET, **indexes.variables, **variables}
    environment = {key: value for key, value in environment.items() if value}
    ended = subprocess.run(  # noqa: S603 - arguments of ours; what a person typed is in `text`
        [executable(), *arguments],
        cwd=folder,
        env=environment,
        input=text,
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    if ended.returncode:
        raise UvError(without_login(ended.stderr or ended.stdout).strip())
    return ended.stdout


def executable() -> str:
    """Return the file of uv: of the package `uv` beside nbflow, else on PATH. Raises E007."""
    try:
        from uv import find_uv_bin

        return str(find_uv_bin())
    except (ImportError, FileNotFoundError):
        found = shutil.which("uv")
    if found is None:
        raise_for("E007")
    return found
