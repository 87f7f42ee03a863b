"""The other machine: a Chromium that finds it for every name it does not know, and all that reached it."""

from __future__ import annotations

import contextlib
import re
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass
class Outside:
    """A machine that only listens."""

    port: int
    #: first lines of requests; empty: somebody connected and said nothing
    asked: list[str] = field(default_factory=list)

    @property
    def flag(self) -> str:
        """What makes Chromium find it."""
        return f"--host-resolver-rules=MAP *.invalid 127.0.0.1:{self.port}"


@contextlib.contextmanager
def outside() -> Iterator[Outside]:
    """Listen for whoever asks another machine."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        found = Outside(door.getsockname()[1])
        threading.Thread(target=_listen, args=(door, found), daemon=True).start()
        yield found
        with contextlib.suppress(OSError):
            # accept does not end when the door is closed
            door.shutdown(socket.SHUT_RDWR)


def _listen(door: socket.socket, found: Outside) -> None:
    with contextlib.suppress(OSError):
        while True:
            visitor, _ = door.accept()
            # a browser opens more connections than it uses: none waits for another
            threading.Thread(target=_hear, args=(visitor, found), daemon=True).start()


def _hear(visitor: socket.socket, found: Outside) -> None:
    place = len(found.asked)
    found.asked.append("")
    with visitor, contextlib.suppress(OSError, IndexError):
        visitor.settimeout(5)
        said = visitor.recv(4096).decode("latin-1")
        found.asked[place] = re.sub(r"\r\n.*", "", said, flags=re.DOTALL)
        visitor.sendall(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
