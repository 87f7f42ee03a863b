"""Interrupts that wait: what is begun with one hand is not let go of before the other has it."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator


@contextlib.contextmanager
def held_interrupts() -> Iterator[list[int]]:
    """Gather the interrupts that come during the block, and raise none of them."""
    caught: list[int] = []
    if threading.current_thread() is not threading.main_thread():
        # no other thread is interrupted
        yield caught
        return
    before = signal.signal(signal.SIGINT, lambda number, _: caught.append(number))
    try:
        yield caught
    finally:
        signal.signal(signal.SIGINT, before)
