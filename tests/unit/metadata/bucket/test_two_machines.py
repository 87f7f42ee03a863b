"""Several people on several machines, with nothing but a bucket between them."""

from __future__ import annotations

import multiprocessing
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from metadata_kinds import AT_ONCE, machines_on

from nbflow.errors import MetadataError
from nbflow.metadata.bucket import BucketMetadata
from nbflow.model.artifact import ArtifactRef, Manifest
from nbflow.model.ids import Digest, FlowName, RunId, StepName
from nbflow.model.record import AttemptRecord, RunRecord, StepSummary, TaskRecord
from nbflow.model.status import RunStatus, TaskStatus
from nbflow.storage.local import LocalStorage
from nbflow.storage.memory import MemoryStorage

HERE = f"{socket.gethostname()}:{os.getpid()}"
Machines = Callable[[str], BucketMetadata]


@pytest.fixture
def storage() -> MemoryStorage:
    return MemoryStorage()


@pytest.fixture
def machines(storage: MemoryStorage, tmp_path: Path) -> Iterator[Machines]:
    with machines_on(storage, tmp_path) as made:
        yield made


def a_run(flow: str = "f", **changes: Any) -> RunRecord:
    made = RunRecord(FlowName(flow), RunId(""), "run", RunStatus.RUNNING, "ada", time.time(), owner=HERE)
    return replace(made, **changes)


def a_task(step: str = "train", value: float = 1.0, status: TaskStatus = TaskStatus.SUCCEEDED) -> TaskRecord:
    left = Manifest({"x": ArtifactRef(Digest("ab" * 32), "scalar", "float", 8, scalar=value)})
    return TaskRecord(StepName(step), "0", (), status, manifest=left, fingerprint=f"{step}{value}")


def refused(action: Any, *arguments: Any, **named: Any) -> str:
    with pytest.raises(MetadataError) as caught:
        action(*arguments, **named)
    return caught.value.code


