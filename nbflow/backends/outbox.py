"""What is to be said to a zygote: sent as far as its socket takes it, the rest when it has room again.

Waiting in a send would be a deadlock: a zygote that cannot tell what ended does not read on either.
"""

from __future__ import annotations

import array
import contextlib
import errno
import json
import socket
from collections import deque
from collections.abc import Sequence
from selectors import EVENT_READ, EVENT_WRITE, BaseSelector
from typing import Any

from nbflow.runtime.ports import Handler


class Outbox:
    """Messages on their way into one socket, each with descriptors that are closed once it is sent."""

    def __init__(self, ours: socket.socket, selector: BaseSelector, hear: Handler) -> None:
        self._socket = ours
        self._selector = selector
        self._hear = hear
        self._waiting: deque[tuple[bytes, array.array[int], contextlib.ExitStack]] = deque()
        self._watched = EVENT_READ
        selector.register(ours, EVENT_READ, hear)

    def put(self, message: dict[str, Any], fds: Sequence[int] = (), opened: contextlib.ExitStack | None = None) -> None:
        """Send `message` with `fds`, now or later; `opened` is closed afterwards."""
        self._waiting.append((json.dumps(message).encode(), array.array("i", fds), opened or contextlib.ExitStack()))
        self.flush()

    def flush(self) -> None:
        """Send what the socket takes."""
        wanted = EVENT_READ
        while self._waiting:
            data, fds, opened = self._waiting[0]
            try:
                self._socket.sendmsg([data], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, fds)] if fds else [])
            except BlockingIOError:
                wanted |= EVENT_WRITE
                break
            except OSError as error:
                if error.errno == errno.ETOOMANYREFS:
                    # descriptors under way are limited: there is room when the zygote has read, and it then speaks
                    break
                # it has fallen: whoever reads the socket hears of it
                self._drop()
                break
            opened.close()
            self._waiting.popleft()
        if wanted != self._watched:
            self._watched = wanted
            self._selector.modify(self._socket, wanted, self._hear)

    def close(self) -> None:
        """Let go of the socket and of what was not sent."""
        self._drop()
        with contextlib.suppress(KeyError, ValueError):
            self._selector.unregister(self._socket)

    def _drop(self) -> None:
        while self._waiting:
            self._waiting.popleft()[2].close()
