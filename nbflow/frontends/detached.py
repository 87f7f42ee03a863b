"""A run in a process of its own, which outlives the kernel or terminal that asked for it.

    python -m nbflow.frontends.detached ROOT ORDER

It reads its order, says which run it made on the descriptor NBFLOW_TOLD, runs it and ends. SIGTERM cancels the run;
a second one leaves the workers no time. All it writes goes to its log.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType

from nbflow.backends.routed import RoutedBackend
from nbflow.code.local import all_modules, installed
from nbflow.errors import NbflowError
from nbflow.frontends.ending.over import over
from nbflow.frontends.handover import from_text
from nbflow.model.event import Noticed, RunEnded
from nbflow.model.status import RunStatus
from nbflow.runtime.engine import Engine
from nbflow.runtime.handle import RunHandle
from nbflow.runtime.request import RunRequest
from nbflow.workspace import Workspace

#: environment variable with the descriptor on which the run's id is told
TOLD = "NBFLOW_TOLD"
#: what this process writes, in the folder of its run's logs: no step has a dot in its name
LOG = "host.log"


def main(root: str, order: str) -> int:
    """Run what `order` asks for in the workspace `root`; return 0 when the run succeeded."""
    with _teller() as tell:
        try:
            text = Path(order).read_text(encoding="utf-8")
            Path(order).unlink()
            request = from_text(text)
            workspace = Workspace.open(root, local=[request.cwd])
            with contextlib.closing(Engine(workspace, RoutedBackend(workspace))) as engine:
                handle = _start(engine, request)
                _keep_log(Path(order).with_suffix(".log"), workspace.root / "logs" / handle.flow / handle.run / LOG)
                tell({"run": handle.run})
                code = _see_through(handle)
                over(workspace, request, handle.run, _log)
                return code
        except NbflowError as error:
            tell({"failed": str(error)})
            sys.stderr.write(f"{error}\n")
            return error.exit_code


@contextlib.contextmanager
def _teller() -> Iterator[Callable[[dict[str, str]], None]]:
    """Give a function that tells the asking process one thing, if that is still there; the rest is for the log."""
    descriptor = int(os.environ.pop(TOLD))
    os.set_inheritable(descriptor, False)
    told = os.fdopen(descriptor, "w")

    def tell(message: dict[str, str]) -> None:
        with contextlib.suppress(OSError, ValueError):
            told.write(json.dumps(message))
            told.close()

    try:
        yield tell
    finally:
        with contextlib.suppress(OSError):
            told.close()


def _start(engine: Engine, request: RunRequest) -> RunHandle:
    engine.preload(installed(all_modules(request.graph), Path(request.cwd), request.sys_path), rich=True)
    handle = engine.start(request)

    def cancel(_number: int, _frame: FrameType | None) -> None:
        record, _ = handle.snapshot()
        handle.cancel(kill=record.status is RunStatus.CANCELLING)

    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, cancel)
    # the terminal it came from may close
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    return handle


def _keep_log(now: Path, then: Path) -> None:
    """Put what this process writes where the logs of its run are. An open file may be moved."""
    with contextlib.suppress(OSError):
        then.parent.mkdir(parents=True, exist_ok=True)
        now.rename(then)


def _log(line: str) -> None:
    sys.stderr.write(f"{line}\n")


def _see_through(handle: RunHandle) -> int:
    """Wait for the end and write how it was."""
    # what happens is in the store, where those who watch it look
    while not isinstance(event := handle.events.get(), RunEnded):
        if isinstance(event, Noticed):
            _log(event.text)
    handle.done.wait()
    # nothing is left to cancel
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, signal.SIG_IGN)
    outcome = handle.outcome()
    sys.stderr.write(f"{outcome.flow}/{outcome.run} {outcome.status} after {outcome.elapsed:.1f} s\n")
    return 0 if outcome.status is RunStatus.SUCCEEDED else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
