"""Services that take messages, on this machine: a web hook over HTTP, a mail server over SMTP."""

from __future__ import annotations

import contextlib
import email
import json
import socketserver
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast


@dataclass
class Hook:
    """A web hook: what it was sent, by path, and how it answers."""

    port: int = 0
    status: int = 200
    #: seconds before it answers
    slow: float = 0.0
    got: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def url(self, path: str = "hook") -> str:
        return f"http://127.0.0.1:{self.port}/{path}"

    def titles(self, path: str = "hook") -> list[str]:
        return [body["title"] for where, body in self.got if where == f"/{path}"]

    def wait(self, count: int = 1) -> list[tuple[str, dict[str, Any]]]:
        """Return what came when it is as much as `count`."""
        deadline = time.monotonic() + 50
        while len(self.got) < count:
            assert time.monotonic() < deadline, f"{len(self.got)} of {count} messages came"
            time.sleep(0.05)
        return self.got


@contextlib.contextmanager
def web_hook() -> Iterator[Hook]:
    """Give a web hook that listens."""
    hook = Hook()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            time.sleep(hook.slow)
            if hook.status == 200:
                hook.got.append((self.path, json.loads(body)))
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                self.send_response(hook.status)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"ok")

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        hook.port = server.server_address[1]
        with _serving(server):
            yield hook


@dataclass
class Mailbox:
    """A mail server: the messages it took."""

    port: int = 0
    got: list[Message] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)


@contextlib.contextmanager
def mail_server() -> Iterator[Mailbox]:
    """Give a mail server that listens. It speaks as much of RFC 5321 as a client needs that does not log in."""
    box = Mailbox()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self._say("220 box")
            while line := self.rfile.readline().decode():
                verb = line[:4].upper()
                if verb == "RCPT":
                    box.recipients.append(line.partition("<")[2].partition(">")[0])
                if verb == "DATA":
                    self._say("354 go on")
                    box.got.append(email.message_from_bytes(b"".join(self._text())))
                self._say("221 bye" if verb == "QUIT" else "250 ok")
                if verb == "QUIT":
                    return

        def _text(self) -> Iterator[bytes]:
            while (line := self.rfile.readline()) != b".\r\n":
                yield line.removeprefix(b".") if line.startswith(b"..") else line

        def _say(self, line: str) -> None:
            self.wfile.write(f"{line}\r\n".encode())

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        box.port = cast("tuple[str, int]", server.server_address)[1]
        with _serving(server):
            yield box


@contextlib.contextmanager
def _serving(server: socketserver.BaseServer) -> Iterator[None]:
    thread = threading.Thread(target=lambda: server.serve_forever(0.02), daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
