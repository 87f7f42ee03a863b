"""What runs in the process that a Runner starts: the flow, on a leash. When the Runner's process is gone, so is the run."""

from __future__ import annotations

import os
import runpy
import signal
import sys
import threading
import time
import traceback
from pathlib import Path

#: environment variable with the file that a Runner runs
RUNNING = "NBFLOW_RUNNER_RUNS"
#: seconds a run may take to end when it was asked to
_PATIENCE = 20.0


def main() -> None:
    """Run what `sys.argv` names: the descriptor of the leash, then a file of Python or `nbflow`, then its words."""
    leash, what, *words = sys.argv[1:]
    os.set_inheritable(int(leash), False)
    # only the Runner interrupts this process, also where its own program ignores interrupts, as in a shell's background
    signal.signal(signal.SIGINT, signal.default_int_handler)
    threading.Thread(target=_watch, args=(int(leash),), name="nbflow-leash", daemon=True).start()
    sys.argv = [what, *words]
    os.environ[RUNNING] = what
    if what == "nbflow":
        from nbflow.frontends.cli.main import main as terminal

        sys.exit(terminal(words))
    # as `python FILE` has it
    sys.path[0] = str(Path(what).resolve().parent)
    try:
        runpy.run_path(what, run_name="__main__")
    except Exception as failure:  # noqa: BLE001 - a file may raise anything
        traceback.print_exception(_below(failure, what))
        sys.exit(1)


def _watch(leash: int) -> None:
    """Wait until nobody holds the other end, then ask the run to end, and insist."""
    while os.read(leash, 1):
        pass
    for number in (signal.SIGTERM, signal.SIGTERM, signal.SIGKILL):
        os.kill(os.getpid(), number)
        time.sleep(_PATIENCE)


def _below(failure: Exception, file: str) -> Exception:
    """Return `failure` without the frames that led to the file."""
    frames = failure.__traceback__
    while frames is not None and frames.tb_frame.f_code.co_filename != file:
        frames = frames.tb_next
    return failure.with_traceback(frames)
