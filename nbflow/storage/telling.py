"""Long transfers, told in lines on the error stream: in a terminal, under a cell, in the log of a task.

    nbflow: 1.2 GB of 3.0 GB sent after 20 s

What goes one way at a time is told as one. Of what takes a few seconds nothing is said, of the rest ever more seldom.
"""

from __future__ import annotations

import os
import sys
import time
from contextlib import suppress
from threading import Lock
from typing import Self

#: seconds until the first line, and between two lines at most
_FIRST, _SELDOM = 5.0, 60.0


class Transfers:
    """What goes one way in this process.

    Responsibilities: it is added up and told, whatever thread it goes on; a child of a fork begins with nothing.
    """

    def __init__(self, word: str) -> None:
        #: as in `1.2 GB sent`
        self._word = word
        self._begin()

    def add(self, total: int = 0) -> Transfer:
        """Return one more, with so many bytes; 0: that is not known yet."""
        if self._process != os.getpid():
            self._begin()
        with self._lock:
            if not self._going:
                self._through, self._told, self._began, self._pause = 0, False, time.monotonic(), _FIRST
                self._due = self._began + _FIRST
            made = Transfer(self, total)
            self._going.add(made)
            return made

    def _begin(self) -> None:
        self._process = os.getpid()
        self._lock = Lock()
        self._going: set[Transfer] = set()
        #: bytes of those that have ended meanwhile
        self._through = 0
        self._told = False
        self._began = self._due = 0.0
        self._pause = _FIRST

    def moved(self) -> None:
        """Hear that bytes are through."""
        now = time.monotonic()
        if now < self._due:
            return
        with self._lock:
            if now < self._due or not self._going:
                return
            self._told, self._due = True, now + self._pause
            self._pause = min(2 * self._pause, _SELDOM)
            done = self._through + sum(each.done for each in self._going)
            total = self._through + sum(each.total for each in self._going)
            _say("{} of {} {} after {}", done, total, self._word, now - self._began)

    def ended(self, transfer: Transfer) -> None:
        """Hear that one has ended, well or not."""
        with self._lock:
            if transfer not in self._going:
                return
            self._going.remove(transfer)
            self._through += transfer.done
            if self._told and not self._going:
                _say("{} {} in {}", self._through, self._word, time.monotonic() - self._began)


class Transfer:
    """One of them: a `Progress` of a storage, which ends with its `with` or by `end`."""

    def __init__(self, of: Transfers, total: int) -> None:
        self._of = of
        self.total = total
        self.done = 0

    def __call__(self, done: int, total: int) -> None:
        """Hear that so many bytes of so many are through."""
        self.done, self.total = done, total
        self._of.moved()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def end(self) -> None:
        """There is nothing more to come; told again, it changes nothing."""
        self._of.ended(self)


def _say(form: str, *facts: float | str) -> None:
    """Write a line of bytes (int), seconds (float) and words."""
    # of most transfers nothing is said
    from nbflow.cards.figures import duration, size

    shown = [
        size(each) if isinstance(each, int) else duration(each) if isinstance(each, float) else each for each in facts
    ]
    # before it goes the line that a terminal draws over and over
    clear = "\r\x1b[K" if sys.stderr and sys.stderr.isatty() else ""
    with suppress(OSError, ValueError, AttributeError):
        sys.stderr.write(f"{clear}nbflow: {form.format(*shown)}\n")
        sys.stderr.flush()


SENT, FETCHED = Transfers("sent"), Transfers("fetched")
