"""Starting the clean process that local workers are forked from. Light: it is started before anything else is imported."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

#: not by PYTHONPATH, which the tasks' own child processes would inherit; what is imported is no garbage to look for
_START = (
    "import gc, sys; gc.disable(); sys.path += filter(None, [sys.argv[1]]); "
    "from nbflow.task.zygote import main; main(int(sys.argv[2]))"
)


class Zygote(NamedTuple):
    """A zygote and our end of its socket."""

    process: subprocess.Popen[bytes]
    socket: socket.socket
    #: by which its processes are known (nbflow.task.kin.BROOD)
    word: str
    #: what it was started with; None: this process's
    python: Path | None = None


def spawn(python: Path | None = None) -> Zygote:
    """Start a zygote in a session of its own and return at once.

    Args:
        python: of an environment that finds nbflow by itself (nbflow.environments.local); None: this process's.
    """
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    # equal sets print in equal order in every worker, so that equal work gives equal digests
    environment = {"PYTHONHASHSEED": "0", "MPLBACKEND": "module://matplotlib_inline.backend_inline", **os.environ}
    environment["NBFLOW_PARENT"] = str(os.getpid())
    # what a schedule started is this run, and none that a step of it starts (nbflow.metadata.starter)
    environment.pop("NBFLOW_STARTED_BY", None)
    # a number that fits a resource limit and that nobody would call a limit
    environment["NBFLOW_BROOD"] = word = f"{1 << 61 | int.from_bytes(os.urandom(7), 'big'):x}"
    # an environment has nbflow without what is installed beside it
    folder = "" if python else str(Path(__file__).resolve().parents[2])
    if python:
        environment.pop("PYTHONPATH", None)
        environment.pop("PYTHONHOME", None)
    with theirs:
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [str(python or sys.executable), "-c", _START, folder, str(theirs.fileno())],
            pass_fds=[theirs.fileno()],
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            env=environment,
        )
    return Zygote(process, ours, word, python)
