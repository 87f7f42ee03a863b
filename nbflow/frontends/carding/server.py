"""A card server: one page on this machine that lists cards and shows one, anew whenever it changes.

It answers this machine only, and only who asks for it by its own name: a page of another host that has this machine's
address behind its name is refused. Cards come in a sandbox, whatever page embeds them.
"""

from __future__ import annotations

import argparse
import json
import secrets
from collections.abc import Callable
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from typing import Any
from urllib.parse import unquote, urlsplit

from nbflow.cards.html import escape
from nbflow.errors import NbflowError, raise_for
from nbflow.frontends.carding.server_data import Served
from nbflow.frontends.cli.parser import whole_number
from nbflow.hosted import here
from nbflow.workspace import Workspace

PORT = 8324
_HOST = "127.0.0.1"
_HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "SAMEORIGIN",
}
_PAGE_POLICY = (
    "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'unsafe-inline'; connect-src 'self'; frame-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--run-id", metavar="RUN", help="only cards of this run (default: of the newest runs)")
    parser.add_argument("--port", type=int, default=PORT, metavar="N", help=f"default: {PORT}")
    parser.add_argument(
        "--poll-interval", type=_seconds, default=5.0, metavar="S", help="seconds between two looks (default: 5)"
    )
    parser.add_argument(
        "--max-cards", type=whole_number, default=30, metavar="N", help="most cards listed (default: 30)"
    )
    parser.add_argument("--namespace", metavar="NAME", help="only runs in this namespace")


def serve(workspace: Workspace, flow: str | None, asked: argparse.Namespace, say: Callable[[str], object]) -> int:
    """Serve until it is interrupted. Raises K033, R004, M001, M002."""
    run = asked.run_id
    if run is not None and "/" in run:
        flow, _, run = run.partition("/")
    if run is not None and flow is None:
        raise_for("R004", option="--run-id", message="a run is of a flow", fix=f"--run-id FLOW/{run}")
    served = Served(workspace, flow, run, asked.namespace, asked.max_cards)
    # what is not there is said before anything is served
    found = served.listed()
    server = opened(served, asked.port, asked.poll_interval)
    name = f"{flow}/{run}" if run else flow or "all flows"
    cards = sum(len(task["cards"]) for each in found for task in each["tasks"])
    say(f"cards of {name}: {address_of(server.server_port)}   ({cards} now; Ctrl-C ends it)")
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        say("")
    finally:
        server.server_close()
    return 0


def address_of(port: int) -> str:
    """Return where a person's browser finds `port` of this machine: on a hub or in Studio, through its proxy."""
    host = here()
    link = host.port_url(port)
    if link is None:
        return f"http://{_HOST}:{port}/"
    needs = f", which needs {host.port_needs}" if host.port_needs else ""
    return f"{link}{needs}" if "://" in link else f"{link} behind the address of this page{needs}"


def opened(served: Served, port: int, poll: float) -> ThreadingHTTPServer:
    """Return a server that listens. Raises K033."""
    try:
        server = ThreadingHTTPServer((_HOST, port), type("Handler", (_Handler,), {"served": served, "poll": poll}))
    except (OSError, OverflowError) as error:
        message = getattr(error, "strerror", None) or str(error)
        raise_for("K033", port=port, message=message, free=port + 1 if 0 < port < 65_535 else PORT)
    server.daemon_threads = True
    return server


class _Handler(BaseHTTPRequestHandler):
    served: Served
    poll: float
    server_version = "nbflow"
    sys_version = ""
    # the port of a test may be any
    server: ThreadingHTTPServer

    def do_GET(self) -> None:
        """Answer."""
        if not self._is_known():
            self._plain(403, "ask for it by the address that was printed")
            return
        path = urlsplit(self.path).path
        try:
            if path == "/":
                self._page()
            elif path == "/data":
                self._send(200, "application/json", json.dumps(self.served.listed()).encode(), "default-src 'none'")
            elif path.startswith("/card/"):
                self._card(unquote(path.removeprefix("/card/")))
            else:
                self._plain(404, "there is no such page")
        except NbflowError as error:
            self._plain(404, str(error))

    def _is_known(self) -> bool:
        """Say whether it is asked for by an address of this machine, or of the proxy in front of it, where there is one.

        A proxy hands on the name that the browser asked for. A hub that was not told its own is known by the path that
        jupyter-server-proxy says it was asked by.
        """
        port, asked = self.server.server_port, self.headers.get("Host", "")
        if asked in {f"{name}:{port}" for name in (_HOST, "localhost")}:
            return True
        host = here()
        at = urlsplit(host.port_url(port) or "")
        if host.kind == "studio":
            return asked.endswith(".sagemaker.aws")
        through = self.headers.get("X-Forwarded-Context", "").rstrip("/")
        return bool(at.path) and (asked == at.netloc or at.path.rstrip("/") == through)

    def _page(self) -> None:
        nonce = secrets.token_urlsafe(16)
        page = _template().replace("NONCE", nonce).replace("POLL", str(round(self.poll * 1000)))
        name = "/".join(filter(None, (self.served.flow, self.served.run))) or "all flows"
        page = page.replace("NAME", escape(name))
        self._send(200, "text/html; charset=utf-8", page.encode(), _PAGE_POLICY.format(nonce=nonce))

    def _card(self, place: str) -> None:
        from nbflow.cards.document import draws

        task, _, number = place.rpartition("/")
        card = self.served.card(task, int(number)) if number.isdecimal() else None
        if card is None:
            self._plain(404, "the card is gone")
            return
        page = card.get()
        # the page has its policy, and may say more of it than this: who it is for it cannot say
        sandbox = "sandbox allow-popups allow-popups-to-escape-sandbox"
        allowed = f"{sandbox} allow-scripts" if not card.content.raw and draws(page) else sandbox
        self._send(200, "text/html; charset=utf-8", page.encode(), f"{allowed}; frame-ancestors 'self'")

    def _plain(self, status: int, text: str) -> None:
        self._send(status, "text/plain; charset=utf-8", f"{text}\n".encode(), "default-src 'none'")

    def _send(self, status: int, kind: str, body: bytes, policy: str) -> None:
        self.send_response(status)
        headers = {
            **_HEADERS,
            "Content-Type": kind,
            "Content-Length": str(len(body)),
            "Content-Security-Policy": policy,
        }
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Say nothing of each request."""


@cache
def _template() -> str:
    here = files("nbflow.frontends.carding")
    style, script = (here.joinpath(f"server.{kind}").read_text(encoding="utf-8") for kind in ("css", "js"))
    return f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Cards · NAME</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>{style}</style></head>
<body><header><b>Cards</b><span id="what">NAME</span><label><input type="checkbox" id="newest" checked> show the newest</label>
<span id="state"></span></header>
<nav id="list" aria-label="cards"><p>looking …</p></nav><main><div id="caption"></div><div id="frames"></div></main>
<script nonce="NONCE">const poll = POLL;
{script}</script></body></html>
"""


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"'{text}' is not a number of seconds") from None
    if not 0.1 <= seconds <= 3600:
        raise argparse.ArgumentTypeError(f"{text} is not between 0.1 and 3600 seconds")
    return seconds
