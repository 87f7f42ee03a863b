"""One leads, on every kind of store, whatever the others do."""

from __future__ import annotations

import itertools
import json
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from moved_clock import MovedClock
from s3_server import ENVIRONMENT, FOREIGN, client, s3_server

from nbflow.schedules.lease import SILENCE, Lease
from nbflow.storage.base import Storage
from nbflow.storage.local import LocalStorage
from nbflow.storage.memory import MemoryStorage
from nbflow.storage.urls import open_storage

numbers = itertools.count()


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with s3_server() as url:
        client(url).create_bucket(Bucket="leases")
        yield url


@pytest.fixture(params=["local", "memory", "s3"])
def storage(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Storage:
    if request.param != "s3":
        return LocalStorage(tmp_path) if request.param == "local" else MemoryStorage()
    for name in FOREIGN:
        monkeypatch.delenv(name, raising=False)
    for name, value in {**ENVIRONMENT, "AWS_ENDPOINT_URL": request.getfixturevalue("server")}.items():
        monkeypatch.setenv(name, value)
    return open_storage(f"s3://leases/{os.getpid()}-{next(numbers)}")


@pytest.fixture
def clock() -> MovedClock:
    return MovedClock(datetime(2026, 11, 30, tzinfo=UTC))


def test_one_leads_until_it_leaves(storage: Storage, clock: MovedClock) -> None:
    first, second = Lease(storage, clock), Lease(storage, clock)
    assert first.hold() and not second.hold()
    assert second.holder == second.leader() == first.holder != ""
    assert first.hold() and not second.hold()
    first.leave()
    assert second.leader() == ""
    assert second.hold() and not first.hold()
    assert len(list(storage.list("schedules/lease/"))) == 1


def test_one_that_says_nothing_any_more_is_followed_and_finds_that_it_was(storage: Storage, clock: MovedClock) -> None:
    first, second = Lease(storage, clock), Lease(storage, clock)
    assert first.hold() and not second.hold()
    for _ in range(10):
        clock.wait(SILENCE - 5)
        assert first.hold() and not second.hold(), "it says that it is there"
    clock.wait(SILENCE + 1)
    assert second.hold()
    assert not first.hold()


def test_of_many_who_come_at_once_one_leads(storage: Storage, clock: MovedClock) -> None:
    for _ in range(3):
        leases = [Lease(storage, clock) for _ in range(8)]
        with ThreadPoolExecutor(len(leases)) as threads:
            led = list(threads.map(Lease.hold, leases))
        assert sorted(led) == [False] * 7 + [True]
        for lease in leases:
            lease.leave()


def test_a_process_here_that_is_gone_is_not_waited_for(tmp_path: Path, clock: MovedClock) -> None:
    storage = LocalStorage(tmp_path)
    first, second = Lease(storage, clock), Lease(storage, clock)
    assert first.hold()
    (key,) = storage.list("schedules/lease/")
    host = first.holder.rpartition(":")[0]
    facts = {**json.loads(storage.get(key)), "owner": f"{host}:{2**22 + 1}"}
    storage.put(key, [json.dumps(facts).encode()])
    assert second.leader() == ""
    assert second.hold()
