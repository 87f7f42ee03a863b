"""A Python of its own for a task, as `--isolation process` asks for: the forked worker becomes a fresh interpreter.

It stays the process that it is, with its number, group, limits, streams and parent: whoever watches it notices nothing.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import NoReturn

from nbflow.task import kin, process, worker
from nbflow.task.report import BROKEN

_PACKAGE_FOLDER = str(Path(__file__).resolve().parents[2])
_START = (
    "import sys; sys.path += filter(None, [sys.argv[1]]); "
    "from nbflow.task.fresh import main; main(int(sys.argv[2]), int(sys.argv[3]))"
)


def folder() -> str:
    """Return where a Python like this one finds nbflow; empty: it finds it by itself, as that of an environment does."""
    return _PACKAGE_FOLDER if _PACKAGE_FOLDER in sys.path else ""


def begin(spec_fd: int, result_fd: int) -> NoReturn:
    """Become a Python that has imported nothing and does what `spec_fd` says. Raises OSError."""
    os.lseek(spec_fd, 0, os.SEEK_SET)
    for fd in (spec_fd, result_fd):
        os.set_inheritable(fd, True)
    command = [sys.executable, "-c", _START, folder(), str(spec_fd), str(result_fd)]
    os.execve(sys.executable, command, dict(os.environ))  # noqa: S606 - our own interpreter, no shell


def main(spec_fd: int, result_fd: int) -> NoReturn:
    """Run the attempt as a forked worker does, and end."""
    status = BROKEN
    try:
        if not sys.flags.safe_path:
            # the folder that the zygote was started in
            del sys.path[0]
        for fd in (spec_fd, result_fd):
            os.set_inheritable(fd, False)
        kin.show_as("nbflow-load")
        process.write_at_once()
        status = worker.main(spec_fd, result_fd)
    except BaseException as error:
        # with as little of Python as there is, as in the zygote
        sys.stderr = sys.__stderr__
        sys.__excepthook__(error.__class__, error, error.__traceback__)
    finally:
        os._exit(status)
