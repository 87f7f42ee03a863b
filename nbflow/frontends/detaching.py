"""Starting a run in a process of its own: who asks waits until the run exists, and no longer."""

from __future__ import annotations

import json
import os
import secrets
import select
import subprocess
import sys
import threading
import time
from pathlib import Path

from nbflow.errors import raise_for
from nbflow.frontends.detached import LOG, TOLD
from nbflow.frontends.handover import to_text
from nbflow.frozen import frozen
from nbflow.model.ids import FlowName, RunId
from nbflow.runtime.request import RunRequest
from nbflow.workspace import Workspace

#: not by PYTHONPATH, which the tasks' own child processes would inherit
_START = "import sys; sys.path.append(sys.argv[1]); from nbflow.frontends.detached import main; sys.exit(main(*sys.argv[2:]))"
#: seconds a process may take on a busy machine until its run exists
_PATIENCE = 120.0
#: lines of its log that are told when it does not start
_TAIL = 30


@frozen
class Detached:
    """A run that goes on by itself."""

    flow: FlowName
    run: RunId
    pid: int
    #: what its process writes
    log: Path

    @property
    def pathspec(self) -> str:
        """The run as a person names it."""
        return f"{self.flow}/{self.run}"

    @property
    def told(self) -> str:
        """What a person should know of it, in a few lines, after its name."""
        return f"runs in process {self.pid}, which outlives this one; its log is {_near(self.log)}"


def detach(workspace: Workspace, request: RunRequest) -> Detached:
    """Start the run in a process of its own and return when the run exists.

    Raises:
        RunError: R016, the process could not start the run; its own words are told.
    """
    folder = workspace.root / "detached"
    folder.mkdir(exist_ok=True)
    order = folder / f"{int(time.time())}-{secrets.token_hex(4)}.json"
    # an address in it may hold a key: nobody else is to read it
    order.touch(mode=0o600)
    order.write_text(to_text(request), encoding="utf-8")
    log = order.with_suffix(".log")
    reader, writer = os.pipe2(os.O_CLOEXEC)
    try:
        process = _spawn(workspace.root, order, log, writer)
    finally:
        os.close(writer)
    # whoever waits for it does not leave a zombie behind
    threading.Thread(target=process.wait, name="nbflow-detached", daemon=True).start()
    try:
        answer = _answer(reader)
    except KeyboardInterrupt:
        # nobody wants it any more, started or not
        process.terminate()
        raise
    if "run" not in answer:
        process.terminate()
        said = answer.get("failed") or _end_of(log) or f"it said nothing for {_PATIENCE:.0f} s"
        for each in (order, log):
            each.unlink(missing_ok=True)
        raise_for("R016", message=said)
    run = RunId(answer["run"])
    return Detached(request.flow, run, process.pid, workspace.root / "logs" / request.flow / run / LOG)


def _spawn(root: Path, order: Path, log: Path, writer: int) -> subprocess.Popen[bytes]:
    """Start the process in a session of its own: neither an interrupt nor the end of a terminal reaches it."""
    with log.open("wb") as output:
        return subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [sys.executable, "-c", _START, str(Path(__file__).resolve().parents[2]), str(root), str(order)],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            pass_fds=[writer],
            start_new_session=True,
            # a folder that stays, whatever becomes of the one this process is in
            cwd=root,
            env={**os.environ, TOLD: str(writer)},
        )


def _answer(reader: int) -> dict[str, str]:
    """Return what the process says of its run; nothing when it ends before, or says nothing in time."""
    deadline = time.monotonic() + _PATIENCE
    said = b""
    with open(reader, "rb", buffering=0) as pipe:
        while select.select([pipe], [], [], max(0.0, deadline - time.monotonic()))[0]:
            more = pipe.read(1 << 16)
            if not more:
                break
            said += more
    return dict(json.loads(said)) if said else {}


def _end_of(log: Path) -> str:
    try:
        return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-_TAIL:])
    except OSError:
        return ""


def _near(path: Path) -> str:
    """Return a path as seen from the working directory, where it is below."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)
