"""Jobs that are looked for: what AWS refuses is told, what it no longer knows has ended, and nobody waits without a word."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from nbflow.backends.batch import watch as looking
from nbflow.backends.batch.flight import BatchFlight
from nbflow.backends.batch.folder import JobFolder
from nbflow.backends.batch.trouble import Trouble
from nbflow.backends.batch.watch import Watch
from nbflow.errors import RunError, problem
from nbflow.storage.memory import MemoryStorage

DENIED = RunError(
    problem("R091", action="DescribeJobs", what="it is not allowed", why="AWS says so", fix="have it allowed")
)


class Service:
    """Batch, as a test wants it to answer."""

    def __init__(self) -> None:
        self.jobs: dict[str, dict[str, Any]] = {}
        self.denies: set[str] = set()
        #: how many looks more it refuses
        self.busy = 0
        self.looks = 0
        self.ended: list[str] = []

    def describe(self, jobs: Iterator[str]) -> dict[str, dict[str, Any]]:
        self.looks += 1
        self.busy -= 1
        if "look" in self.denies or self.busy >= 0:
            raise DENIED
        return {job: self.jobs[job] for job in jobs if job in self.jobs}

    def terminate(self, job: str, _reason: str) -> None:
        if "end" in self.denies:
            raise DENIED
        self.ended.append(job)
        self.jobs[job] = {"status": "FAILED", "statusReason": "nbflow: cancelled"}

    def log(self, _stream: str) -> str:
        return ""


class Seen:
    """A watch, and all it tells."""

    def __init__(self, folder: Path) -> None:
        self.far = MemoryStorage()
        self.service = Service()
        self.gone: dict[int, tuple[Any, int, str]] = {}
        self.running: list[int] = []
        self.told: list[str] = []
        self._folder = folder
        where: Any = SimpleNamespace(far=self.far)
        service: Any = self.service
        self.watch = Watch(where, service, self, Trouble(self.told.append))

    def started(self, flight: BatchFlight) -> None:
        self.running.append(flight.number)

    def ended(self, flight: BatchFlight, said: Any, status: int, why: str) -> None:
        self.gone[flight.number] = (said, status, why)

    def flight(self, number: int, status: str = "RUNNING") -> BatchFlight:
        spec: Any = SimpleNamespace(task=f"f/1/s/{number}", step="s", attempt=0)
        made = BatchFlight(number, spec, self._folder / "out", self._folder / "err", JobFolder(spec.task, 0))
        made.job = f"job-{number}"
        if status:
            self.service.jobs[made.job] = {"status": status}
        self.watch.follow(made)
        return made

    def until(self, answer: Callable[[], object]) -> None:
        end = time.monotonic() + 20
        while not answer():
            assert time.monotonic() < end, (self.told, self.gone)
            time.sleep(0.005)


@pytest.fixture
def seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Seen]:
    monkeypatch.setattr(looking, "_SOONEST", 0.005)
    monkeypatch.setattr(looking, "_LATEST", 0.005)
    made = Seen(tmp_path)
    yield made
    made.watch.close()


def test_looks_that_are_refused_are_told_once_and_once_more_when_they_succeed(seen: Seen) -> None:
    seen.service.denies.add("look")
    seen.flight(1)
    seen.until(lambda: seen.service.looks > 12)
    (told,) = seen.told
    assert told.startswith("NBF-R091") and "have it allowed" in told and "interrupt" in told
    seen.service.denies.clear()
    seen.until(lambda: len(seen.told) > 1)
    assert seen.running == [1]
    assert seen.told[1:] == ["AWS Batch says again how the jobs are"]
    assert seen.gone == {}


def test_a_look_that_is_refused_now_and_then_is_not_worth_a_word(seen: Seen) -> None:
    seen.flight(1)
    for _ in range(3):
        seen.service.busy = 2
        seen.until(lambda: seen.service.busy < -2)
    assert seen.told == []


def test_an_end_that_is_refused_is_told_and_tried_again_and_keeps_nothing_else_from_being_seen(seen: Seen) -> None:
    seen.service.denies.add("end")
    first, second = seen.flight(1), seen.flight(2)
    first.stopped = "cancelled"
    seen.until(lambda: seen.told)
    looks = seen.service.looks
    seen.until(lambda: seen.service.looks > looks + 5)
    assert len(seen.told) == 1 and "the jobs may go on" in seen.told[0]
    seen.service.jobs[str(second.job)] = {"status": "SUCCEEDED"}
    second.folder.say(seen.far, {"done": 1}, 0, "")
    seen.until(lambda: seen.gone)
    assert seen.gone == {2: ({"done": 1}, 0, "")}
    seen.service.denies.clear()
    seen.until(lambda: 1 in seen.gone)
    assert seen.service.ended == ["job-1"]
    assert seen.told[1:] == ["AWS Batch ends jobs again"]


def test_a_job_that_batch_does_not_know_is_lost_when_that_does_not_change(
    seen: Seen, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen.flight(1, status="")
    seen.until(lambda: seen.service.looks > 5)
    assert seen.gone == {}, "one that was submitted just now may not be listed yet"
    monkeypatch.setattr(looking, "_UNKNOWN", 0.0)
    seen.until(lambda: seen.gone)
    said, status, why = seen.gone[1]
    assert (said, status) == (None, 1) and "no longer knows its job job-1" in why


def test_a_job_that_batch_has_forgotten_ended_as_it_said(seen: Seen, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looking, "_UNKNOWN", 0.0)
    JobFolder("f/1/s/1", 0).say(seen.far, {"done": 1}, 0, "")
    seen.flight(1, status="")
    seen.until(lambda: seen.gone)
    assert seen.gone[1] == ({"done": 1}, 0, "")


def test_of_two_jobs_of_one_attempt_the_one_that_has_begun_it_is_ended(seen: Seen) -> None:
    JobFolder("f/1/s/1", 0).claim(seen.far, "job-2")
    flight = seen.flight(1)
    seen.service.jobs["job-2"] = {"status": "RUNNING"}
    flight.stopped = "cancelled"
    seen.until(lambda: seen.gone)
    assert seen.service.ended == ["job-1", "job-2"]
    assert seen.gone[1] == (None, -15, "cancelled")
