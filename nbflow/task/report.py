"""What a worker says: lines of JSON on its result pipe, from any of its threads, from no other process."""

from __future__ import annotations

import errno
import json
import os
import threading
from typing import Any

#: exit status of a worker whose body closed the pipe under it
CLOSED = 74


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
        if os.getpid() != self._owner:
            return
        if _file(self._fd) != self._pipe:
            # a body that closes every descriptor it finds may have opened a file of its own under this number
            self.lost = True
            raise OSError(errno.EBADF, "the descriptor of the result was closed")
        data = memoryview(json.dumps(message).encode() + b"\n")
        with self._lock:
            while data:
                data = data[os.write(self._fd, data) :]


def _file(fd: int) -> tuple[int, int] | None:
    """Return what tells the file behind `fd` from all others, or None when it is closed."""
    try:
        found = os.fstat(fd)
    except OSError:
        return None
    return found.st_dev, found.st_ino
