"""The images that the bench knows: Python with its standard library only, and one without any Python."""

from __future__ import annotations

import shutil
import venv
from fnmatch import fnmatchcase
from pathlib import Path

#: what a shell finds in an image of the bench, beside Python
TOOLS = (
    "sh",
    "cat",
    "chmod",
    "cp",
    "echo",
    "env",
    "false",
    "head",
    "id",
    "ls",
    "mkdir",
    "rm",
    "sleep",
    "tail",
    "true",
    "uname",
)

#: patterns of names, and the image behind them
_KNOWN = {
    "python:*": "python",
    "*/python:*": "python",
    "busybox:*": "bare",
    "*/busybox:*": "bare",
}


def known(image: str) -> str | None:
    """Return "python" or "bare" for a name that the bench has an image for."""
    name = image if ":" in image.rpartition("/")[2] else f"{image}:latest"
    return next((kind for pattern, kind in _KNOWN.items() if fnmatchcase(name, pattern)), None)


def unknown(image: str) -> str:
    """Return what AWS says of an image that is nowhere."""
    return (
        f"CannotPullContainerError: Error response from daemon: pull access denied for {image}, "
        "repository does not exist or may require 'docker login'"
    )


class Paths:
    """The same images for processes: what stands on PATH."""

    def __init__(self, folder: Path) -> None:
        tools = folder / "tools"
        tools.mkdir(parents=True)
        for tool in TOOLS:
            if found := shutil.which(tool):
                (tools / tool).symlink_to(found)
        python = folder / "python"
        # the standard library and nothing else
        venv.create(python, with_pip=False, symlinks=True)
        self._paths = {"python": f"{python}/bin:{tools}", "bare": str(tools)}

    def __getitem__(self, kind: str) -> str:
        return self._paths[kind]