def at_once(*actions: Callable[[], object]) -> None:
    """Do all of them, each on a thread, as near to each other as can be."""
    ready = threading.Barrier(len(actions))

    def act(action: Callable[[], object]) -> None:
        ready.wait()
        action()

    threads = [threading.Thread(target=act, args=(action,)) for action in actions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def everything(metadata: BucketMetadata) -> list[Any]:
    """Return all there is to be read."""
    runs = [run for flow in metadata.flows() for run in metadata.runs(flow, drafts=True, spins=True)]
    return [
        (
            replace(run, heartbeat_at=None),
            metadata.tasks(run.flow, run.id),
            metadata.attempts(run.flow, run.id),
            metadata.items(run.flow, run.id),
            metadata.metrics([(run.flow, run.id)]),
        )
        for run in runs
    ]


def test_each_sees_what_the_other_wrote(machines: Machines) -> None:
    ada, grace = machines("ada"), machines("grace")
    run = ada.create_run(a_run(steps=(StepSummary(StepName("train"), (), ()),)))
    assert grace.run("f", run.id) == run
    ada.write("f", run.id, [a_task()], [AttemptRecord(StepName("train"), "0", 0, TaskStatus.SUCCEEDED)])
    assert grace.tasks("f", run.id) == (a_task(),)
    assert len(grace.attempts("f", run.id)) == 1
    assert grace.results("f", ["train1.0"])["train1.0"][0] == "f/1/train/0"
    grace.update_run("f", run.id, status=RunStatus.SUCCEEDED, finished_at=5.0)
    found = ada.run("f", run.id)
    assert found is not None
    assert (found.status, found.finished_at) == (RunStatus.SUCCEEDED, 5.0)
    assert everything(ada) == everything(grace) != []


def test_ids_are_unique_whoever_asks(machines: Machines) -> None:
    made: list[str] = []
    people = [machines(name) for name in ("ada", "grace", "mary")]

    def ask(metadata: BucketMetadata) -> None:
        made.extend(metadata.create_run(a_run(kind=kind)).id for kind in ("run", "draft") * 5)

    at_once(*(lambda who=who: ask(who) for who in (*people, *people)))
    assert sorted(made) == sorted(each for number in range(1, 31) for each in (str(number), f"draft-{number}"))
    orders = {tuple(run.id for run in who.runs("f", drafts=True)) for who in people}
    assert len(orders) == 1
    (order,) = orders
    for kind in ("run", "draft"):
        ids = [int(each.rpartition("-")[2]) for each in order if each.startswith("draft") is (kind == "draft")]
        assert ids == list(range(30, 0, -1))


def test_of_two_who_commit_one_task_one_wins(machines: Machines) -> None:
    ada, grace = machines("ada"), machines("grace")
    for number in range(1, 11):
        run = ada.create_run(a_run()).id
        assert grace.run("f", run) is not None
        said: dict[str, str] = {}

        def commit(who: str, metadata: BucketMetadata, value: float, run: str = run, said: Any = said) -> None:
            try:
                metadata.write("f", run, [a_task(value=value)])
                said[who] = "won"
            except MetadataError as error:
                said[who] = error.code

        at_once(lambda c=commit: c("ada", ada, 1.0), lambda c=commit: c("grace", grace, 2.0))
        assert sorted(said.values()) == ["NBF-M008", "won"], number
        left = a_task(value=1.0 if said["ada"] == "won" else 2.0)
        assert ada.tasks("f", run) == grace.tasks("f", run) == (left,)


def test_tags_of_several_people_come_together(machines: Machines) -> None:
    ada, grace = machines("ada"), machines("grace")
    run = ada.create_run(a_run()).id
    at_once(
        *(lambda n=number: ada.tag("f", run, add=[f"ada-{n}"]) for number in range(8)),
        *(lambda n=number: grace.tag("f", run, add=[f"grace-{n}"]) for number in range(8)),
    )
    wanted = {f"{who}-{number}" for who in ("ada", "grace") for number in range(8)}
    for metadata in (ada, grace):
        found = metadata.run("f", run)
        assert found is not None
        assert found.tags == wanted


def test_of_many_who_tag_the_last_ones_find_no_room(machines: Machines) -> None:
    ada, grace = machines("ada"), machines("grace")
    run = ada.create_run(a_run()).id
    said: list[str] = []

    def add(metadata: BucketMetadata, who: str) -> None:
        for number in range(30):
            try:
                metadata.tag("f", run, add=[f"{who}-{number}"])
            except MetadataError as error:
                said.append(error.code)

    at_once(lambda: add(ada, "ada"), lambda: add(grace, "grace"))
    assert said == ["NBF-M013"] * 10


def test_a_wish_to_cancel_reaches_the_owner(machines: Machines) -> None:
    owner, other = machines("owner"), machines("other")
    run = owner.create_run(a_run()).id
    assert not owner.cancel_asked("f", run)
    assert other.ask_cancel("f", run)
    until = time.monotonic() + 30
    # the owner does not wait for the bucket
    while not owner.cancel_asked("f", run):
        assert time.monotonic() < until
        time.sleep(0.01)


def test_an_owner_who_comes_back_is_refused(machines: Machines) -> None:
    owner, other = machines("owner"), machines("other")
    run = owner.create_run(a_run()).id
    owner.write("f", run, [a_task("load")])
    other.update_run("f", run, status=RunStatus.LOST, finished_at=3.0)
    assert refused(owner.write, "f", run, [a_task("train")]) == "NBF-M011"
    assert owner.update_run("f", run, status=RunStatus.SUCCEEDED).status is RunStatus.LOST
    assert [task.step for task in other.tasks("f", run)] == ["load"]


def test_what_may_wait_comes_with_what_may_not(storage: MemoryStorage, tmp_path: Path) -> None:
    # longer than this test takes on any machine
    with machines_on(storage, tmp_path, replace(AT_ONCE, wait=300.0)) as machines:
        ada, grace = machines("ada"), machines("grace")
        run = ada.create_run(a_run(kind="draft")).id
        ada.update_run("f", run, parameters={"alpha": ("float", 0.5, "cell")})
        ada.write("f", run, [a_task(status=TaskStatus.RUNNING)])
        assert grace.tasks("f", run) == ()
        ada.write("f", run, [a_task()])
        assert grace.tasks("f", run) == (a_task(),)
        found = grace.run("f", run)
        assert found is not None
        assert found.parameters == {"alpha": ("float", 0.5, "cell")}


def test_what_comes_behind_what_waits_is_judged_after_it(machines: Machines) -> None:
    ada, grace = machines("ada"), machines("grace")
    run = ada.create_run(a_run()).id
    ada.update_run("f", run, status=RunStatus.CANCELLING)
    ada.update_run("f", run, status=RunStatus.RUNNING, reason="so")
    assert _status(ada, run) is _status(grace, run) is RunStatus.RUNNING


def test_what_may_wait_does_not_wait_for_long(machines: Machines) -> None:
    ada, grace = machines("ada"), machines("grace")
    run = ada.create_run(a_run()).id
    ada.write("f", run, [a_task(status=TaskStatus.RUNNING)])
    until = time.monotonic() + 30
    while not grace.tasks("f", run):
        assert time.monotonic() < until
        time.sleep(0.05)


def test_what_waited_is_refused_when_the_run_has_ended_meanwhile(machines: Machines) -> None:
    owner, other = machines("owner"), machines("other")
    run = owner.create_run(a_run()).id
    owner.write("f", run, [a_task(status=TaskStatus.RUNNING)])
    other.update_run("f", run, status=RunStatus.LOST)
    assert owner.tasks("f", run) == ()
    assert refused(owner.write, "f", run, [a_task("b")]) == "NBF-M011"
    # it was told once
    assert owner.tag("f", run, add=["x"]) == {"x"}


def test_what_is_refused_keeps_nothing_back_that_waited(machines: Machines) -> None:
    ada, grace = machines("ada"), machines("grace")
    run = ada.create_run(a_run()).id
    ada.write("f", run, [a_task(status=TaskStatus.RUNNING)])
    assert refused(ada.tag, "f", run) == "NBF-M016"
    ada.write("f", run, [a_task("b")])
    assert [task.step for task in grace.tasks("f", run)] == ["train", "b"]


def test_an_owner_on_another_machine_is_heard(storage: MemoryStorage, tmp_path: Path) -> None:
    with machines_on(storage, tmp_path) as machines:
        owner = machines("owner")
        run = owner.create_run(a_run(owner="far-away:17", created_at=time.time() - 1000)).id
        assert _status(machines("before"), run) is RunStatus.LOST
        entries = len(list(storage.list("journal/")))
        owner.update_run("f", run, heartbeat_at=time.time())
        owner.close()
        assert _status(machines("behind"), run) is RunStatus.RUNNING
        assert len(list(storage.list("journal/"))) == entries


def test_the_last_beat_of_a_run_that_was_lost_is_known_to_all(machines: Machines) -> None:
    owner, other = machines("owner"), machines("other")
    # who was there before reads the journal, and not what it comes to
    other.flows()
    run = owner.create_run(a_run(owner="far-away:17")).id
    at = time.time() - 500
    owner.update_run("f", run, heartbeat_at=at)
    owner.update_run("f", run, status=RunStatus.LOST)
    found = other.run("f", run)
    assert found is not None
    assert found.heartbeat_at == at


def _status(metadata: BucketMetadata, run: str) -> RunStatus:
    found = metadata.run("f", run)
    assert found is not None
    return found.status


# ---- indexes


def test_an_index_that_is_gone_is_made_anew(machines: Machines) -> None:
    ada = machines("ada")
    for number in range(6):
        run = ada.create_run(a_run("fg"[number % 2], kind="draft" if number == 4 else "run")).id
        flow = "fg"[number % 2]
        for each in range(12):
            ada.write(flow, run, [a_task(f"s{each}", number + each)])
        if number < 4:
            ada.update_run(flow, run, status=RunStatus.SUCCEEDED, finished_at=9.0)
        ada.tag(flow, run, add=[f"after-{number}"])
    ada.close()
    assert everything(machines("anew")) == everything(ada) != []
    assert machines("anew again").create_run(a_run("g")).id == "4"


def test_two_processes_share_an_index(tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    processes = [context.Process(target=_make_runs, args=(tmp_path, 10)) for _ in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    with machines_on(LocalStorage(tmp_path / "bucket"), tmp_path) as machines:
        shared = machines("shared")
        assert sorted(int(run.id) for run in shared.runs("f")) == list(range(1, 31))
        assert all(len(shared.tasks("f", run.id)) == 1 for run in shared.runs("f"))
        assert everything(shared) == everything(machines("another"))


def _make_runs(folder: Path, count: int) -> None:
    metadata = BucketMetadata(LocalStorage(folder / "bucket"), folder / "shared.db", pace=AT_ONCE)
    for _ in range(count):
        run = metadata.create_run(a_run())
        metadata.write("f", run.id, [a_task()])
    metadata.close()


def test_a_child_of_a_fork_waits_for_no_thread_of_its_parent(machines: Machines) -> None:
    ada = machines("ada")
    run = ada.create_run(a_run())
    # this waits for what follows, which the parent writes
    ada.update_run("f", run.id, heartbeat_at=1.0, started_at=2.0)
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        reading = ada._index.facts.database.read()
        with ada._writer._lock(("f", run.id)), ada._writer._mutex, ada._looker._turn, ada._pool._lock, reading:
            held.set()
            done.wait()

    other = threading.Thread(target=hold)
    other.start()
    held.wait()
    pid = os.fork()
    if pid == 0:
        failed = 1
        try:
            ada.write("f", run.id, [a_task()])
            ada.create_run(a_run())
            failed = [each.id for each in ada.runs("f")] != ["2", run.id]
        finally:
            os._exit(failed)
    try:
        end = time.monotonic() + 30
        while not (left := os.waitpid(pid, os.WNOHANG))[0]:
            assert time.monotonic() < end, "it waits"
            time.sleep(0.01)
        assert left[1] == 0
    finally:
        done.set()
        other.join()
        if not left[0]:
            os.kill(pid, 9)
            os.waitpid(pid, 0)
