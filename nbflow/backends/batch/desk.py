"""Submits jobs and ends them, on a thread of its own: tasks that are ready together become one array job."""

from __future__ import annotations

import hashlib
import json
import queue
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from threading import Thread
from typing import Any, Protocol

from nbflow.backends.batch.flight import BatchFlight
from nbflow.backends.batch.folder import JobFolder, array_key, is_well
from nbflow.backends.batch.requests import LARGEST_ARRAY, Wanted, definition, job_name, submission, wanted
from nbflow.backends.batch.service import BatchService, child, has_ended, is_ending
from nbflow.backends.batch.threads import Threads
from nbflow.backends.batch.told import Documents
from nbflow.backends.batch.trouble import Trouble, as_refusal
from nbflow.backends.batch.watch import Watch
from nbflow.errors import NbflowError, problem
from nbflow.workspace import Workspace

#: seconds to wait for more tasks of the same step: the scheduler hands them over one by one
_TOGETHER = 0.05
_WRITERS = 16
#: seconds in which a closing desk ends what is left
PATIENCE = 15.0


class Told(Protocol):
    """Whom the desk tells."""

    def submitted(self, flight: BatchFlight, job: str) -> None: ...
    def refused(self, flight: BatchFlight, error: NbflowError) -> None: ...
    def ended(self, flight: BatchFlight, said: dict[str, Any] | None, status: int, why: str) -> None: ...


