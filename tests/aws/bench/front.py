"""The first to see a request: it is named and recorded, goes wrong if a test wants so, and else is moto's."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterable
from typing import Any

from aws.bench import refusals
from aws.bench.callers import Callers
from aws.bench.faults import Fault, Faults
from aws.bench.naming import Asked, asked
from aws.bench.record import Record
from aws.bench.refusals import Refusal, Reply
from aws.bench.regions import home_of

App = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class Front:
    """A WSGI application around moto's."""

    def __init__(self, moto: App, control: App, callers: Callers, faults: Faults, record: Record) -> None:
        self._moto = moto
        self._control = control
        self._callers = callers
        self._faults = faults
        self._record = record

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if path.startswith(("/_bench/", "/v2/credentials/")):
            return self._control(environ, start_response)
        if path.startswith("/moto-api"):
            return self._moto(environ, start_response)
        request = asked(environ)
        caller, job, arn = self._callers.who(request.access_key)
        entry = self._record.add(request, caller, job, arn)

        def answered(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            entry["status"] = int(status.split(maxsplit=1)[0])
            return start_response(status, headers, *more)

        seconds, fault = self._faults.drawn(request, caller)
        time.sleep(seconds)
        if fault is not None:
            entry["fault"] = fault.kind
            if fault.kind == "lose_reply":
                return self._lost(environ, entry)
            return _send(refusals.reply(request, _trouble(fault, request, arn)), environ, answered)
        home = home_of(request)
        if home is not None and home != request.region:
            return _send(refusals.reply(request, refusals.wrong_region(request, home)), environ, answered)
        return self._moto(environ, answered)

    def _lost(self, environ: dict[str, Any], entry: dict[str, Any]) -> Iterable[bytes]:
        """Do what was asked, and hang up instead of saying so."""
        connection: socket.socket = environ["werkzeug.socket"]

        def unsaid(status: str, *_: Any) -> Callable[[bytes], None]:
            entry["status"] = int(status.split(maxsplit=1)[0])
            return lambda data: None

        for _ in self._moto(environ, unsaid):
            pass
        connection.shutdown(socket.SHUT_RDWR)
        raise ConnectionResetError("the reply was lost on demand")


def _trouble(fault: Fault, request: Asked, arn: str) -> Refusal:
    match fault.kind:
        case "throttle":
            return refusals.throttled(request)
        case "deny":
            return refusals.denied(request, arn)
        case "expire":
            return refusals.expired(request)
    return refusals.broken(request, fault.status)


def _send(reply: Reply, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    # a client that is still sending would see a broken pipe in place of the answer
    environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    start_response(reply.status, reply.headers)
    return [reply.body]
