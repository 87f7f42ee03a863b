"""What was asked of the bench, in order."""

from __future__ import annotations

import threading
from typing import Any

from aws.bench.naming import Asked


class Record:
    """All requests since the last `clear`, with their answers."""

    def __init__(self) -> None:
        self._entries: list[dict[str, Any]] = []
        self._lock = threading.Lock()

    def add(self, asked: Asked, caller: str, job: str | None, principal: str) -> dict[str, Any]:
        """Note a request that came in; the entry's `status` is set when it is answered.

        `principal` is the ARN of who asks: for a job, a state machine or a schedule that of its role, as assumed.
        """
        entry: dict[str, Any] = {
            "service": asked.service,
            "action": asked.action,
            "method": asked.method,
            "region": asked.region,
            "bucket": asked.bucket,
            "key": asked.key,
            "caller": caller,
            "job": job,
            "principal": principal,
            "status": None,
            "fault": None,
        }
        with self._lock:
            self._entries.append(entry)
        return entry

    def entries(self) -> list[dict[str, Any]]:
        with self._lock:
            return [dict(entry) for entry in self._entries]

    def clear(self) -> None:
        with self._lock:
            self._entries.clear()