class Desk:
    """Submits and ends."""

    def __init__(self, workspace: Workspace, service: BatchService, told: Told, watch: Watch, trouble: Trouble) -> None:
        assert workspace.far is not None, "checked before a run begins"
        self._far = workspace.far
        self._documents = Documents(workspace)
        self._service = service
        self._told = told
        self._watch = watch
        self._trouble = trouble
        self._orders: queue.SimpleQueue[tuple[str, Any]] = queue.SimpleQueue()
        self._writers = Threads(_WRITERS, "nbflow-batch-write")
        self._thread = Thread(target=self._serve, name="nbflow-batch-desk", daemon=True)
        self._thread.start()

    def launch(self, flight: BatchFlight) -> None:
        """Submit it soon."""
        self._orders.put(("launch", flight))

    def stop(self, flight: BatchFlight) -> None:
        """End its job."""
        self._orders.put(("stop", flight))

    def dismiss(self, jobs: Sequence[str]) -> None:
        """End jobs that belong to no flight."""
        self._orders.put(("dismiss", list(jobs)))

    def close(self, within: float = PATIENCE) -> None:
        """Do what was ordered, as far as that is done in `within` seconds, and end."""
        self._orders.put(("close", None))
        self._thread.join(within)
        self._writers.close()

    # ---- the thread

    def _serve(self) -> None:
        while True:
            orders = self._next_orders()
            flights = [flight for what, flight in orders if what == "launch"]
            try:
                self._launch_all(flights)
            except Exception as error:  # noqa: BLE001 - a thread that ends leaves everyone waiting
                self._refuse(flights, error)
            # what is refused for one is for the others, too, and is tried again by the watch
            for flight in [whom for what, whom in orders if what == "stop"]:
                if not self._stop(flight):
                    break
            for what, whom in orders:
                if what == "dismiss":
                    self._dismiss(whom)
            if any(what == "close" for what, _ in orders):
                return

    def _next_orders(self) -> list[tuple[str, Any]]:
        orders = [self._orders.get()]
        if orders[0][0] == "launch":
            time.sleep(_TOGETHER)
        while not self._orders.empty():
            orders.append(self._orders.get())
        return orders

    def _launch_all(self, flights: Sequence[BatchFlight]) -> None:
        fresh = [flight for flight in flights if not self._take_over(flight)]
        groups: dict[tuple[Wanted, str], list[BatchFlight]] = {}
        for flight in fresh:
            if flight.stopped:
                self._told.ended(flight, None, -15, "it was stopped before it was submitted")
                continue
            try:
                groups.setdefault((self._wanted(flight), self._run_step(flight)), []).append(flight)
            except Exception as error:  # noqa: BLE001 - of one task, not of the others
                self._refuse([flight], error)
        for (asked, _), members in groups.items():
            for start in range(0, len(members), LARGEST_ARRAY):
                some = members[start : start + LARGEST_ARRAY]
                try:
                    self._submit(asked, some)
                except Exception as error:  # noqa: BLE001 - as above
                    self._refuse(some, error)

    def _wanted(self, flight: BatchFlight) -> Wanted:
        place = flight.spec.place
        assert place is not None, "the scheduler sends only what runs elsewhere"
        settings = self._service.settings.batch
        first = wanted(place, settings, step=flight.step, fargate=False)
        return wanted(place, settings, step=flight.step, fargate=self._service.is_fargate(first.queue))

    def _run_step(self, flight: BatchFlight) -> str:
        return flight.spec.task.rpartition("/")[0]

    def _submit(self, asked: Wanted, flights: Sequence[BatchFlight]) -> None:
        flow, run, step, _ = flights[0].spec.task.split("/")
        if asked.fargate and not asked.job_role:
            self._trouble.warn(problem("R094", step=step))
        # what the job reads is there before the job is
        self._writers.map(lambda each: each.folder.tell(self._far, self._documents.of(each.spec)), flights)
        prefixes = [flight.folder.prefix for flight in flights]
        env = self._documents.environment(step)
        if len(flights) == 1:
            token, env["NBFLOW_TOLD"] = prefixes[0], prefixes[0]
        else:
            token = hashlib.sha256("\n".join(prefixes).encode()).hexdigest()
            env["NBFLOW_ARRAY"] = array_key(token[:32])
            self._far.put(env["NBFLOW_ARRAY"], [json.dumps(prefixes).encode()])
        tags = {"nbflow:flow": flow, "nbflow:run": f"{flow}/{run}", "nbflow:step": step, **dict(asked.tags)}
        request = submission(
            asked,
            job_name(flow, step, f"{self._documents.url}/{token}"),
            self._service.definition(definition(asked)),
            self._documents.command(asked.python),
            env,
            tags,
            len(flights),
        )
        job = self._service.submit(request)
        for index, flight in enumerate(flights):
            flight.job = job if len(flights) == 1 else child(job, index)
            self._told.submitted(flight, flight.job)
            self._watch.follow(flight)
            if flight.stopped:
                self._stop(flight)

    def _take_over(self, flight: BatchFlight) -> bool:
        """Follow the job that an earlier run left, if it goes on or ended well; False: submit one."""
        if flight.job is None:
            return False
        if not self._goes_on(flight, flight.job):
            flight.job, flight.folder = None, JobFolder.of(flight.spec)
            return False
        self._told.submitted(flight, flight.job)
        self._watch.follow(flight)
        return True

    def _goes_on(self, flight: BatchFlight, job: str) -> bool:
        try:
            told = flight.folder.said(self._far)
            if told is not None:
                return is_well(told["said"])
            found = self._service.describe([job]).get(job)
        except Exception:  # noqa: BLE001 - what cannot be found out is run again
            return False
        return found is not None and not has_ended(found) and not is_ending(found)

    def _stop(self, flight: BatchFlight) -> bool:
        # one that has no job was refused, or is not submitted yet: then it will not be
        return flight.job is None or flight.terminated or self._watch.terminate(flight)

    def _dismiss(self, jobs: Iterable[str]) -> None:
        for job in jobs:
            with suppress(Exception):
                self._service.terminate(job, "nbflow: its run is over")

    def _refuse(self, flights: Iterable[BatchFlight], error: Exception) -> None:
        told = as_refusal("SubmitJob", error)
        for flight in flights:
            self._told.refused(flight, told)
