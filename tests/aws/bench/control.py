"""The test's own door, below `/_bench/`: faults, record, settings, hosts, the clock; and the credentials of containers."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from aws.bench import stepfunctions_api
from aws.bench.batch_hosts import Hosts
from aws.bench.callers import Callers
from aws.bench.faults import Fault, Faults
from aws.bench.record import Record
from aws.bench.scheduler_firing import Schedules
from aws.bench.settings import Settings
from moto.moto_api._internal import moto_api_backend


class Control:
    """A WSGI application of its own."""

    def __init__(
        self,
        callers: Callers,
        faults: Faults,
        record: Record,
        settings: Settings,
        hosts: Hosts,
        schedules: Schedules,
        enclose: Callable[[], None],
    ) -> None:
        self._callers = callers
        self._faults = faults
        self._record = record
        self._settings = settings
        self._hosts = hosts
        self._schedules = schedules
        self._enclose = enclose

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        length = int(environ.get("CONTENT_LENGTH") or 0)
        body = json.loads(environ["wsgi.input"].read(length) or b"{}")
        path = environ["PATH_INFO"].removeprefix("/_bench/")
        try:
            status, answer = "200 OK", self._answer(environ["REQUEST_METHOD"], path, body)
        except (KeyError, TypeError, ValueError, OSError) as error:
            status, answer = "400 Bad Request", {"error": f"{type(error).__name__}: {error}"}
        told = json.dumps(answer).encode()
        start_response(status, [("Content-Type", "application/json"), ("Content-Length", str(len(told)))])
        return [told]

    def _answer(self, method: str, path: str, body: dict[str, Any]) -> Any:
        if path.startswith("/v2/credentials/"):
            return self._credentials(path.rpartition("/")[2])
        answers: dict[tuple[str, str], Callable[[], Any]] = {
            ("GET", "requests"): self._record.entries,
            ("DELETE", "requests"): self._record.clear,
            ("GET", "faults"): self._faults.to_json,
            ("POST", "faults"): lambda: self._faults.add(Fault(**body)),
            ("DELETE", "faults"): self._faults.clear,
            ("POST", "settings"): lambda: self._change(body),
            ("DELETE", "settings"): self._settings.reset,
            ("GET", "jobs"): lambda: [job.describe() for job in self._hosts.jobs()],
            ("POST", "reclaim"): lambda: self._reclaim(body["job"]),
            ("GET", "clock"): lambda: self._schedules.now().isoformat(),
            ("POST", "clock"): lambda: self._schedules.move(datetime.fromisoformat(body["to"])),
            ("DELETE", "clock"): self._schedules.reset,
            ("GET", "fired"): self._schedules.fired,
            ("POST", "reset"): self._reset,
        }
        return answers[method, path]()

    def _credentials(self, access_key: str) -> dict[str, str]:
        found = self._callers.by_token(access_key)
        if found is None:
            raise KeyError(access_key)
        return found.to_json()

    def _change(self, changes: dict[str, object]) -> None:
        if changes.get("network") == "bench":
            self._enclose()
        self._settings.change(changes)

    def _reclaim(self, name: str) -> bool:
        job = self._hosts.job(name)
        if job is None:
            raise KeyError(name)
        return self._hosts.reclaim(job)

    def _reset(self) -> None:
        """Stop all executions and jobs, and forget everything that was ever asked."""
        self._schedules.reset()
        stepfunctions_api.stop_all()
        self._hosts.reset()
        self._faults.clear()
        self._settings.reset()
        moto_api_backend.reset()
        self._record.clear()
