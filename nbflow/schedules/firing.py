"""One firing, carried out by a process of its own, which outlives the supervisor.

    python -m nbflow.schedules.firing ROOT ID KEY

It notes that it has begun, which only one process ever can, gives the command that the claim holds, and notes the run
that this makes and how it ends. SIGTERM ends the run.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

from nbflow.metadata.owner import owner_here
from nbflow.schedules.firings import Claim
from nbflow.schedules.register import Register
from nbflow.workspace import Workspace

#: as the program `nbflow` would: without the working folder on the path of imports
_NBFLOW = (sys.executable, "-P", "-m", "nbflow")
#: not by PYTHONPATH, which the run would inherit
_START = (
    "import sys; sys.path.append(sys.argv[1]); from nbflow.schedules.firing import main; sys.exit(main(*sys.argv[2:]))"
)
#: variables with addresses for messages
_ADDRESS = "NBFLOW_SCHEDULE_ADDRESS_"
#: seconds between looks at the file with the run's id
_LOOK = 0.5
#: as a shell has it
_CANNOT_START = 127


def begin(register: Register, id_: str, key: str) -> subprocess.Popen[bytes]:
    """Start the process that carries out a firing, in a session of its own, and return at once."""
    log = register.log(id_, key)
    log.parent.mkdir(parents=True, exist_ok=True)
    root = register.workspace.root
    with log.open("ab") as output:
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [sys.executable, "-P", "-c", _START, str(Path(__file__).resolve().parents[2]), str(root), id_, key],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            # a folder that stays
            cwd=root,
        )
    # whoever waits for it does not leave a zombie behind
    threading.Thread(target=process.wait, name="nbflow-firing", daemon=True).start()
    return process


def main(root: str, id_: str, key: str) -> int:
    """Carry out one firing of the workspace in folder `root`; return the exit code of its command."""
    register = Register(Workspace.open(root))
    found = register.firing(id_, key)
    begun = {"owner": owner_here(), "at": time.time(), "word": os.urandom(8).hex()}
    if found is None or found.ended is not None or not register.note(id_, key, "begun", begun):
        # it is over, or another process has it
        return 0
    code, why = _carry_out(register, id_, key, found.claim)
    _keep_log(register, id_, key)
    register.note(id_, key, "ended", {"code": code, "why": why, "at": time.time()})
    return code


def _carry_out(register: Register, id_: str, key: str, claim: Claim) -> tuple[int, str]:
    """Return the exit code of the command, and why there was none to give."""
    with tempfile.TemporaryDirectory(prefix="nbflow-firing-") as folder:
        file = Path(folder) / "run"
        words = [*_NBFLOW, *claim.words, *_addresses(register, id_), "--run-id-file", str(file)]
        try:
            process = subprocess.Popen(  # noqa: S603 - what was checked when the schedule was added
                words, stdin=subprocess.DEVNULL, cwd=claim.cwd, env=_environment(register, id_, claim)
            )
        except OSError as error:
            why = f"{error.strerror}: {error.filename}"
            sys.stderr.write(f"{why}\n")
            return _CANNOT_START, why
        with _passed_on(process):
            return _seen_through(register, id_, key, process, file), ""


def _environment(register: Register, id_: str, claim: Claim) -> dict[str, str]:
    root = register.workspace.url or str(register.workspace.root)
    secret = {f"{_ADDRESS}{number}": each for number, each in enumerate(register.addresses(id_), 1)}
    return {**os.environ, "NBFLOW_ROOT": root, **dict(claim.environment), **secret}


def _addresses(register: Register, id_: str) -> list[str]:
    """Return the words by which the run sends messages: it knows by which variable, and everyone else no more."""
    count = len(register.addresses(id_))
    return [word for number in range(1, count + 1) for word in ("--notify", f"env.{_ADDRESS}{number}")]


@contextlib.contextmanager
def _passed_on(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """Let the run hear what asks this process to end; the end of a terminal is nothing to either."""

    def pass_on(number: int, _frame: FrameType | None) -> None:
        process.send_signal(number)

    before = {each: signal.signal(each, pass_on) for each in (signal.SIGTERM, signal.SIGINT)}
    before[signal.SIGHUP] = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def _seen_through(register: Register, id_: str, key: str, process: subprocess.Popen[bytes], file: Path) -> int:
    """Wait for the end, and note the run as soon as it is known."""
    noted = False
    while True:
        try:
            code: int | None = process.wait(timeout=None if noted else _LOOK)
        except subprocess.TimeoutExpired:
            code = None
        if not noted and (run := _text(file)):
            noted = True
            register.note(id_, key, "run", {"run": run})
        if code is not None:
            return code if code >= 0 else 128 - code


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return ""


def _keep_log(register: Register, id_: str, key: str) -> None:
    """Have the log where others find it."""
    log, far = register.log(id_, key), register.workspace.far
    if far is None or not log.exists():
        return
    sys.stdout.flush()
    sys.stderr.flush()
    with tempfile.TemporaryDirectory(prefix="nbflow-log-") as folder:
        # a file that is being written to is sent as it is now
        copy = shutil.copyfile(log, Path(folder) / log.name)
        with contextlib.suppress(OSError):
            far.put_file(log.relative_to(register.workspace.root).as_posix(), copy)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
