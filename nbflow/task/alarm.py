"""A limit of time within a process: an exception raised in its main thread, between two instructions of Python."""

from __future__ import annotations

import contextlib
import signal
import threading
import time
from collections.abc import Callable, Iterator
from types import FrameType

from nbflow.task.report import is_speaking

#: seconds
_SOON = 0.01


@contextlib.contextmanager
def alarm(seconds: float | None, late: Callable[[float], BaseException]) -> Iterator[None]:
    """Raise `late(seconds)` in the block when it takes longer. C code that does not return is not interrupted.

    There is one such clock in a process: in a block whose own clock would ring first, that one goes on. None sets no
    limit, and a thread beside the main one has none.
    """
    if seconds is None or threading.current_thread() is not threading.main_thread():
        yield
        return
    left, _ = signal.getitimer(signal.ITIMER_REAL)
    if 0 < left <= seconds:
        yield
        return
    going_on = True

    def ring(_: int, frame: FrameType | None) -> None:
        if is_speaking(frame):
            # a message that is broken off could not be read
            signal.setitimer(signal.ITIMER_REAL, _SOON)
        elif going_on:
            # else the clock was stopped a moment too late
            raise late(seconds)

    began = time.monotonic()
    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        going_on = False
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        if left:
            signal.setitimer(signal.ITIMER_REAL, max(left - (time.monotonic() - began), _SOON))
