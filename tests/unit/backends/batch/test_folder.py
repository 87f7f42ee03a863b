"""One attempt's folder in the bucket: it is begun by one job and ended once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from nbflow.backends.batch.folder import JobFolder
from nbflow.storage.memory import MemoryStorage


def test_of_many_jobs_one_begins_an_attempt_and_may_begin_it_again() -> None:
    storage, folder = MemoryStorage(), JobFolder("f/1/s/0", 0)
    with ThreadPoolExecutor(8) as threads:
        won = list(threads.map(lambda number: folder.claim(storage, f"job-{number}"), range(32)))
    assert won.count(True) == 1
    winner = f"job-{won.index(True)}"
    assert folder.claimant(storage) == winner
    # its machine was taken away, and Batch has begun it on another
    assert folder.claim(storage, winner)


def test_another_attempt_is_another_matter() -> None:
    storage = MemoryStorage()
    assert JobFolder("f/1/s/0", 0).claim(storage, "a")
    assert JobFolder("f/1/s/0", 1).claim(storage, "b")


def test_what_was_said_first_counts() -> None:
    storage, folder = MemoryStorage(), JobFolder("f/1/s/0", 0)
    assert folder.said(storage) is None
    assert folder.say(storage, {"done": 1}, 0, "")
    assert not folder.say(storage, None, -15, "stopped")
    assert folder.said(storage) == {"said": {"done": 1}, "status": 0, "why": ""}
