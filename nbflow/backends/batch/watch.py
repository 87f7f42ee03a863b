"""Looks how jobs are, on a thread of its own: when they start and end, and what they write meanwhile."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Any, Protocol

from nbflow.backends.batch.endings import death, lost
from nbflow.backends.batch.flight import BatchFlight
from nbflow.backends.batch.service import BatchService, has_ended
from nbflow.backends.batch.threads import Threads
from nbflow.backends.batch.trouble import Trouble
from nbflow.workspace import Workspace

#: seconds between two looks: soon after something happened, later ever more seldom
_SOONEST, _LATEST, _SLOWER = 0.5, 5.0, 1.3
#: running jobs whose logs are fetched at each look
_LOGS_AT_ONCE = 32
#: seconds until a job that Batch does not know is lost: one that was submitted just now may not be listed yet
_UNKNOWN = 30.0


class Told(Protocol):
    """Whom the watch tells."""

    def started(self, flight: BatchFlight) -> None: ...
    def ended(self, flight: BatchFlight, said: dict[str, Any] | None, status: int, why: str) -> None: ...


class Watch:
    """Follows jobs until they have ended."""

    def __init__(self, workspace: Workspace, service: BatchService, told: Told, trouble: Trouble) -> None:
        assert workspace.far is not None, "checked before a run begins"
        self._far = workspace.far
        self._service = service
        self._told = told
        self._trouble = trouble
        self._flights: dict[int, BatchFlight] = {}
        self._lock = Lock()
        self._woken = Event()
        self._closed = False
        self._turn = 0
        self._readers = Threads(8, "nbflow-batch-read")
        self._thread = Thread(target=self._serve, name="nbflow-batch-watch", daemon=True)
        self._thread.start()

    def follow(self, flight: BatchFlight) -> None:
        """Tell of it from now on."""
        with self._lock:
            self._flights[flight.number] = flight
        self._woken.set()

    def terminate(self, flight: BatchFlight) -> bool:
        """Have its job ended; False: that was refused, which is told, and tried again at the next look."""
        assert flight.job is not None, "what was not submitted has no job to end"
        try:
            self._service.terminate(flight.job, f"nbflow: {flight.stopped}")
        except Exception as error:  # noqa: BLE001 - whatever it is, it may pass
            self._trouble.met("end", error)
            return False
        flight.terminated = True
        self._trouble.passed("end")
        return True

    def close(self) -> None:
        """Look no more."""
        self._closed = True
        self._woken.set()
        self._readers.close()

    # ---- the thread

    def _serve(self) -> None:
        pause = _SOONEST
        while not self._closed:
            with self._lock:
                flights = list(self._flights.values())
            news = False
            try:
                news = self._look(flights)
            except Exception as error:  # noqa: BLE001 - a look that fails says nothing of the jobs: the next one may not
                self._trouble.met("look", error)
            else:
                self._trouble.passed("look")
            pause = _SOONEST if news else min(pause * _SLOWER, _LATEST)
            self._woken.wait(pause if flights else None)
            if self._woken.is_set():
                pause = _SOONEST
            self._woken.clear()

    def _look(self, flights: Sequence[BatchFlight]) -> bool:
        """Tell what has changed; says whether anything has."""
        found = self._service.describe(flight.job for flight in flights if flight.job)
        news = False
        ended: list[tuple[BatchFlight, Mapping[str, Any] | None]] = []
        to_end: list[BatchFlight] = []
        for flight in flights:
            job = found.get(flight.job or "")
            if job is None:
                if _is_lost(flight):
                    ended.append((flight, None))
                continue
            flight.unknown_since = None
            # one that has failed before it started never ran
            runs = job["status"] == "RUNNING" or (has_ended(job) and job.get("startedAt"))
            if runs and not flight.running:
                flight.running = news = True
                self._told.started(flight)
            if has_ended(job):
                ended.append((flight, job))
            elif flight.stopped and not flight.terminated:
                to_end.append(flight)
        # what one is refused, the others are, too
        for flight in to_end:
            if not self.terminate(flight):
                break
        # each of them, whatever becomes of the others
        for each in [self._readers.submit(self._end, flight, job) for flight, job in ended]:
            each.result()
            news = True
        running = [flight for flight in flights if flight.running and flight.number in self._flights]
        return self._copy_logs(running) or news

    def _end(self, flight: BatchFlight, job: Mapping[str, Any] | None) -> None:
        told = flight.folder.said(self._far)
        if told is None and (other := flight.folder.claimant(self._far)) not in (None, flight.job):
            # submitted twice, since an answer was lost: this one found the attempt begun, and left
            flight.job = other
            # what was ordered of this one, the other has not heard
            flight.terminated = False
            return
        self._copy(flight)
        if flight.is_foreign:
            self._keep_logs(flight)
        if told is None:
            said, (status, why) = None, lost(flight.job) if job is None else death(job, self._service.log)
        else:
            said, status, why = told["said"], told["status"], told["why"]
            if said is None and status == -signal.SIGTERM and job is not None:
                # its worker knows that it was ended, and Batch by whom
                why = why or str(job.get("statusReason", "")).removeprefix("nbflow: ")
        with self._lock:
            self._flights.pop(flight.number, None)
        self._told.ended(flight, said, status, why)

    # ---- logs

    def _copy_logs(self, running: Sequence[BatchFlight]) -> bool:
        if len(running) > _LOGS_AT_ONCE:
            self._turn = (self._turn + _LOGS_AT_ONCE) % len(running)
            running = [*running[self._turn :], *running[: self._turn]][:_LOGS_AT_ONCE]
        return any(self._readers.map(self._copy, running))

    def _copy(self, flight: BatchFlight) -> bool:
        """Bring here what the logs have grown by; says whether they have."""
        grown = False
        for stream, path in (("stdout", flight.stdout), ("stderr", flight.stderr)):
            at = flight.copied[stream]
            with suppress(FileNotFoundError):
                if more := self._far.get(flight.folder.log_key(stream), at):
                    _write_at(path, at, more)
                    flight.copied[stream] = at + len(more)
                    grown = True
        return grown

    def _keep_logs(self, flight: BatchFlight) -> None:
        """Put the logs where those of its new task are looked for."""
        for stream, path in (("stdout", flight.stdout), ("stderr", flight.stderr)):
            if path.exists():
                with suppress(OSError):
                    self._far.put_file(f"logs/{flight.spec.task}/{flight.spec.attempt}-{stream}", path)


def _is_lost(flight: BatchFlight) -> bool:
    """Say whether Batch has not known its job for too long."""
    now = time.monotonic()
    if flight.unknown_since is None:
        flight.unknown_since = now
    return now - flight.unknown_since >= _UNKNOWN


def _write_at(path: Path, at: int, data: bytes) -> None:
    """Write where it belongs: whoever fetched the log meanwhile has written the same there."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        os.pwrite(handle, data, at)
    finally:
        os.close(handle)
