"""A few threads that ask AWS side by side. The end of the process does not wait for them, as it does for an executor's.

Whoever has interrupted twice would else wait for a request that hangs, which takes minutes to be given up.
"""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from threading import Lock, Thread
from typing import Any, TypeVar

Given = TypeVar("Given")
Result = TypeVar("Result")

_Asked = tuple[Future[Any], Callable[..., Any], tuple[Any, ...]]


class Threads:
    """At most `count` of them, started when they are first needed."""

    def __init__(self, count: int, name: str) -> None:
        self._count = count
        self._name = name
        self._lock = Lock()
        self._started = 0
        self._closed = False
        #: what is to be done; None: end
        self._waiting: queue.SimpleQueue[_Asked | None] = queue.SimpleQueue()

    def submit(self, do: Callable[..., Result], *arguments: Any) -> Future[Result]:
        """Have something done soon. Raises RuntimeError when they are closed."""
        future: Future[Result] = Future()
        with self._lock:
            if self._closed:
                raise RuntimeError("these threads take no more work")
            self._waiting.put((future, do, arguments))
            if self._started < self._count:
                Thread(target=self._serve, name=f"{self._name}-{self._started}", daemon=True).start()
                self._started += 1
        return future

    def map(self, do: Callable[[Given], Result], things: Iterable[Given]) -> list[Result]:
        """Return what `do` makes of each thing, in their order. What the first one raises is raised."""
        return [each.result() for each in [self.submit(do, thing) for thing in things]]

    def close(self) -> None:
        """Do no more than what is under way; who waits for the rest gets a CancelledError."""
        with self._lock:
            self._closed = True
            for _ in range(self._started):
                self._waiting.put(None)

    def _serve(self) -> None:
        while (asked := self._waiting.get()) is not None:
            future, do, arguments = asked
            if self._closed:
                future.cancel()
            if not future.set_running_or_notify_cancel():
                continue
            try:
                future.set_result(do(*arguments))
            except BaseException as error:  # noqa: BLE001 - raised again where it is waited for
                future.set_exception(error)
