"""The scheduler's host in a process: a daemon thread with its own selector loop.

Never the kernel's own loop, which makes no progress while a cell runs. Commands come in through a queue and a pipe;
nothing here prints. One engine serves any number of runs.
"""

from __future__ import annotations

import contextlib
import errno
import heapq
import os
import queue
import selectors
import threading
import time
import traceback
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

from nbflow.errors import NbflowError, RunError, error, problem
from nbflow.model.event import Marked, Noticed
from nbflow.runtime.conduct import Conductor
from nbflow.runtime.handle import RunHandle
from nbflow.runtime.ports import Backend, Launcher
from nbflow.runtime.request import RunRequest
from nbflow.runtime.stimuli import Alarm, CancelAsked, Stimulus, WorkerExited, WorkerSaid
from nbflow.task.failures import could_not_start
from nbflow.workspace import Workspace

#: seconds between signs of life of running runs
HEARTBEAT = 5.0
#: seconds between two looks whether another process asked for a run's end
HEED = 0.5
#: seconds for the backend to end its workers
_PATIENCE = 20.0
#: the store cannot be written: no matter of one task
_STORE_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EIO})


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
        #: who waits for the end of this round of the loop
        self._marks: list[RunHandle] = []
        #: runs that cannot go on and whose processes are being killed
        self._dropped: dict[Conductor, NbflowError] = {}
        self._closed = False
        #: held while it is asked for something, and when it closes
        self._lock = threading.Lock()
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
        self._call(lambda: None if self._closed else self._backend.preload(wanted, rich=rich))

    def start(self, request: RunRequest) -> RunHandle:
        """Begin the run and return at once. Raises RunError when tasks of it could not run, before anything is recorded."""
        if self._closed:
            raise _closed()
        self._backend.check(request)
        conductor = Conductor(request, self.workspace, self)
        if not self._call(lambda: self._begin(conductor)):
            conductor.abandon(_closed())
        return conductor.handle

    def cancel(self, conductor: Conductor, *, kill: bool) -> None:
        """Ask a run to stop."""
        self._call(lambda: self._cancel(conductor, kill=kill))

    def mark(self, conductor: Conductor) -> bool:
        """Have a mark among a run's events after all that its workers have said until now; say whether it will come."""
        return self._call(lambda: self._marks.append(conductor.handle))

    def close(self) -> None:
        """Kill what runs, wait until no process is left, and end the thread."""
        self._call(self._shut)
        self._thread.join(_PATIENCE)

    def _call(self, work: Callable[[], None]) -> bool:
        """Have the thread do `work`; say whether it takes work at all."""
        with self._lock:
            if self._closed:
                return False
            self._calls.put(work)
            with contextlib.suppress(BlockingIOError):
                os.write(self._ring, b"!")
            return True

    # ---- the thread

    def _loop(self) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(self._bell, selectors.EVENT_READ, self._answer)
            self._guarded(lambda: self._backend.attach(selector, self))
            while not self._closed:
                self._guarded(partial(self._round, selector))
            self._guarded(self._backend.close)
        os.close(self._bell)
        os.close(self._ring)

    def _round(self, selector: selectors.BaseSelector) -> None:
        for key, _ in selector.select(self._patience()):
            # one batch may close a descriptor that a later entry of it names
            if selector.get_map().get(key.fd) is key:
                self._guarded(key.data)
        # what was said before the bell rang is read in the same round, but maybe after it
        while self._marks:
            self._marks.pop().events.put(Marked())
        self._ring_alarms()
        self._write_what_is_due()

    def _write_what_is_due(self) -> None:
        now = time.monotonic()
        for conductor in list(self._conductors):
            due = conductor.due()
            if due is not None and due <= now:
                self._for(conductor, conductor.write)

    def _guarded(self, work: Callable[[], None]) -> None:
        """Run `work`; an exception of ours ends all runs with an error instead of leaving someone waiting."""
        try:
            work()
        except Exception as exception:  # noqa: BLE001 - whatever it is, nobody may wait forever
            self._fall(_told(exception))

    def _for(self, conductor: Conductor, work: Callable[[], None]) -> None:
        """Run `work` for one run; an exception ends that run with an error, and no other."""
        if conductor not in self._conductors:
            return
        try:
            work()
        except Exception as exception:  # noqa: BLE001 - whatever it is, nobody may wait forever
            self._drop(conductor, _told(exception))

    def _drop(self, conductor: Conductor, error: NbflowError) -> None:
        """End a run that cannot go on: tell it when its last process is gone."""
        self.over(conductor)
        mine = [number for number, (owner, _) in self._flights.items() if owner is conductor]
        if not mine:
            conductor.abandon(error)
            return
        self._dropped[conductor] = error
        for number in mine:
            self._backend.stop(number, kill=True)

    def _fall(self, error: NbflowError) -> None:
        """Nothing can run here any more: end every run and this thread."""
        with self._lock:
            self._closed = True
        with contextlib.suppress(Exception):
            self._backend.close()
        self._flights.clear()
        for conductor in [*self._conductors, *self._dropped]:
            conductor.abandon(error)
        self._conductors.clear()
        self._dropped.clear()
        self._reject_calls()

    def _patience(self) -> float | None:
        awaited = [due for conductor in self._conductors if (due := conductor.due()) is not None]
        if self._alarms:
            awaited.append(self._alarms[0][0])
        if not awaited:
            return HEED if self._conductors else None
        return max(0.0, min(min(awaited) - time.monotonic(), HEED))

    def _answer(self) -> None:
        with contextlib.suppress(BlockingIOError):
            os.read(self._bell, 65536)
        while not self._calls.empty():
            self._guarded(self._calls.get())

    def _begin(self, conductor: Conductor) -> None:
        self._conductors.append(conductor)
        if self._closed:
            self._drop(conductor, _closed())
        else:
            self._for(conductor, conductor.start)

    def _feed(self, conductor: Conductor, stimulus: Stimulus) -> None:
        self._for(conductor, lambda: conductor.feed(stimulus))

    def _cancel(self, conductor: Conductor, *, kill: bool) -> None:
        self._feed(conductor, CancelAsked(kill))
        if kill:
            # asked a second time: nobody waits for a confirmation that may never come
            mine = [number for number, (owner, _) in self._flights.items() if owner is conductor]
            if left := self._backend.leave(mine):
                self._for(conductor, lambda: conductor.leave(left))

    def _ring_alarms(self) -> None:
        now = time.monotonic()
        while self._alarms and self._alarms[0][0] <= now:
            _, _, conductor, token = heapq.heappop(self._alarms)
            self._feed(conductor, Alarm(token))
        for conductor in list(self._conductors):
            self._for(conductor, partial(conductor.beat, HEARTBEAT))
            self._for(conductor, partial(conductor.heed, HEED))

    def _shut(self) -> None:
        with self._lock:
            self._closed = True
        for conductor in list(self._conductors):
            self._feed(conductor, CancelAsked(kill=True))
        # reports every worker as gone, so that each run comes to its end
        self._backend.close()
        for conductor in list(self._conductors):
            self._for(conductor, conductor.write)
        for conductor in list(self._conductors):
            self._drop(conductor, _closed())
        self._reject_calls()

    def _reject_calls(self) -> None:
        """Let what was asked for too late find the engine closed."""
        while not self._calls.empty():
            work = self._calls.get()
            with contextlib.suppress(Exception):
                work()

    # ---- for conductors

    def fly(self, conductor: Conductor, number: int, start: Callable[[Launcher, int], None]) -> None:
        """Give the conductor's flight a number of the engine's own and let `start` launch it."""
        self._numbers += 1
        mine = self._numbers
        self._flights[mine] = (conductor, number)
        try:
            start(self._backend, mine)
        except Exception as failed:
            if not isinstance(failed, OSError) or failed.errno in _STORE_FULL:
                # no matter of this task: it never flew
                del self._flights[mine]
                raise
            # not now: the conductor is in the middle of what its machine decided
            failure = could_not_start(failed.strerror or str(failed)).to_json()
            self._call(lambda: self._not_started(mine, failure))

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
        self._alarms = [alarm for alarm in self._alarms if alarm[2] is not conductor]
        heapq.heapify(self._alarms)

    def dismiss(self, jobs: Iterable[str]) -> None:
        """Have what an earlier run left elsewhere ended, where nobody has taken it over."""
        self._backend.dismiss(jobs)

    def _not_started(self, number: int, failure: dict[str, Any]) -> None:
        self.said(number, {"failed": failure, "manifest": None, "displays": None})
        self.exited(number, 1)

    # ---- Report: what the backend tells us

    def submitted(self, number: int, job: str) -> None:
        """Pass on that a worker is to come."""
        if number in self._flights:
            conductor, flight = self._flights[number]
            self._for(conductor, lambda: conductor.worker_submitted(flight, job))

    def started(self, number: int, pid: int | None) -> None:
        """Pass on that a worker runs."""
        if number in self._flights:
            conductor, flight = self._flights[number]
            self._for(conductor, lambda: conductor.worker_started(flight, pid))

    def said(self, number: int, message: Mapping[str, Any]) -> None:
        """Pass on a worker's message."""
        if number in self._flights:
            conductor, flight = self._flights[number]
            self._feed(conductor, WorkerSaid(flight, message))

    def exited(self, number: int, status: int, why: str = "") -> None:
        """Pass on that a worker is gone."""
        if number not in self._flights:
            return
        conductor, flight = self._flights.pop(number)
        self._for(conductor, lambda: conductor.worker_exited(flight))
        self._feed(conductor, WorkerExited(flight, status, why))
        if conductor in self._dropped and not any(owner is conductor for owner, _ in self._flights.values()):
            conductor.abandon(self._dropped.pop(conductor))

    def noticed(self, numbers: Iterable[int], text: str) -> None:
        """Tell those who watch the runs of these flights."""
        for conductor in dict.fromkeys(self._flights[number][0] for number in numbers if number in self._flights):
            conductor.handle.events.put(Noticed(text))

    def broke(self, message: str) -> None:
        """End every run: nothing will report any more."""
        self._fall(RunError(problem("R012", message=message, detail="")))


def _closed() -> NbflowError:
    return RunError(problem("R012", message="it was closed", detail=""))


def _told(exception: Exception) -> NbflowError:
    """Return what is told of an exception that stops a run from the outside."""
    if isinstance(exception, NbflowError):
        return exception
    if isinstance(exception, OSError) and exception.errno in _STORE_FULL:
        return error([problem("S006", path=exception.filename or "", message=exception.strerror)])
    return RunError(problem("R012", message=repr(exception), detail="".join(traceback.format_exception(exception))))
