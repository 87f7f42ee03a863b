"""An artifact opened because a person asked for it, in a process of its own: what its code does, it does there.

The process has the folders that this one imports from, a limit of memory and of time, and gives back what the object
displays. Neither the kernel nor its names are touched by it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from nbflow.cards.printable import one_line
from nbflow.errors import raise_for

#: seconds, and bytes of what is displayed
TIMEOUT, MOST = 60.0, 20 << 20


class Opened:
    """What an object displayed when it was opened."""

    def __init__(self, pathspec: str, data: dict[str, Any]) -> None:
        self.pathspec = pathspec
        #: MIME type → content
        self.data = data

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        return self.data

    def __repr__(self) -> str:
        from nbflow.cards.mime import bundle_text

        return bundle_text(self.data)


def open_apart(root: Path, pathspec: str, *, timeout: float = TIMEOUT) -> dict[str, Any]:
    """Return what the artifact displays, as a bundle of MIME types. Raises V030 where it cannot be opened."""
    order = json.dumps({"root": str(root), "pathspec": pathspec, "path": sys.path, "most": MOST})
    command = [sys.executable, "-m", "nbflow.frontends.seeing.opened"]
    environment = {
        **os.environ,
        "MPLBACKEND": "agg",
        "PLOTLY_RENDERER": "plotly_mimetype",
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
    }
    try:
        ended = subprocess.run(  # noqa: S603 - this Python, and a module of ours
            command, input=order, capture_output=True, text=True, timeout=timeout, env=environment, check=False
        )
    except subprocess.TimeoutExpired:
        return _refuse(pathspec, f"it took more than {timeout:.0f} s, and was ended")
    if ended.returncode:
        lines = [line for line in ended.stderr.splitlines() if line.strip()]
        return _refuse(pathspec, one_line(lines[-1], 300) if lines else f"its process ended with {ended.returncode}")
    answer = json.loads(ended.stdout)
    if "failed" in answer:
        return _refuse(pathspec, one_line(answer["failed"], 300))
    shown: dict[str, Any] = answer["shown"]
    return shown


def _refuse(pathspec: str, message: str) -> dict[str, Any]:
    name = pathspec.rpartition("/")[2]
    return raise_for("V030", name=name, message=message, place=f'DataArtifact("{pathspec}")')
