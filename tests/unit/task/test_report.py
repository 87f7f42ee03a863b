"""What a worker says: whole messages."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from types import FrameType

from nbflow.task.report import START, Report, is_speaking


def test_a_signal_can_tell_that_a_message_is_being_written() -> None:
    reader, writer = os.pipe()
    heard: list[bool] = []
    text = b""

    def read() -> None:
        nonlocal text
        while more := os.read(reader, 1 << 16):
            text += more

    listener = threading.Thread(target=read)

    def ring(_: int, frame: FrameType | None) -> None:
        heard.append(is_speaking(frame))
        listener.start()

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, 0.1)
    try:
        # more than the pipe holds: it waits until someone reads
        Report(writer).say(display="x" * 1_000_000)
    finally:
        signal.signal(signal.SIGALRM, before)
        os.close(writer)
    listener.join(10)
    os.close(reader)
    assert heard == [True]
    assert len(json.loads(text.removeprefix(START))["display"]) == 1_000_000


def test_nothing_is_being_written_elsewhere() -> None:
    assert not is_speaking(sys._getframe())
    assert not is_speaking(None)
