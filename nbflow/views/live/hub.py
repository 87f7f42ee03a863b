"""Threads that keep the live views of a process up to date.

A server drops messages beyond a limit, and a browser draws no faster than it can: the views of a thread together get ten
updates a second, whose turn it is being whoever waited longest.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from typing import Protocol

#: seconds between two updates, whatever the views
INTERVAL = 0.1
#: seconds between two looks at views that go on
_LOOK = 0.1
#: views that have come to their end and still answer
_KEPT = 20


class View(Protocol):
    """Something on a screen that changes."""

    #: seconds on the monotonic clock of its last update
    drawn_at: float

    def due(self, at: float) -> bool:
        """Whether it has something to show at `at` on the monotonic clock."""

    def refresh(self) -> None:
        """Show it. It never raises."""

    def forget(self) -> None:
        """Let go of what it showed: it will not be asked again."""


class ViewHub:
    """The views of a process.

    Responsibilities: whose turn it is, and when. Its threads start with the first view, and sleep while nothing goes on.
    With several of them a view that takes long does not hold up the others.
    """

    def __init__(self, look: float = _LOOK, threads: int = 1) -> None:
        self._look = look
        self._news = threading.Event()
        self._lock = threading.Lock()
        self._live: list[View] = []
        self._settled: deque[View] = deque()
        #: those that a thread is at
        self._busy: list[View] = []
        self._threads: list[threading.Thread | None] = [None] * threads

    def add(self, view: View) -> None:
        """Keep `view` up to date from now on."""
        with self._lock:
            if view in self._settled:
                self._settled.remove(view)
            if view not in self._live:
                self._live.append(view)
            for number, thread in enumerate(self._threads):
                if thread is None or not thread.is_alive():
                    # a daemon: a kernel that ends does not wait for its views
                    self._threads[number] = made = threading.Thread(target=self._run, name="nbflow-views", daemon=True)
                    made.start()
        self.wake()

    def settle(self, view: View) -> None:
        """`view` has come to its end: it is drawn again only if somebody asks it something."""
        with self._lock:
            if view in self._live:
                self._live.remove(view)
                self._settled.append(view)
            gone = [self._settled.popleft() for _ in range(len(self._settled) - _KEPT)]
        for each in gone:
            each.forget()

    def wake(self) -> None:
        """Something happened; safe to call from any thread, as often as one likes."""
        self._news.set()

    def _run(self) -> None:
        while True:
            view = self._next()
            if view is not None:
                try:
                    view.refresh()
                finally:
                    with self._lock:
                        self._busy.remove(view)
                time.sleep(INTERVAL)
            else:
                self._news.wait(self._look if self._live else None)
                # whoever has cleared it looks again, so that nothing is missed
                self._news.clear()

    def _next(self) -> View | None:
        """Take the view whose turn it is."""
        at = time.monotonic()
        with self._lock:
            due = [view for view in (*self._live, *self._settled) if view not in self._busy and view.due(at)]
            view = min(due, key=lambda each: each.drawn_at, default=None)
            if view is not None:
                self._busy.append(view)
        return view


#: the hub of this process
HUB = ViewHub()
