"""The clean process that workers are forked from: `python -m nbflow.task.zygote FD`.

It has one thread for life, imports installed packages ahead of the tasks and never runs a flow's code. Messages on
the socket FD (AF_UNIX, SOCK_SEQPACKET) are JSON objects:

    to it     {"preload": [modules], "rich": bool} · {"task": n} with the descriptors of spec, stdout, stderr and
              result pipe · {"drop": n}: the task need not be started any more · {"bye": 1}
    from it   {"ready": 1} · {"preloaded": [modules], "failed": {module: why}} · {"started": n, "pid": p}
              · {"exit": n, "status": exit code, or minus the signal, "peak": bytes of memory it had at most},
              sent when no process of the task is left

When whoever started it is gone (end of the socket, or another parent) it kills all workers and what they left, and
ends. It does that, reaps and drops tasks while it imports, too (nbflow.task.meanwhile).
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import select
import signal
import socket
import sys
import warnings
from collections.abc import Sequence
from typing import Any, NoReturn

from nbflow.task import display, fresh, kin, process, worker
from nbflow.task.failures import could_not_start
from nbflow.task.inbox import DESCRIPTORS, Inbox, close
from nbflow.task.meanwhile import Meanwhile
from nbflow.task.preload import Preloaded, preload, settle
from nbflow.task.report import BROKEN, Report

#: seconds between looks at who the parent is: a process that the kernel forked may hold the socket open
_TICK = 1.0
#: seconds after which an import is given up: the tasks that were ordered after it wait for it
LONGEST_IMPORT = 180.0
_AGAIN = "import sys; sys.path += filter(None, [sys.argv[1]]); from nbflow.task.zygote import main; main(int(sys.argv[2]), sys.argv[3])"
_FATAL = (signal.SIGTERM, signal.SIGHUP)
_HANDLED = (signal.SIGCHLD, signal.SIGALRM, signal.SIGINT, *_FATAL)


class Zygote:
    """Forks workers, reaps them, and leaves nothing of them behind."""

    def __init__(self, fd: int, state: dict[str, Any], environment: dict[str, str]) -> None:
        self._socket = socket.socket(fileno=fd)
        self._inbox = Inbox(self._socket, state.get("inbox", ()))
        self._meanwhile = Meanwhile(self._attend, LONGEST_IMPORT)
        self._environment = environment
        self._pid = os.getpid()
        self._starter = int(environment.get("NBFLOW_PARENT") or os.getppid())
        #: pid → number of its task
        self._workers: dict[int, int] = {int(pid): task for pid, task in state.get("workers", {}).items()}
        self._modules: list[str] = []
        self._banned: dict[str, str] = state.get("banned", {})
        self._rich: bool = state.get("rich", False)
        self._wakened, self._waker = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)

    def run(self, again: dict[str, Any] | None) -> NoReturn:
        """Serve until told to end; `again`: the preload during which this process had to be replaced."""
        os.set_inheritable(self._socket.fileno(), False)
        kin.show_as("nbflow-zygote")
        kin.brand(self._environment.get(kin.BROOD, ""))
        kin.adopt_orphans()
        kin.go_on_when_orphaned()
        self._listen_to_signals()
        # what was imported is no garbage; _START of nbflow.backends.zygote kept the collector from looking
        gc.freeze()
        gc.enable()
        if again is None:
            self._say(ready=1)
        else:
            self._modules = again["modules"]
            self._import(self._modules)
            self._preload(again["asked"])
            self._reap()
        while True:
            while self._inbox:
                self._obey(*self._inbox.open())
            ready, _, _ = select.select([self._socket.fileno(), self._wakened], [], [], _TICK)
            if os.getppid() != self._starter:
                self._end()
            if self._wakened in ready and not self._drain().isdisjoint(_FATAL):
                self._end()
            if self._wakened in ready or not ready:
                self._reap()
            if self._socket.fileno() in ready and not self._inbox.receive():
                self._end()

    # ---- messages

    def _obey(self, message: dict[str, Any], fds: list[int]) -> None:
        if "task" in message:
            self._task(message["task"], fds)
        elif "preload" in message:
            self._rich = self._rich or message.get("rich", False)
            self._preload(message["preload"])
        elif "bye" in message:
            self._end()

    def _attend(self) -> None:
        """Do, in the middle of an import, what does not wait."""
        if os.getppid() != self._starter or not self._drain().isdisjoint(_FATAL) or not self._inbox.receive_all():
            self._end()
        for number in self._inbox.drop_orders():
            self._say(exit=number, status=-signal.SIGTERM, peak=0)
        # what the import itself started is in the group of this process
        self._reap(sparing=os.getpgrp())

    def _say(self, **message: Any) -> None:
        try:
            self._socket.send(json.dumps(message).encode())
        except OSError:
            self._end()

    # ---- preloading

    def _preload(self, modules: list[str]) -> None:
        result = self._import(modules)
        if result.spoiler is not None:
            self._begin_again(modules, result.spoiler, result.failed[result.spoiler])
        self._modules.extend(name for name in result.modules if name not in self._modules)
        self._listen_to_signals()
        # of a worker that ended while a module had signals to itself nothing was heard
        self._reap()
        self._say(preloaded=result.modules, failed=result.failed)

    def _import(self, modules: list[str]) -> Preloaded:
        with self._meanwhile.going_on():
            if self._rich:
                display.prepare()
            result = preload(modules, self._banned, self._meanwhile.limited)
            if self._rich and result.spoiler is None:
                display.prepare_figures()
                settle()
        return result

    def _begin_again(self, asked: list[str], spoiler: str, reason: str) -> NoReturn:
        """Become a fresh interpreter in this very process: same children, same socket, without the spoiler."""
        state = {
            "workers": self._workers,
            "banned": {**self._banned, spoiler: reason},
            "rich": self._rich,
            "inbox": self._inbox.hand_over(),
            "again": {"modules": self._modules, "asked": asked},
        }
        command = [sys.executable, "-c", _AGAIN, fresh.folder(), str(self._socket.fileno()), json.dumps(state)]
        os.execve(sys.executable, command, self._environment)  # noqa: S606 - our own interpreter, no shell

    # ---- workers

    def _task(self, number: int, fds: Sequence[int]) -> None:
        if len(fds) != DESCRIPTORS:
            # the limit of open files cut them off: nobody can be told but by the exit
            close(fds)
            self._say(exit=number, status=1, peak=0)
            return
        # a handler of ours must not run in the child: it writes into a pipe that is ours too
        signal.pthread_sigmask(signal.SIG_BLOCK, _HANDLED)
        try:
            pid = os.fork()
        except OSError as error:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, _HANDLED)
            with contextlib.suppress(OSError):
                Report(fds[3]).say(failed=could_not_start(f"it cannot be forked: {error.strerror}").to_json())
            close(fds[:3])
            self._say(exit=number, status=1, peak=0)
            return
        if pid == 0:
            self._become_worker(number, fds)
        with contextlib.suppress(OSError):
            # both sides do it: whoever is first, the group exists when either goes on
            os.setpgid(pid, pid)
        self._workers[pid] = number
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _HANDLED)
        close(fds)
        self._say(started=number, pid=pid)

    def _become_worker(self, number: int, fds: Sequence[int]) -> NoReturn:
        status = BROKEN
        try:
            kin.show_as("nbflow-load")
            os.setpgid(0, 0)
            kin.die_with(self._pid)
            kin.adopt_orphans()
            kin.be_expendable()
            _forget_signals()
            self._inbox.let_go()
            os.close(self._wakened)
            os.close(self._waker)
            spec, out, err, result = fds
            nothing = os.open("/dev/null", os.O_RDONLY)
            for ours, standard in ((nothing, 0), (out, 1), (err, 2)):
                os.dup2(ours, standard)
                os.close(ours)
            os.environ[kin.MARK] = f"{self._pid}.{number}"
            status = worker.main(spec, result, fresh.begin)
        except BaseException as error:
            # with as little of Python as there is: the body may have broken its streams, builtins and modules
            sys.stderr = sys.__stderr__
            sys.__excepthook__(error.__class__, error, error.__traceback__)
        finally:
            os._exit(status)

    def _reap(self, sparing: int | None = None) -> None:
        """Say which workers ended, when nothing of them is left; no child of the group `sparing` is touched."""
        ended = [pid for pid in self._workers if _has_ended(pid)]
        numbers = [self._workers[pid] for pid in ended]
        # before they are waited for: until then nobody else can have the numbers of their groups
        for pid in ended:
            kin.end_group(pid)
        results = [kin.wait_for(pid) for pid in ended]
        for pid in ended:
            del self._workers[pid]
        kin.end_children(keep=self._workers, sparing=sparing)
        for number, (status, peak) in zip(numbers, results, strict=True):
            self._say(exit=number, status=status, peak=peak)

    def _end(self) -> NoReturn:
        for pid in self._workers:
            kin.end_group(pid)
        kin.end_children()
        os._exit(0)

    # ---- signals

    def _listen_to_signals(self) -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        for number in _FATAL:
            signal.signal(number, lambda *_: None)
        self._meanwhile.listen()
        signal.set_wakeup_fd(self._waker, warn_on_full_buffer=False)

    def _drain(self) -> set[int]:
        heard: set[int] = set()
        with contextlib.suppress(BlockingIOError):
            while data := os.read(self._wakened, 4096):
                heard.update(data)
        return heard


def _has_ended(pid: int) -> bool:
    """Whether the child has ended; it is not waited for."""
    try:
        return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
    except ChildProcessError:
        # a module that was imported has waited for it
        return True


def _forget_signals() -> None:
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGCHLD, signal.SIGALRM, *_FATAL):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _HANDLED)


def main(fd: int, state: str = "{}") -> NoReturn:
    """Serve on the socket `fd`; `state` is what an earlier image of this process handed over."""
    environment = dict(os.environ)
    if not sys.flags.safe_path:
        # the folder this process was started in: modules there are the flow's
        del sys.path[0]
    os.environ.pop("NBFLOW_PARENT", None)
    os.environ.setdefault("MPLBACKEND", display.INLINE)
    # its default in a process of its own writes all of plotly.js, 4 MB, beside the first figure
    os.environ.setdefault("PLOTLY_RENDERER", "plotly_mimetype")
    process.write_at_once()
    # of threads that are known to survive a fork (see preload)
    warnings.filterwarnings("ignore", message=r".*use of fork\(\)", category=DeprecationWarning)
    known = json.loads(state)
    Zygote(fd, known, environment).run(known.get("again"))


if __name__ == "__main__":
    main(int(sys.argv[1]), *sys.argv[2:3])
