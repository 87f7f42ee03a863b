"""What a worker says: lines of JSON on its result pipe, from any of its threads, from no other process.

The pipe has a number that the body may hit upon: it may close it, or write into it.
"""

from __future__ import annotations

import errno
import json
import os
import threading
from types import FrameType
from typing import Any

#: exit status of a worker whose body closed the pipe under it
CLOSED = 74
#: exit status of a worker in which not the body failed but what runs it
BROKEN = 76
#: begins a message: what a body writes into the pipe, which is not its own, is told from messages by it
START = b"\x1e"

# a body may put anything in the place of what modules hold
_encoded = json.JSONEncoder().encode
_write, _getpid, _fstat = os.write, os.getpid, os.fstat


class Report:
    """The writing end of a result pipe."""

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self._owner = os.getpid()
        self._lock = threading.Lock()
        self._pipe = _file(fd)
        #: a message could not be told
        self.lost = False

    def say(self, **message: Any) -> None:
        """Write one message. A process that the body forked says nothing: it shares the pipe, not the task.

        Raises:
            OSError: nobody listens any more.
        """
        if _getpid() != self._owner:
            return
        if _file(self._fd) != self._pipe:
            # a body that closes every descriptor it finds may have opened a file of its own under this number
            self.lost = True
            raise OSError(errno.EBADF, "the descriptor of the result was closed")
        data = memoryview(START + _encoded(message).encode() + b"\n")
        with self._lock:
            while data:
                data = data[_write(self._fd, data) :]


def is_speaking(frame: FrameType | None) -> bool:
    """Whether a message is being written in `frame`, which a signal interrupts."""
    while frame is not None:
        if frame.f_code is Report.say.__code__:
            return True
        frame = frame.f_back
    return False


def _file(fd: int) -> tuple[int, int] | None:
    """Return what tells the file behind `fd` from all others, or None when it is closed."""
    try:
        found = _fstat(fd)
    except OSError:
        return None
    return found.st_dev, found.st_ino
