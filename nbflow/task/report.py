"""What a worker says: lines of JSON on its result pipe, from any of its threads, from no other process."""

from __future__ import annotations

import json
import os
import threading
from typing import Any


class Report:
    """The writing end of a result pipe."""

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self._owner = os.getpid()
        self._lock = threading.Lock()

    def say(self, **message: Any) -> None:
        """Write one message. A process that the body forked says nothing: it shares the pipe, not the task.

        Raises:
            OSError: nobody listens any more.
        """
        if os.getpid() != self._owner:
            return
        data = memoryview(json.dumps(message).encode() + b"\n")
        with self._lock:
            while data:
                data = data[os.write(self._fd, data) :]
