"""Processes that start in no time: forks of one that has imported nbflow, or IPython and nbflow, already.

Starting Python and importing takes most of the time of a short command, and all of that of a kernel's start. What is
run here is a process of its own all the same, with its own environment, folder, streams and exit code, and all that it
starts is real. What a cold start does is the business of `Terminal.start` and `FlowTerminal.start`, of kernels that are
restarted, and of all that Jupyter, papermill and nbflow itself start.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

#: what `python flow.py …` and `nbflow …` come to import
COMMANDS = (
    "nbflow.client",
    "nbflow.frontends.classes.resuming",
    "nbflow.frontends.classes.running",
    "nbflow.frontends.classes.spinning",
    "nbflow.frontends.cli.check",
    "nbflow.frontends.cli.resume",
    "nbflow.frontends.cli.run",
    "nbflow.frontends.cli.show",
    "nbflow.frontends.flowspec.terminal.check",
    "nbflow.frontends.flowspec.terminal.dump",
    "nbflow.frontends.flowspec.terminal.logs",
    "nbflow.frontends.flowspec.terminal.main",
    "nbflow.frontends.flowspec.terminal.resume",
    "nbflow.frontends.flowspec.terminal.run",
    "nbflow.frontends.flowspec.terminal.running",
    "nbflow.frontends.flowspec.terminal.show",
    "nbflow.frontends.flowspec.terminal.spin",
    "nbflow.frontends.flowspec.terminal.tag",
    "nbflow.frontends.flowspec.terminal.tag_list",
)
#: what a kernel with the extension comes to import, but ipywidgets, which looks for its kernel when it is imported
KERNELS = (
    "IPython.core.completerlib",
    "ipykernel.debugger",
    "ipykernel.ipkernel",
    "ipykernel.kernelapp",
    "nbflow.frontends.magics",
    "nbflow.frontends.magics.recall",
    "nbflow.frontends.magics.verbs.run",
    "nbflow.metadata.sqlite",
    "psutil",
    "psygnal",
    "tornado.platform.asyncio",
)
#: what papermill comes to import: three seconds of work
PAPERMILL = ("papermill.cli", "nbformat.v4", "jupyter_client.asynchronous")

_START = (
    "import sys; sys.path.insert(0, sys.argv[1]); import warm_server; "
    "exec(warm_server.become(warm_server.serve(int(sys.argv[2]), *sys.argv[3:])) or '')"
)
#: variables that Python reads when it starts, of which a fork would not hear
_READ_AT_START = ("PYTHON", "LC_", "LANG")
_HEEDED = frozenset({"PYTHONDONTWRITEBYTECODE"})
#: the environment of the process that is forked: as it was before any test changed it
_ENVIRONMENT = dict(os.environ)


class _Server:
    """The process that is forked, and our end of its socket."""

    def __init__(self, modules: Sequence[str]) -> None:
        self._lock = threading.Lock()
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-c", _START, str(Path(__file__).parent), str(theirs.fileno()), *modules],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                # pipes, as each command has: Python makes its streams for what they are at first
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                env=_ENVIRONMENT,
                cwd="/",
            )
        self.pid = self._process.pid
        atexit.register(self.close)

    def ask(self, document: bytes, fds: Sequence[int]) -> None:
        with self._lock:
            socket.send_fds(self._socket, [document], fds)

    def close(self) -> None:
        self._socket.close()
        self._process.communicate(timeout=60)


@cache
def server(modules: Sequence[str]) -> _Server:
    """Return the process of this test run that has imported `modules`."""
    return _Server(modules)


def fits(environment: Mapping[str, str]) -> bool:
    """Whether a fork is what a new process with this environment would be."""
    names = _ENVIRONMENT.keys() | environment.keys()
    differing = (name for name in names if _ENVIRONMENT.get(name) != environment.get(name))
    return not any(name.startswith(_READ_AT_START) and name not in _HEEDED for name in differing)


class Process:
    """A process that was forked; as far as it goes it is used like a Popen."""

    stdin = stdout = stderr = None

    def __init__(
        self,
        modules: Sequence[str],
        what: Mapping[str, str],
        words: Sequence[str],
        *,
        cwd: Path,
        env: Mapping[str, str],
        streams: Sequence[int],
        session: bool = False,
    ) -> None:
        document = {**what, "words": list(words), "cwd": str(cwd), "env": dict(env), "session": session}
        ours, theirs = os.pipe()
        with open(os.devnull, "rb") as nothing:  # noqa: PTH123
            server(modules).ask(json.dumps(document).encode(), [nothing.fileno(), *streams, theirs])
        os.close(theirs)
        self._report = os.fdopen(ours)
        self.pid = int(self._report.readline())
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """Return the exit code; None: it runs."""
        return self._ended(0)

    def wait(self, timeout: float | None = None) -> int:
        """Wait until it has ended and return the exit code. Raises TimeoutExpired after `timeout` seconds."""
        code = self._ended(timeout)
        if code is None:
            raise subprocess.TimeoutExpired(str(self.pid), timeout or 0)
        return code

    def _ended(self, timeout: float | None) -> int | None:
        if self.returncode is None and select.select([self._report], [], [], timeout)[0]:
            self.returncode = int(self._report.readline())
            self._report.close()
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send it a signal; nothing when it has ended."""
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def kill(self) -> None:
        """Kill it."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)


def run(
    words: Sequence[str],
    *,
    cwd: Path,
    env: Mapping[str, str],
    timeout: float,
    file: Path | None = None,
    module: str = "nbflow.frontends.cli.main",
    modules: Sequence[str] = COMMANDS,
) -> subprocess.CompletedProcess[str]:
    """Do what `python FILE WORDS` does, or without a file `python -m MODULE WORDS`, and return how it went.

    Args:
        words: what follows.
        cwd: its working directory.
        env: its environment.
        timeout: seconds that it may take.
        file: a file of Python.
        module: without a file; `nbflow` if not given.
        modules: what is imported already.

    Raises:
        TimeoutExpired: it did not end in time; it was killed.
    """
    what = {"file": str(file)} if file else {"module": module}
    (out, their_out), (err, their_err) = os.pipe(), os.pipe()
    deadline = time.monotonic() + timeout
    try:
        process = Process(modules, what, words, cwd=cwd, env=env, streams=[their_out, their_err])
    finally:
        os.close(their_out)
        os.close(their_err)
    with (
        os.fdopen(out, encoding="utf-8") as told,
        os.fdopen(err, encoding="utf-8") as said,
        ThreadPoolExecutor(2) as two,
    ):
        texts = [two.submit(stream.read) for stream in (told, said)]
        try:
            code = process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            raise
        return subprocess.CompletedProcess(list(words), code, *(each.result() for each in texts))
