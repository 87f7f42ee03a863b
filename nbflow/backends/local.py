"""Tasks on this machine: one worker process each, forked from a zygote.

The zygote (nbflow.task.zygote) is a clean process of its own session, so neither an interrupt of the kernel nor a
terminal's Ctrl-C reaches it; it ends when this process does. A fork costs a millisecond or two where a fresh
interpreter costs hundreds.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from selectors import EVENT_READ, BaseSelector
from typing import Any

from nbflow.backends.flight import Flight
from nbflow.backends.outbox import Outbox
from nbflow.backends.shortage import Kills, why_killed
from nbflow.backends.zygote import Zygote, spawn
from nbflow.errors import raise_for
from nbflow.model.task import TaskSpec
from nbflow.runtime.ports import Report
from nbflow.runtime.request import RunRequest
from nbflow.task import kin

_PACKET = 1 << 18
#: seconds for a zygote to kill what is left and end
_PATIENCE = 10.0
_FALSE_STARTS = 2
_FELL = "the process it was forked from was killed: by the body itself, or from outside"
_GARBLED = "the body wrote into the descriptor on which its result is told; write only to what the body opened"


class LocalBackend:
    """Workers on this machine."""

    def __init__(self, zygote: Zygote | None = None) -> None:
        if zygote is None and not sys.platform.startswith("linux"):
            raise_for("R013", message=f"the system is {sys.platform}")
        #: one that was started ahead
        self._first = zygote
        self._flights: dict[int, Flight] = {}
        #: modules that were asked for, and those of them that a zygote could import without harm
        self._asked: dict[str, None] = {}
        self._imported: dict[str, None] = {}
        self._rich = False
        #: zygotes in a row that ended before they were ready
        self._false_starts = 0
        self._kills = Kills()
        #: their number when the oldest of the workers was ordered
        self._kills_before = 0
        self._closed = False

    # ---- Backend

    def check(self, request: RunRequest) -> None:
        """Every task can run here."""

    def attach(self, selector: BaseSelector, report: Report) -> None:
        """Start the zygote and listen to it through `selector`."""
        self._selector = selector
        self._report = report
        self._adopt(self._first or spawn())
        self._first = None

    def preload(self, modules: Iterable[str], *, rich: bool) -> None:
        """Have the zygote import `modules` that it has not imported yet."""
        new = [name for name in modules if name not in self._asked]
        if not new and (self._rich or not rich):
            return
        self._asked.update(dict.fromkeys(new))
        self._rich = self._rich or rich
        self._outbox.put({"preload": new, "rich": rich})

    def launch(self, number: int, spec: TaskSpec, stdout: Path, stderr: Path) -> None:
        """Hand the zygote the spec and the descriptors of a new worker."""
        if not self._flights:
            self._kills_before = self._kills.count()
        document = json.dumps(spec.to_json()).encode()
        flight = Flight(document, (stdout, stderr), self._order(number, document, (stdout, stderr)))
        self._follow(number, flight)

    def stop(self, number: int, *, kill: bool) -> None:
        """Send SIGTERM or SIGKILL to the worker's whole process group."""
        flight = self._flights.get(number)
        if flight is None:
            return
        flight.stopped = signal.SIGKILL if kill else signal.SIGTERM
        self._rouse()
        if flight.pid is None:
            # it may have to wait for an import; if it started meanwhile it is stopped when that is heard
            self._outbox.put({"drop": number})
        else:
            _signal_group(flight.pid, flight.stopped)

    def leave(self, numbers: Iterable[int]) -> Sequence[str]:  # noqa: ARG002 - of none of them
        """Workers of this machine are gone as soon as they are killed."""
        return ()

    def dismiss(self, jobs: Iterable[str]) -> None:
        """Nothing of it runs elsewhere."""

    def close(self) -> None:
        """Say goodbye to the zygote, which kills what is left, wait for it, and report every worker as gone."""
        if self._closed:
            return
        self._closed = True
        self._outbox.put({"bye": 1})
        self._hang_up()
        try:
            self._zygote.process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self._zygote.process.kill()
            self._bury()
        for number in list(self._flights):
            self._exited(number, -signal.SIGKILL)

    # ---- workers

    def _order(self, number: int, spec: bytes, logs: tuple[Path, Path]) -> int:
        """Order a worker and return the reading end of the pipe on which it will speak. Raises OSError."""
        with contextlib.ExitStack() as opened:

            def owned(fd: int) -> int:
                opened.callback(os.close, fd)
                return fd

            told = owned(os.memfd_create("nbflow-spec", os.MFD_CLOEXEC))
            rest = memoryview(spec)
            while rest:
                rest = rest[os.write(told, rest) :]
            os.lseek(told, 0, os.SEEK_SET)
            out, err = owned(_log(logs[0])), owned(_log(logs[1]))
            reader, writer = os.pipe2(os.O_CLOEXEC)
            os.set_blocking(reader, False)
            self._outbox.put({"task": number}, (told, out, err, owned(writer)), opened.pop_all())
            self._rouse()
        return reader

    def _follow(self, number: int, flight: Flight) -> None:
        self._flights[number] = flight
        self._selector.register(flight.pipe, EVENT_READ, lambda: self._listen(number, flight))

    def _order_again(self, number: int, flight: Flight, order: tuple[bytes, tuple[Path, Path]]) -> None:
        self._forget(flight)
        flight.pipe = self._order(number, *order)
        self._follow(number, flight)

    def _started(self, number: int, pid: int) -> None:
        flight = self._flights[number]
        flight.pid, flight.order = pid, None
        self._report.started(number, pid)
        if flight.stopped is not None:
            _signal_group(pid, flight.stopped)

    def _exited(self, number: int, status: int, peak: int = 0, why: str = "") -> None:
        flight = self._flights.pop(number)
        # do not wait for the pipe's end: a grandchild may hold it open
        messages, _ = flight.messages(most=None)
        self._forget(flight)
        for message in messages:
            self._report.said(number, message)
        if flight.garbled:
            why = _GARBLED
        elif status == -signal.SIGKILL and peak and flight.stopped is None:
            why = why_killed(peak, counted=self._kills.count() > self._kills_before)
        self._report.exited(number, status, why)

    def _listen(self, number: int, flight: Flight) -> None:
        messages, ended = flight.messages()
        if ended:
            self._selector.unregister(flight.pipe)
            self._rouse()
        for message in messages:
            self._report.said(number, message)

    def _forget(self, flight: Flight) -> None:
        with contextlib.suppress(KeyError):
            self._selector.unregister(flight.pipe)
        os.close(flight.pipe)

    # ---- the zygote

    def _adopt(self, zygote: Zygote) -> None:
        self._zygote = zygote
        zygote.socket.setblocking(False)
        self._outbox = Outbox(zygote.socket, self._selector, self._hear)
        if self._imported or self._rich:
            self._outbox.put({"preload": list(self._imported), "rich": self._rich})

    def _hear(self) -> None:
        """Take in all that is there: what comes together is recorded in one go."""
        self._outbox.flush()
        zygote = self._zygote
        while not self._closed and zygote is self._zygote:
            try:
                data = zygote.socket.recv(_PACKET)
            except BlockingIOError:
                return
            except ConnectionError:
                data = b""
            if data:
                self._take(json.loads(data))
            else:
                self._fallen()

    def _take(self, message: dict[str, Any]) -> None:
        if "ready" in message:
            self._false_starts = 0
        elif "started" in message:
            self._started(message["started"], message["pid"])
        elif "exit" in message:
            self._exited(message["exit"], message["status"], message["peak"])
        elif "preloaded" in message:
            self._imported.update(dict.fromkeys(message["preloaded"]))

    def _fallen(self) -> None:
        """The zygote is gone: end what it left and start another, so that the next attempts find one."""
        self._hang_up()
        served = not self._false_starts
        self._false_starts += 1
        status = self._bury()
        if self._false_starts > _FALSE_STARTS:
            self._closed = True
            while self._flights:
                self._forget(self._flights.popitem()[1])
            self._report.broke(f"its worker process could not start (exit code {status})")
            return
        fallen, self._flights = self._flights, {}
        # without the modules it was importing, which may be what it fell over
        self._adopt(spawn(self._zygote.python))
        for number, flight in fallen.items():
            self._flights[number] = flight
            if flight.order is None or flight.stopped is not None or (served and flight.falls):
                self._exited(number, -signal.SIGKILL, why=_FELL)
            else:
                self._order_again(number, flight, flight.order)
                flight.falls += served

    def _bury(self) -> int:
        """Wait for the zygote that fell and kill what it could not; return its exit code."""
        status = self._zygote.process.wait()
        kin.end_brood(self._zygote.process.pid, self._zygote.word)
        return status

    def _rouse(self) -> None:
        """Have the zygote go on if a body has stopped it: it could not tell what ends."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(self._zygote.process.pid, signal.SIGCONT)

    def _hang_up(self) -> None:
        self._outbox.close()
        self._zygote.socket.close()


def _log(path: Path) -> int:
    return os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC | os.O_APPEND | os.O_CLOEXEC, 0o644)


def _signal_group(pid: int, wanted: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, wanted)
        # one that is stopped would not hear it
        os.killpg(pid, signal.SIGCONT)
