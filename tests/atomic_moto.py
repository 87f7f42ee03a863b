"""moto's server, with conditional writes as S3 has them: of many who create one object at once, one is told that it did.

moto looks whether the object is there, and then stores it; in between another thread may have done the same.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterable
from typing import Any

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from werkzeug.serving import run_simple

App = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
_CONDITIONS = ("HTTP_IF_NONE_MATCH", "HTTP_IF_MATCH")


class Atomic:
    """Lets one request with a condition in at a time."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._lock = threading.Lock()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] not in ("PUT", "POST", "DELETE") or not any(map(environ.get, _CONDITIONS)):
            return self._app(environ, start_response)
        with self._lock:
            return list(self._app(environ, start_response))


def main(port: int) -> None:
    """Serve on loopback until the process ends."""
    app = Atomic(DomainDispatcherApplication(create_backend_app))
    run_simple("127.0.0.1", port, app, threaded=True, request_handler=MotoRequestHandler)


if __name__ == "__main__":
    main(int(sys.argv[1]))
