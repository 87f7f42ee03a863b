"""Metadata in a bucket of an S3 service, through clients and a network that are what they are."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from metadata_kinds import AT_ONCE, machines_on
from s3_faults import Faults, faults_before
from s3_server import ENVIRONMENT, FOREIGN, client, s3_server

from nbflow.errors import MetadataError
from nbflow.metadata.bucket import BucketMetadata
from nbflow.model.ids import FlowName, RunId, StepName
from nbflow.model.record import RunRecord, TaskRecord
from nbflow.model.status import RunStatus, TaskStatus
from nbflow.storage.urls import open_storage

HERE = f"{socket.gethostname()}:{os.getpid()}"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with s3_server() as url:
        client(url).create_bucket(Bucket="team")
        yield url


@pytest.fixture
def network(server: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Faults]:
    for name in FOREIGN:
        monkeypatch.delenv(name, raising=False)
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    with faults_before(server) as proxy:
        monkeypatch.setenv("AWS_ENDPOINT_URL", proxy.url)
        yield proxy


@pytest.fixture
def machines(network: Faults, tmp_path: Path) -> Iterator[Callable[[str], BucketMetadata]]:
    # below a prefix of its own, as a team's bucket holds other things, too
    with machines_on(open_storage(f"s3://team/{tmp_path.name}"), tmp_path) as made:
        yield made


def a_run(**changes: Any) -> RunRecord:
    made = RunRecord(FlowName("f"), RunId(""), "run", RunStatus.RUNNING, "ada", time.time(), owner=HERE)
    return replace(made, **changes)


def a_task(reason: str = "") -> TaskRecord:
    return TaskRecord(StepName("train"), "0", (), TaskStatus.SUCCEEDED, reason=reason)


def test_several_machines_agree(machines: Callable[[str], BucketMetadata]) -> None:
    people = [machines(name) for name in ("ada", "grace")]
    made: list[str] = []
    said: list[str] = []
    ready = threading.Barrier(len(people))

    def work(metadata: BucketMetadata) -> None:
        made.extend(metadata.create_run(a_run()).id for _ in range(4))
        ready.wait()
        try:
            metadata.write("f", "1", [a_task(str(id(metadata)))])
            said.append("won")
        except MetadataError as error:
            said.append(error.code)
        metadata.tag("f", "2", add=[f"seen-{id(metadata)}"])

    threads = [threading.Thread(target=work, args=(metadata,)) for metadata in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(made, key=int) == [str(number) for number in range(1, 9)]
    assert sorted(said) == ["NBF-M008", "won"]
    for metadata in (*people, machines("anew")):
        assert [run.id for run in metadata.runs("f")] == [str(number) for number in range(8, 0, -1)]
        assert len(metadata.tasks("f", "1")) == 1
        found = metadata.run("f", "2")
        assert found is not None
        assert len(found.tags) == 2


def test_a_lost_reply_writes_nothing_twice(network: Faults, machines: Callable[[str], BucketMetadata]) -> None:
    ada, grace = machines("ada"), machines("grace")
    ada.flows()
    for kind in ("lost", "cut"):
        network.add("PUT", "/journal/", kind=kind)
        run = ada.create_run(a_run()).id
        network.add("PUT", "/journal/", kind=kind)
        ada.write("f", run, [a_task()])
    assert [run.id for run in grace.runs("f")] == ["2", "1"]
    assert all(len(grace.tasks("f", run)) == 1 for run in "12")
    assert not [each for each in network.faults if each.times]


def test_what_the_service_refuses_is_said_in_its_words(network: Faults, tmp_path: Path) -> None:
    metadata = BucketMetadata(open_storage("s3://no-such-bucket-of-ours"), tmp_path / "index.db", pace=AT_ONCE)
    with closing(metadata), pytest.raises(OSError, match="NBF-S008"):
        metadata.flows()


@pytest.mark.parametrize("flow", ["sales", "ü b~%.x", "a/b", ".."])
def test_any_name_can_be_a_flows(machines: Callable[[str], BucketMetadata], flow: str) -> None:
    made = machines("ada").create_run(a_run(flow=FlowName(flow)))
    assert machines("grace").flows() == (flow,)
    assert machines("grace").run(flow, made.id) == made


def test_what_a_run_of_two_steps_asks_of_the_service(
    network: Faults, machines: Callable[[str], BucketMetadata]
) -> None:
    ada = machines("ada")
    ada.flows()
    network.seen.clear()
    run = ada.create_run(a_run()).id
    for step in ("load", "train"):
        task = replace(a_task(), step=StepName(step))
        ada.write("f", run, [replace(task, status=TaskStatus.RUNNING)])
        ada.write("f", run, [task])
    ada.update_run("f", run, status=RunStatus.SUCCEEDED)
    ada.close()
    asked = Counter(f"{line.split()[0]} {_kind(line)}" for line in network.seen)
    # the first list is the look before a run is made, the second the search for old news, once an hour
    assert asked.pop("PUT news") in {1, 2}, "a minute may have ended meanwhile"
    assert asked == {"GET list": 2, "PUT journal": 4, "PUT folds": 1, "POST delete": 1}


def _kind(line: str) -> str:
    path = line.split()[1]
    if "list-type" in path:
        return "list"
    return "delete" if path.endswith("?delete") else path.split("/")[3]
