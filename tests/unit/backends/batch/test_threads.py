"""Threads that ask AWS: their work comes back in order, and nobody waits for one that hangs."""

from __future__ import annotations

import subprocess
import sys
import threading
from concurrent.futures import CancelledError
from contextlib import closing

import pytest

from nbflow.backends.batch.threads import Threads

_HANGS = """
import threading
from pathlib import Path
from types import SimpleNamespace
from nbflow.backends.batch.flight import BatchFlight
from nbflow.backends.batch.folder import JobFolder
from nbflow.backends.batch.trouble import Trouble
from nbflow.backends.batch.watch import Watch

asked = threading.Event()

class Far:
    "A bucket that does not answer."
    def get(self, *_):
        asked.set()
        threading.Event().wait()

service = SimpleNamespace(describe=lambda jobs: {job: {"status": "RUNNING"} for job in jobs})
told = SimpleNamespace(started=lambda flight: None)
watch = Watch(SimpleNamespace(far=Far()), service, told, Trouble(print))
spec = SimpleNamespace(task="f/1/s/0", step="s", attempt=0)
watch.follow(BatchFlight(1, spec, Path("out"), Path("err"), JobFolder(spec.task, 0), job="job-1"))
asked.wait()
watch.close()
print("over")
"""


def test_the_end_of_the_process_does_not_wait_for_a_request_that_hangs() -> None:
    done = subprocess.run([sys.executable, "-c", _HANGS], check=True, capture_output=True, text=True, timeout=60)
    assert done.stdout == "over\n"


def test_work_comes_back_in_its_order_and_the_first_failure_is_raised() -> None:
    with closing(Threads(3, "test")) as threads:
        assert threads.map(lambda each: each * 2, range(50)) == [2 * each for each in range(50)]
        with pytest.raises(ValueError, match="'x1'"):
            threads.map(int, ["0", "x1", "x2"])
        assert threads.map(int, []) == []


def test_who_waits_for_what_is_not_begun_when_they_close_is_told() -> None:
    threads, gate, begun = Threads(1, "test"), threading.Event(), threading.Event()

    def wait() -> str:
        begun.set()
        gate.wait()
        return "done"

    first, second = threads.submit(wait), threads.submit(wait)
    begun.wait()
    threads.close()
    gate.set()
    assert first.result(60) == "done"
    with pytest.raises(CancelledError):
        second.result(60)
    with pytest.raises(RuntimeError):
        threads.submit(wait)
