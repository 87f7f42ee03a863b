"""The scheduler's host in a process: a daemon thread with its own selector loop.

Never the kernel's own loop, which makes no progress while a cell runs. Commands come in through a queue and a pipe;
nothing here prints. One engine serves any number of runs.
"""

from __future__ import annotations

import contextlib
import heapq
import os
import queue
import selectors
import threading
import time
import traceback
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from nbflow.errors import raise_for
from nbflow.runtime.conduct import Conductor
from nbflow.runtime.handle import RunHandle
from nbflow.runtime.ports import Backend
from nbflow.runtime.request import RunRequest
from nbflow.runtime.stimuli import Alarm, CancelAsked, Stimulus, WorkerExited, WorkerSaid
from nbflow.workspace import Workspace

#: seconds between signs of life of running runs
HEARTBEAT = 5.0


class Engine:
    """Runs flows of one process.

    Responsibilities: the thread, its clock and its descriptors; which run a worker's report belongs to. What a run
    does next is its conductor's matter.
    """

    def __init__(self, workspace: Workspace, backend: Backend) -> None:
        self.workspace = workspace
        self._backend = backend
        self._calls: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._bell, self._ring = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
        self._alarms: list[tuple[float, int, Conductor, tuple[str, int]]] = []
        self._flights: dict[int, tuple[Conductor, int]] = {}
        self._conductors: list[Conductor] = []
        self._numbers = 0
        self._closed = False
        self._thread = threading.Thread(target=self._loop, name="nbflow-engine", daemon=True)
        self._thread.start()

    # ---- any thread

    @property
    def alive(self) -> bool:
        """It still takes runs."""
        return self._thread.is_alive() and not self._closed

    def preload(self, modules: Iterable[str], *, rich: bool = False) -> None:
        """Let workers find `modules` imported already."""
        wanted = tuple(modules)
        self._call(lambda: self._backend.preload(wanted, rich=rich))

    def start(self, request: RunRequest) -> RunHandle:
        """Begin the run and return at once."""
        conductor = Conductor(request, self.workspace, self)
        self._call(lambda: self._begin(conductor))
        return conductor.handle

    def cancel(self, conductor: Conductor, *, kill: bool) -> None:
        """Ask a run to stop."""
        self._call(lambda: self._feed(conductor, CancelAsked(kill)))

    def close(self) -> None:
        """Kill what runs, wait until no process is left, and end the thread."""
        if self._thread.is_alive():
            self._call(self._shut)
            self._thread.join(timeout=10)

    def _call(self, work: Callable[[], None]) -> None:
        if not self._thread.is_alive():
            raise_for("R012", message="it was closed", detail="")
        self._calls.put(work)
        with contextlib.suppress(BlockingIOError):
            os.write(self._ring, b"!")

    # ---- the thread

    def _loop(self) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(self._bell, selectors.EVENT_READ, self._answer)
            self._backend.attach(selector, self)
            while not self._closed:
                for key, _ in selector.select(self._patience()):
                    # one batch may close a descriptor that a later entry of it names
                    if selector.get_map().get(key.fd) is key:
                        self._guarded(key.data)
                self._guarded(self._ring_alarms)
                for conductor in list(self._conductors):
                    self._guarded(conductor.write)
        os.close(self._bell)
        os.close(self._ring)

    def _guarded(self, work: Callable[[], None]) -> None:
        """Run `work`; an exception of ours ends the runs with an error instead of leaving someone waiting."""
        try:
            work()
        except Exception as exception:  # noqa: BLE001 - whatever it is, nobody may wait forever
            detail = traceback.format_exc()
            for conductor in list(self._conductors):
                conductor.abandon(repr(exception), detail)
            self._conductors.clear()
            self._stop_all()

    def _patience(self) -> float | None:
        if not self._alarms:
            return HEARTBEAT if self._conductors else None
        return max(0.0, min(self._alarms[0][0] - time.monotonic(), HEARTBEAT))

    def _answer(self) -> None:
        with contextlib.suppress(BlockingIOError):
            os.read(self._bell, 65536)
        while not self._calls.empty():
            self._calls.get()()

    def _begin(self, conductor: Conductor) -> None:
        self._conductors.append(conductor)
        conductor.start()

    def _feed(self, conductor: Conductor, stimulus: Stimulus) -> None:
        if conductor in self._conductors:
            conductor.feed(stimulus)

    def _ring_alarms(self) -> None:
        now = time.monotonic()
        while self._alarms and self._alarms[0][0] <= now:
            _, _, conductor, token = heapq.heappop(self._alarms)
            self._feed(conductor, Alarm(token))
        for conductor in self._conductors:
            conductor.beat(HEARTBEAT)

    def _stop_all(self) -> None:
        for number in list(self._flights):
            self._backend.stop(number, kill=True)

    def _shut(self) -> None:
        for conductor in list(self._conductors):
            conductor.feed(CancelAsked(kill=True))
            conductor.write()
        self._backend.close()
        for conductor in list(self._conductors):
            conductor.abandon("the process that ran it ended", "")
        self._closed = True

    # ---- for conductors

    def fly(self, conductor: Conductor, number: int, start: Callable[[Backend, int], None]) -> None:
        """Give the conductor's flight a number of the engine's own and let `start` launch it."""
        self._numbers += 1
        self._flights[self._numbers] = (conductor, number)
        start(self._backend, self._numbers)

    def stop(self, conductor: Conductor, number: int, *, kill: bool) -> None:
        """End the worker of the conductor's flight."""
        for mine, flight in self._flights.items():
            if flight == (conductor, number):
                self._backend.stop(mine, kill=kill)

    def wake(self, conductor: Conductor, seconds: float, token: tuple[str, int]) -> None:
        """Send the conductor Alarm(token) after `seconds`."""
        self._numbers += 1
        heapq.heappush(self._alarms, (time.monotonic() + seconds, self._numbers, conductor, token))

    def over(self, conductor: Conductor) -> None:
        """The conductor's run has ended."""
        self._conductors.remove(conductor)

    # ---- Report: what the backend tells us

    def started(self, number: int, pid: int) -> None:
        """Pass on that a worker runs."""
        if number in self._flights:
            conductor, flight = self._flights[number]
            conductor.worker_started(flight, pid)

    def said(self, number: int, message: Mapping[str, Any]) -> None:
        """Pass on a worker's message."""
        if number in self._flights:
            conductor, flight = self._flights[number]
            self._feed(conductor, WorkerSaid(flight, message))

    def exited(self, number: int, status: int) -> None:
        """Pass on that a worker is gone."""
        if number in self._flights:
            conductor, flight = self._flights.pop(number)
            conductor.worker_exited(flight)
            self._feed(conductor, WorkerExited(flight, status))

    def broke(self, message: str) -> None:
        """End every run: nothing will report any more."""
        self._flights.clear()
        for conductor in list(self._conductors):
            conductor.abandon(message, "")
        self._conductors.clear()
