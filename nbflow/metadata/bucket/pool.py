"""A few threads that ask the bucket side by side, and one for what nobody waits for."""

from __future__ import annotations

import atexit
import os
import queue
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import Any, TypeVar

from nbflow.metadata.forking import heed_forks

Given = TypeVar("Given")
Result = TypeVar("Result")

#: requests side by side: an object store answers each in some 30 ms, however many there are
_WIDTH = 16
#: seconds that the end of the process waits for what was put aside: a request that hangs must not hold it up
_LAST_WAIT = 3.0

#: something to do, with its arguments
_Asked = tuple[Callable[..., None], tuple[Any, ...]]


class Pool:
    """Threads that are started when they are first needed, in each process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._opener = 0
        self._many: ThreadPoolExecutor
        #: what the one thread is to do; None: end
        self._waiting: queue.SimpleQueue[tuple[_Asked, Future[None]] | None]
        self._last: Future[None] | None = None
        #: what waits for the one thread
        self._queued: set[_Asked] = set()
        heed_forks(self)

    def forked(self) -> None:
        """Have a lock of its own."""
        self._lock = threading.Lock()

    def many(self, do: Callable[[Given], Result], things: Iterable[Given]) -> list[Result]:
        """Return what `do` makes of each thing, in their order. What one raises is raised."""
        given = list(things)
        if len(given) > 1:
            self._open()
            # at the interpreter's end there are no more threads to be had
            with suppress(RuntimeError):
                return list(self._many.map(do, given))
        return [do(each) for each in given]

    def aside(self, do: Callable[..., None], *arguments: Any) -> None:
        """Do something when there is time, one after the other; what waits already is not done twice.

        Its failure is nobody's: it is asked for again.
        """
        self._open()
        asked: _Asked = (do, arguments)
        with self._lock:
            if asked in self._queued:
                return
            self._queued.add(asked)
            done: Future[None] = Future()
            self._last = done
        self._waiting.put((asked, done))

    def settle(self, within: float | None = None) -> None:
        """Return when all that was put aside so far is done, or after some seconds."""
        last = self._last
        if last is not None and self._opener == os.getpid():
            with suppress(TimeoutError):
                last.exception(within)

    def close(self) -> None:
        """Finish what was put aside, and let the threads go; the next use starts others."""
        with self._lock:
            opened, mine = self._opener == os.getpid(), self._opener
        if opened:
            self.settle(_LAST_WAIT)
            with self._lock:
                self._opener = 0 if self._opener == mine else self._opener
            atexit.unregister(self._finish)
            self._waiting.put(None)
            self._many.shutdown(wait=False)

    def _open(self) -> None:
        with self._lock:
            # threads do not survive a fork
            if self._opener != os.getpid():
                self._many = ThreadPoolExecutor(_WIDTH, thread_name_prefix="nbflow-bucket")
                self._waiting = queue.SimpleQueue()
                self._queued.clear()
                self._last = None
                self._opener = os.getpid()
                # a daemon: the interpreter would wait for any other without end
                serve = threading.Thread(target=self._serve, args=(self._waiting,), name="nbflow-aside", daemon=True)
                serve.start()
                atexit.register(self._finish)

    def _finish(self) -> None:
        self.settle(_LAST_WAIT)

    def _serve(self, waiting: queue.SimpleQueue[tuple[_Asked, Future[None]] | None]) -> None:
        while (next_ := waiting.get()) is not None:
            asked, done = next_
            with self._lock:
                self._queued.discard(asked)
            try:
                asked[0](*asked[1])
            except BaseException as error:  # noqa: BLE001 - told to whoever waits for it
                done.set_exception(error)
            else:
                done.set_result(None)
