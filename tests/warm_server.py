"""A process that `warm` forks others from: it has imported what they come to import, and has done nothing else.

It reads requests from a socket: a document `{"file" | "module", "words", "cwd", "env", "session"}` with four descriptors:
stdin, stdout, stderr, and a pipe on which the new process tells its number, and this one its exit code once it has ended.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import runpy
import select
import signal
import socket
import sys
from importlib.machinery import SourceFileLoader
from types import CodeType
from typing import Any


def serve(fd: int, *modules: str) -> dict[str, Any]:
    """Fork a process for each request. Returns in such a process, with its request, and nowhere else."""
    requests = socket.socket(fileno=fd)
    # ipykernel reads who its parent is when it is imported
    os.environ["JPY_PARENT_PID"] = str(os.getpid())
    for name in modules:
        importlib.import_module(name)
    # pages with what was imported stay shared
    gc.collect()
    gc.freeze()
    wakened, waker = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(waker, warn_on_full_buffer=False)
    reports: dict[int, int] = {}
    while True:
        ready, _, _ = select.select([requests, wakened], [], [])
        if wakened in ready:
            os.read(wakened, 4096)
            _tell_who_ended(reports)
        if requests not in ready:
            continue
        document, fds, _, _ = socket.recv_fds(requests, 1 << 18, 4)
        if not document:
            # whoever asks is gone
            os._exit(0)
        *streams, report = fds
        pid = os.fork()
        if pid == 0:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            signal.signal(signal.SIGINT, signal.default_int_handler)
            requests.close()
            request: dict[str, Any] = json.loads(document)
            if request["session"]:
                os.setsid()
            _say(report, os.getpid())
            for each in (wakened, waker, report, *reports.values()):
                os.close(each)
            for standard, each in enumerate(streams):
                os.dup2(each, standard)
                os.close(each)
            return request
        for each in streams:
            os.close(each)
        reports[pid] = report


def _tell_who_ended(reports: dict[int, int]) -> None:
    for pid in list(reports):
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            report = reports.pop(pid)
            _say(report, os.waitstatus_to_exitcode(status))
            os.close(report)


def _say(report: int, number: int) -> None:
    # whoever asked may have given up
    with contextlib.suppress(BrokenPipeError):
        os.write(report, f"{number}\n".encode())


def become(request: dict[str, Any]) -> CodeType | None:
    """Make this process what `python FILE WORDS` or `python -m MODULE WORDS` begins as.

    Returns the code of the file, for `__main__` to execute; a module is executed here.
    """
    os.environ.clear()
    os.environ.update(request["env"])
    os.chdir(request["cwd"])
    sys.dont_write_bytecode = bool(os.environ.get("PYTHONDONTWRITEBYTECODE"))
    # the folder of this file
    del sys.path[0]
    if "module" in request:
        sys.path[0] = request["cwd"]
        sys.argv = ["", *request["words"]]
        # what `-m` calls
        runpy._run_module_as_main(request["module"])  # type: ignore[attr-defined]
        return None
    file = request["file"]
    sys.argv = [file, *request["words"]]
    sys.path[0] = os.path.dirname(file)  # noqa: PTH120 - pathlib would make "." of nothing
    main = sys.modules["__main__"]
    vars(main).update(__file__=file, __cached__=None, __loader__=SourceFileLoader("__main__", file))
    with open(file, "rb") as source:  # noqa: PTH123
        return compile(source.read(), file, "exec")
