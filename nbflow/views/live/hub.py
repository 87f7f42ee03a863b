"""One thread that keeps all live views of a process up to date.

A server drops messages beyond a limit, and a browser draws no faster than it can: all views together get ten updates
a second, whose turn it is being whoever waited longest.
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

    Responsibilities: whose turn it is, and when. The thread starts with the first view, and sleeps while nothing goes on.
    """

    def __init__(self, look: float = _LOOK) -> None:
        self._look = look
        self._news = threading.Event()
        self._lock = threading.Lock()
        self._live: list[View] = []
        self._settled: deque[View] = deque()
        self._thread: threading.Thread | None = None

    def add(self, view: View) -> None:
        """Keep `view` up to date from now on."""
        with self._lock:
            if view in self._settled:
                self._settled.remove(view)
            if view not in self._live:
                self._live.append(view)
            if self._thread is None or not self._thread.is_alive():
                # a daemon: a kernel that ends does not wait for its views
                self._thread = threading.Thread(target=self._run, name="nbflow-views", daemon=True)
                self._thread.start()
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
            with self._lock:
                live, views = bool(self._live), [*self._live, *self._settled]
            at = time.monotonic()
            due = [view for view in views if view.due(at)]
            if due:
                min(due, key=lambda view: view.drawn_at).refresh()
                time.sleep(INTERVAL)
            else:
                self._news.wait(self._look if live else None)
                self._news.clear()


#: the hub of this process
HUB = ViewHub()
