"""AWS Batch as the scheduler sees it: launches and stops in, reports out.

Everything that waits for a network is done by two threads: the desk submits and ends jobs, the watch looks how they are.
The scheduler's own thread only notes, and hears.
"""

from __future__ import annotations

import os
import queue
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from selectors import EVENT_READ, BaseSelector
from threading import Lock
from typing import Any

from nbflow.backends.batch.desk import PATIENCE, Desk
from nbflow.backends.batch.flight import BatchFlight
from nbflow.backends.batch.folder import JobFolder
from nbflow.backends.batch.requests import wanted
from nbflow.backends.batch.service import BatchService
from nbflow.backends.batch.trouble import Trouble
from nbflow.backends.batch.watch import Watch
from nbflow.configuration.settings import settings
from nbflow.errors import NbflowError, raise_for
from nbflow.model.record import Failure
from nbflow.model.task import Place, TaskSpec
from nbflow.runtime.ports import Report
from nbflow.runtime.request import RunRequest
from nbflow.workspace import Workspace

#: what stands before a job's id in records
JOB = "batch:"
_SIGTERM = 15
#: seconds for what was ordered, where somebody has said twice that it is enough
_HURRY = 2.0


class BatchBackend:
    """Jobs of AWS Batch.

    Responsibilities: which flights there are, and that each of them is reported as gone exactly once.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._service: BatchService | None = None
        self._flights: dict[int, BatchFlight] = {}
        self._heard: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._bell, self._ring = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
        #: held by whoever rings, and when there is nothing to ring any more
        self._ringing = Lock()
        self._closed = False
        self._desk: Desk | None = None
        self._watch: Watch | None = None
        self._left = False

    # ---- Backend

    def check(self, request: RunRequest) -> None:
        """Raise a RunError when steps of `request` could not run: no bucket, no queue, no image, no access."""
        for node in request.graph.nodes:
            options = node.options
            if options.backend != "batch" or (request.targets is not None and node.name not in request.targets):
                continue
            if self._workspace.far is None:
                raise_for("R086", step=node.name, where="on AWS Batch", root=self._workspace.root)
            if node.opens is not None and node.opens.kind == "gang":
                why = "it is a gang (num_parallel), whose tasks have to reach each other"
                raise_for("R092", step=node.name, on="AWS Batch", why=why, fix="run it here, or as a foreach")
            place, service = Place.asked(options, "batch"), self.service
            asked = wanted(place, service.settings.batch, step=node.name, fargate=False)
            wanted(place, service.settings.batch, step=node.name, fargate=service.is_fargate(asked.queue))

    def attach(self, selector: BaseSelector, report: Report) -> None:
        """Listen to the threads through `selector`."""
        self._report = report
        selector.register(self._bell, EVENT_READ, self._hear)

    def preload(self, modules: Iterable[str], *, rich: bool) -> None:
        """Nothing runs here."""

    def launch(self, number: int, spec: TaskSpec, stdout: Path, stderr: Path) -> None:
        """Have a job submitted, or the one that is to be taken over looked at."""
        flight = BatchFlight(number, spec, stdout, stderr, JobFolder.of(spec))
        if spec.place and spec.place.adopt:
            flight.folder = JobFolder.adopted(spec.place.adopt)
            flight.job = spec.place.adopt.job.removeprefix(JOB)
        self._flights[number] = flight
        desk, _ = self._threads()
        desk.launch(flight)

    def stop(self, number: int, *, kill: bool) -> None:
        """Have the job ended; that it has is reported when Batch says so."""
        flight = self._flights.get(number)
        if flight is None or flight.terminated:
            return
        flight.stopped = flight.stopped or ("killed" if kill else "stopped")
        desk, _ = self._threads()
        desk.stop(flight)

    def leave(self, numbers: Iterable[int]) -> Sequence[str]:
        """Report as gone what Batch has not confirmed; that it is to end was ordered, and goes on being tried."""
        flights = [self._flights[number] for number in numbers if number in self._flights]
        self._left = self._left or bool(flights)
        for flight in flights:
            self.ended(flight, None, -_SIGTERM, "not waited for")
        return [flight.job for flight in flights if flight.job is not None]

    def dismiss(self, jobs: Iterable[str]) -> None:
        """End jobs of an earlier run that nobody waits for any more."""
        flying = {flight.job for flight in self._flights.values()}
        left = [job.removeprefix(JOB) for job in jobs if job.startswith(JOB)]
        if ids := [job for job in left if job not in flying]:
            desk, _ = self._threads()
            desk.dismiss(ids)

    def close(self) -> None:
        """Have every job ended, and report every flight as gone."""
        for number in list(self._flights):
            self.stop(number, kill=True)
        if self._desk is not None and self._watch is not None:
            self._watch.close()
            self._desk.close(_HURRY if self._left else PATIENCE)
        for number in list(self._flights):
            self._exited(number, -_SIGTERM, "its run was closed")
        # a thread that still waits for the network may have something to tell later: to nobody
        with self._ringing:
            if not self._closed:
                self._closed = True
                os.close(self._ring)
                os.close(self._bell)

    # ---- the threads

    @property
    def service(self) -> BatchService:
        """What reaches Batch, by the settings of the moment it was first needed."""
        if self._service is None:
            self._service = BatchService(settings())
        return self._service

    def _threads(self) -> tuple[Desk, Watch]:
        if self._desk is None or self._watch is None:
            trouble = Trouble(self._notice)
            self._watch = Watch(self._workspace, self.service, self, trouble)
            self._desk = Desk(self._workspace, self.service, self, self._watch, trouble)
        return self._desk, self._watch

    def _post(self, work: Callable[[], None]) -> None:
        self._heard.put(work)
        with self._ringing:
            if not self._closed:
                with suppress(BlockingIOError):
                    os.write(self._ring, b"!")

    def _hear(self) -> None:
        with suppress(BlockingIOError):
            os.read(self._bell, 65536)
        while not self._heard.empty():
            self._heard.get()()

    # ---- what the threads tell

    def submitted(self, flight: BatchFlight, job: str) -> None:
        """Its job waits for a machine."""
        self._post(lambda: self._report.submitted(flight.number, f"{JOB}{job}"))

    def started(self, flight: BatchFlight) -> None:
        """Its job runs."""
        self._post(lambda: self._report.started(flight.number, None))

    def refused(self, flight: BatchFlight, error: NbflowError) -> None:
        """It could not be submitted."""
        first = error.problems[0]
        told = "\n".join(part for part in (first.what, first.why, first.fix) if part)
        failure = Failure("WorkerError", told, code=first.code).to_json()
        self._post(lambda: self._failed(flight.number, failure))

    def ended(self, flight: BatchFlight, said: dict[str, Any] | None, status: int, why: str) -> None:
        """Nothing of it is left."""

        def tell() -> None:
            if said is not None and flight.number in self._flights:
                self._report.said(flight.number, said)
            self._exited(flight.number, status, why)

        self._post(tell)

    def _notice(self, text: str) -> None:
        # of the account, and so of every run that has a job
        self._post(lambda: self._report.noticed(list(self._flights), text))

    def _failed(self, number: int, failure: dict[str, Any]) -> None:
        if number in self._flights:
            self._report.said(number, {"failed": failure, "manifest": None, "displays": None})
            self._exited(number, 1)

    def _exited(self, number: int, status: int, why: str = "") -> None:
        if self._flights.pop(number, None) is not None:
            self._report.exited(number, status, why)
