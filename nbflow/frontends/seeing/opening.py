"""An artifact opened because a person asked for it, in a process of its own: what its code does, it does there.

The process has the folders that this one imports from, a limit of memory and of time, and gives back what the object
displays. Neither the kernel nor its names are touched by it.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from subprocess import PIPE
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
    # a session of its own, so that whatever it starts ends with it
    process = subprocess.Popen(  # noqa: S603 - this Python, and a module of ours
        command, stdin=PIPE, stdout=PIPE, stderr=PIPE, text=True, env=environment, start_new_session=True
    )
    try:
        said, told = process.communicate(order, timeout=timeout)
    except subprocess.TimeoutExpired:
        return _refuse(pathspec, f"it took more than {timeout:.0f} s, and was ended")
    finally:
        _end(process)
    if process.returncode:
        lines = [line for line in told.splitlines() if line.strip()]
        return _refuse(pathspec, one_line(lines[-1], 300) if lines else f"its process ended with {process.returncode}")
    answer = json.loads(said)
    if "failed" in answer:
        return _refuse(pathspec, one_line(answer["failed"], 300))
    shown: dict[str, Any] = answer["shown"]
    return shown


def _end(process: subprocess.Popen[str]) -> None:
    """No process of its session is left, nor a pipe to it."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    for pipe in (process.stdin, process.stdout, process.stderr):
        if pipe is not None:
            with contextlib.suppress(OSError):
                pipe.close()
    process.wait()


def _refuse(pathspec: str, message: str) -> dict[str, Any]:
    name = pathspec.rpartition("/")[2]
    return raise_for("V030", name=name, message=message, place=f'DataArtifact("{pathspec}")')
