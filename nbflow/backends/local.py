"""Tasks on this machine: one worker process each, forked from a zygote.

The zygote (nbflow.task.zygote) is a clean process of its own session, so neither an interrupt of the kernel nor a
terminal's Ctrl-C reaches it; it ends when this process does. A fork costs a millisecond or two where a fresh
interpreter costs hundreds.
"""

from __future__ import annotations

import array
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from selectors import EVENT_READ, BaseSelector
from typing import Any

from nbflow.backends.zygote import Zygote, spawn
from nbflow.errors import raise_for
from nbflow.model.task import TaskSpec
from nbflow.runtime.ports import Report

_PACKET = 1 << 16


class _Flight:
    """The pipe on which one worker speaks."""

    def __init__(self, pipe: int) -> None:
        self.pipe = pipe
        self.rest = b""
        self.pid: int | None = None
        #: a stop that came before the worker's pid was known
        self.pending: signal.Signals | None = None

    def messages(self) -> tuple[list[dict[str, Any]], bool]:
        """Return what was said since the last call, and whether the pipe is at its end."""
        ended = False
        while True:
            try:
                data = os.read(self.pipe, 1 << 20)
            except BlockingIOError:
                break
            if not data:
                ended = True
                break
            self.rest += data
        *lines, self.rest = self.rest.split(b"\n")
        return [json.loads(line) for line in lines if line], ended


class LocalBackend:
    """Workers on this machine."""

    def __init__(self, zygote: Zygote | None = None) -> None:
        if zygote is None and not sys.platform.startswith("linux"):
            raise_for("R013", message=f"the system is {sys.platform}")
        #: one that was started ahead
        self._first = zygote
        self._flights: dict[int, _Flight] = {}
        self._preloaded: dict[str, None] = {}
        self._rich = False
        self._ready = False
        self._closing = False

    # ---- Backend

    def attach(self, selector: BaseSelector, report: Report) -> None:
        """Start the zygote and listen to it through `selector`."""
        self._selector = selector
        self._report = report
        self._adopt(self._first or spawn())
        self._first = None

    def preload(self, modules: Iterable[str], *, rich: bool) -> None:
        """Have the zygote import `modules` that it has not imported yet."""
        new = [name for name in modules if name not in self._preloaded]
        if not new and (self._rich or not rich):
            return
        self._preloaded.update(dict.fromkeys(new))
        self._rich = self._rich or rich
        self._send({"preload": new, "rich": rich})

    def launch(self, number: int, spec: TaskSpec, stdout: Path, stderr: Path) -> None:
        """Hand the zygote the spec and the descriptors of a new worker."""
        told = os.memfd_create("nbflow-spec", os.MFD_CLOEXEC)
        reader, writer = os.pipe2(os.O_CLOEXEC)
        fds = [told, _log(stdout), _log(stderr), writer]
        try:
            with open(told, "wb", closefd=False) as file:
                file.write(json.dumps(spec.to_json()).encode())
            os.lseek(told, 0, os.SEEK_SET)
            rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", fds))]
            self._socket.sendmsg([json.dumps({"task": number}).encode()], rights)
        finally:
            for fd in fds:
                os.close(fd)
        os.set_blocking(reader, False)
        flight = self._flights[number] = _Flight(reader)
        self._selector.register(reader, EVENT_READ, lambda: self._listen(number, flight))

    def stop(self, number: int, *, kill: bool) -> None:
        """Send SIGTERM or SIGKILL to the worker's whole process group."""
        flight = self._flights.get(number)
        if flight is None:
            return
        wanted = signal.SIGKILL if kill else signal.SIGTERM
        if flight.pid is None:
            flight.pending = wanted
        else:
            _signal_group(flight.pid, wanted)

    def close(self) -> None:
        """Say goodbye to the zygote, which kills what is left, and wait for it."""
        self._closing = True
        with contextlib.suppress(OSError):
            self._selector.unregister(self._socket)
        with contextlib.suppress(OSError):
            self._send({"bye": 1})
        self._socket.close()
        try:
            self._zygote.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._zygote.kill()
            self._zygote.wait()

    # ---- the zygote

    def _adopt(self, zygote: Zygote) -> None:
        self._zygote, self._socket = zygote.process, zygote.socket
        self._ready = False
        self._selector.register(self._socket, EVENT_READ, self._hear)
        if self._preloaded or self._rich:
            self._send({"preload": list(self._preloaded), "rich": self._rich})

    def _send(self, message: dict[str, Any]) -> None:
        self._socket.send(json.dumps(message).encode())

    def _hear(self) -> None:
        try:
            data = self._socket.recv(_PACKET)
        except ConnectionError:
            data = b""
        if not data:
            self._fallen()
            return
        message = json.loads(data)
        if "ready" in message:
            self._ready = True
        elif "started" in message:
            self._started(message["started"], message["pid"])
        elif "exit" in message:
            self._exited(message["exit"], message["status"])

    def _started(self, number: int, pid: int) -> None:
        flight = self._flights[number]
        flight.pid = pid
        self._report.started(number, pid)
        if flight.pending is not None:
            _signal_group(pid, flight.pending)

    def _exited(self, number: int, status: int) -> None:
        flight = self._flights.pop(number)
        # do not wait for the pipe's end: a grandchild may hold it open
        messages, _ = flight.messages()
        self._forget(flight)
        for message in messages:
            self._report.said(number, message)
        self._report.exited(number, status)

    def _listen(self, number: int, flight: _Flight) -> None:
        messages, ended = flight.messages()
        if ended:
            self._selector.unregister(flight.pipe)
        for message in messages:
            self._report.said(number, message)

    def _forget(self, flight: _Flight) -> None:
        with contextlib.suppress(KeyError):
            self._selector.unregister(flight.pipe)
        os.close(flight.pipe)

    def _fallen(self) -> None:
        """The zygote is gone and its workers with it: start another, so that the next attempts find one."""
        self._selector.unregister(self._socket)
        self._socket.close()
        status = self._zygote.wait()
        if self._closing:
            return
        if not self._ready:
            self._report.broke(f"its worker process could not start (exit code {status})")
            return
        fallen, self._flights = self._flights, {}
        self._adopt(spawn())
        for number, flight in fallen.items():
            self._forget(flight)
            self._report.exited(number, -signal.SIGKILL)


def _log(path: Path) -> int:
    return os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC | os.O_APPEND | os.O_CLOEXEC, 0o644)


def _signal_group(pid: int, wanted: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, wanted)
