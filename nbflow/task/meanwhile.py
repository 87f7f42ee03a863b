"""Work that goes on while this process, which has one thread, imports something that takes long.

It is done in a signal's handler, between two instructions of what is imported: when a child ends, and by a clock. Only
C code that does not return for long holds it up.
"""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Callable, Iterator

from nbflow.task.preload import ImportTooLongError

#: seconds between two times
_TICK = 0.2
#: seconds until an import that does not let itself be given up is given up again
_AGAIN = 5.0


class Meanwhile:
    """Calls `work` while an import goes on; gives up an import that takes longer than `longest` seconds."""

    def __init__(self, work: Callable[[], None], longest: float) -> None:
        self._work = work
        self._longest = longest
        self._owner = os.getpid()
        self._going_on = False
        self._working = False
        self._deadline: float | None = None

    def listen(self) -> None:
        """Have the signals come here, which a module may have taken for itself."""
        for number in (signal.SIGCHLD, signal.SIGALRM):
            signal.signal(number, self._hear)
            # C code that is interrupted in a system call seldom expects it
            signal.siginterrupt(number, False)

    @contextlib.contextmanager
    def going_on(self) -> Iterator[None]:
        """Inside the block `work` is called."""
        self._going_on = True
        signal.setitimer(signal.ITIMER_REAL, _TICK, _TICK)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            self._going_on = False

    @contextlib.contextmanager
    def limited(self) -> Iterator[None]:
        """Raise ImportTooLongError in the block when it takes too long."""
        self._deadline = time.monotonic() + self._longest
        try:
            yield
        finally:
            self._deadline = None

    def _hear(self, *_: object) -> None:
        # a module may fork when it is imported, and a handler be interrupted by another signal
        if not self._going_on or self._working or os.getpid() != self._owner:
            return
        self._working = True
        try:
            self._work()
        finally:
            self._working = False
        if self._deadline is not None and time.monotonic() > self._deadline:
            self._deadline = time.monotonic() + _AGAIN
            raise ImportTooLongError(f"importing it takes longer than {self._longest:g} s")
