"""A gate that jobs wait at, wherever they run: it counts who came, and lets them through when a test says so."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

#: what a step's body does
_BODY = """
import time, urllib.request
def at_gate(path):
    with urllib.request.urlopen({url!r} + path, timeout=120) as answer:
        return answer.read()
at_gate("/came")
while at_gate("/open") != b"yes":
    time.sleep(0.1)
answer = 42
"""


class Gate:
    """A server on this machine, closed at first."""

    def __init__(self) -> None:
        #: how many came
        self.came = 0
        self._open = threading.Event()
        self._lock = threading.Lock()
        gate = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if self.path == "/came":
                    with gate._lock:
                        gate.came += 1
                body = b"yes" if gate._open.is_set() else b"no"
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def body(self) -> str:
        """Python that waits at the gate."""
        return _BODY.format(url=f"http://127.0.0.1:{self._server.server_port}")

    def open(self) -> None:
        """Let all through."""
        self._open.set()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # nobody waits for a test that has failed
        self.open()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
