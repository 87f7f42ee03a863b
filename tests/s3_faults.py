"""Between a client and an S3 service: passes requests on, and refuses, cuts or loses those it is told to."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal
from urllib.parse import urlsplit

BODY = "<?xml version='1.0'?><Error><Code>{code}</Code><Message>{message}</Message>{more}</Error>"


@dataclass
class Fault:
    """What happens to the next `times` requests of a method whose path has `part` in it."""

    method: str
    part: str
    times: int = 1
    #: `cut`: no reply. `lost`: it is done, and the reply does not arrive
    kind: Literal["refuse", "cut", "lost"] = "refuse"
    status: int = 503
    code: str = "SlowDown"
    message: str = "Please reduce your request rate."
    #: more elements of the body
    more: str = ""

    def fits(self, method: str, path: str) -> bool:
        return self.times > 0 and method == self.method and self.part in path


@dataclass
class Faults:
    """A running proxy."""

    url: str
    target: str
    faults: list[Fault] = field(default_factory=list)
    #: method and path of all requests so far
    seen: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, method: str, part: str, **what: object) -> None:
        self.faults.append(Fault(method, part, **what))  # type: ignore[arg-type]  # the fields of Fault

    def next(self, method: str, path: str) -> Fault | None:
        with self.lock:
            self.seen.append(f"{method} {path}")
            for each in self.faults:
                if each.fits(method, path):
                    each.times -= 1
                    return each
        return None


@contextmanager
def faults_before(target: str) -> Iterator[Faults]:
    """Give a proxy to the service at `target` that runs meanwhile."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def pass_on(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            fault = proxy.next(self.command, self.path)
            if fault is not None and fault.kind == "refuse":
                self.refuse(fault)
                return
            if fault is not None and fault.kind == "cut":
                self.close_connection = True
                return
            there = http.client.HTTPConnection(urlsplit(target).netloc, timeout=60)
            there.request(self.command, self.path, body, dict(self.headers))
            reply = there.getresponse()
            data = reply.read()
            if fault is not None:
                self.close_connection = True
                return
            self.send_response(reply.status)
            for name, value in reply.getheaders():
                if name.lower() not in {"transfer-encoding", "connection", "content-length", "server", "date"}:
                    self.send_header(name, value)
            length = reply.headers.get("Content-Length") if self.command == "HEAD" else None
            self.send_header("Content-Length", length or str(len(data)))
            self.end_headers()
            self.wfile.write(data)
            there.close()

        def __getattr__(self, name: str) -> Any:
            if name.startswith("do_"):
                return self.pass_on
            raise AttributeError(name)

        def refuse(self, fault: Fault) -> None:
            text = BODY.format(code=fault.code, message=fault.message, more=fault.more).encode()
            data = b"" if self.command == "HEAD" else text
            self.send_response(fault.status)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        proxy = Faults(f"http://127.0.0.1:{server.server_port}", target)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield proxy
        finally:
            server.shutdown()
            thread.join()
