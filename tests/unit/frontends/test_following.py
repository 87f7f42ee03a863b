"""A run as another process sees it in the store, told in the events that its own process sees."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from nbflow.errors import MetadataError
from nbflow.frontends.following import Followed, follow
from nbflow.model.event import AttemptEnded, Event, ItemsListed, TaskStarted
from nbflow.model.ids import FlowName, RunId, StepName
from nbflow.model.record import Failure, ItemList, ItemsRecord, RunRecord, StepSummary, TaskRecord
from nbflow.model.status import RunStatus, TaskStatus
from nbflow.workspace import Workspace

NOW = 1_700_000_000.0
FAILED = Failure("ValueError", "no")


class Elsewhere:
    """The process that runs the run."""

    def __init__(self, root: Path) -> None:
        self.workspace = Workspace.open(root)
        steps = (StepSummary(StepName("load"), (), ()), StepSummary(StepName("each"), (StepName("load"),), ("each",)))
        owner = f"{socket.gethostname()}:{os.getpid()}"
        record = RunRecord(FlowName("f"), RunId(""), "run", RunStatus.RUNNING, "ada", NOW, steps=steps, owner=owner)
        self.run = self.workspace.metadata.create_run(replace(record, started_at=time.time(), heartbeat_at=time.time()))

    def write(self, step: str, status: str, path: tuple[int, ...] = (), **changes: Any) -> None:
        began = status not in {"waiting", "skipped"}
        task = TaskRecord(
            *(StepName(step), "-".join(map(str, path)) or "0", path, TaskStatus(status)),
            started_at=NOW if began else None,
            **changes,
        )
        self.workspace.metadata.write("f", self.run.id, [task])

    def list(self, count: int) -> None:
        ref = self.workspace.store.put(1)
        items = ItemsRecord(StepName("each"), (), ItemList((ref,) * count, count))
        self.workspace.metadata.write("f", self.run.id, items=[items])

    def end(self, status: str = "succeeded", **changes: Any) -> None:
        self.workspace.metadata.update_run("f", self.run.id, status=RunStatus(status), **changes)


@pytest.fixture
def elsewhere(tmp_path: Path) -> Elsewhere:
    return Elsewhere(tmp_path / ".nbflow")


@pytest.fixture
def followed(elsewhere: Elsewhere) -> Followed:
    return Followed(elsewhere.workspace, "f", elsewhere.run.id)


def said(events: Sequence[Event]) -> list[str]:
    found = []
    for each in events:
        match each:
            case TaskStarted(key, attempt):
                found.append(f"{key} started {attempt}")
            case AttemptEnded(key, attempt, record):
                found.append(f"{key} {record.status} {attempt}")
            case ItemsListed(key, total, ran):
                found.append(f"{key} lists {ran} of {total}")
    return found


def test_tells_what_happened_since_the_last_look_and_nothing_twice(elsewhere: Elsewhere, followed: Followed) -> None:
    assert followed.look() == []
    elsewhere.write("load", "running")
    assert said(followed.look()) == ["load started 0"]
    assert followed.look() == []
    elsewhere.write("load", "succeeded")
    elsewhere.list(2)
    elsewhere.write("each", "succeeded", (0,))
    assert said(followed.look()) == [
        "each lists 2 of 2",
        "load succeeded 0",
        "each[0] started 0",
        "each[0] succeeded 0",
    ]
    elsewhere.write("each", "skipped", (1,))
    elsewhere.end()
    assert not followed.over
    assert said(followed.look()) == ["each[1] skipped 0"]
    assert followed.over


def test_tells_where_the_log_of_a_task_grows(elsewhere: Elsewhere, followed: Followed) -> None:
    elsewhere.write("load", "running", attempt=1)
    (started,) = followed.look()
    assert isinstance(started, TaskStarted)
    assert started.stdout == str(elsewhere.workspace.log_path("f", "1", "load", "0", 1, "stdout"))


def test_a_failed_attempt_that_is_tried_again_is_told(elsewhere: Elsewhere, followed: Followed) -> None:
    elsewhere.write("load", "running")
    followed.look()
    elsewhere.write("load", "waiting", failure=FAILED)
    assert said(followed.look()) == ["load waiting 0"]
    elsewhere.write("load", "running", attempt=1)
    assert said(followed.look()) == ["load started 1"]


def test_items_whose_turn_has_not_come_are_among_the_tasks_while_the_run_goes_on(
    elsewhere: Elsewhere, followed: Followed
) -> None:
    elsewhere.list(3)
    elsewhere.write("each", "running", (1,))
    followed.look()
    assert sorted((task.path, task.status.value) for task in followed.snapshot()[1]) == [
        ((0,), "ready"),
        ((1,), "running"),
        ((2,), "ready"),
    ]
    elsewhere.end("cancelled")
    followed.look()
    assert len(followed.snapshot()[1]) == 1


def test_of_a_run_that_has_ended_all_is_told_at_once(elsewhere: Elsewhere) -> None:
    elsewhere.write("load", "succeeded")
    elsewhere.write("each", "failed", (0,), failure=FAILED)
    elsewhere.end("failed", finished_at=time.time() + 5)
    late = Followed(elsewhere.workspace, "f", "1")
    assert said(late.look()) == ["load started 0", "load succeeded 0", "each[0] started 0", "each[0] failed 0"]
    outcome = late.outcome()
    assert outcome.failure is not None and outcome.failure[1] == FAILED
    assert outcome.status is RunStatus.FAILED and 4 < outcome.elapsed < 60


def test_following_ends_with_the_run_and_when_its_owner_is_gone(elsewhere: Elsewhere, followed: Followed) -> None:
    class Heard:
        def __init__(self) -> None:
            self.events: list[Event] = []
            self.ticks = 0

        def see(self, event: Event) -> None:
            self.events.append(event)

        def tick(self) -> None:
            self.ticks += 1

    heard = Heard()
    elsewhere.write("load", "running")
    # no process has this number
    lose = threading.Timer(0.3, lambda: elsewhere.end("running", owner=f"{socket.gethostname()}:{2**22 + 1}"))
    lose.start()
    follow(followed, heard)
    lose.join()
    assert followed.record.status is RunStatus.LOST
    assert said(heard.events) == ["load started 0", "load lost 0"] and heard.ticks


def test_a_run_that_does_not_exist_is_told_at_once(elsewhere: Elsewhere) -> None:
    with pytest.raises(MetadataError, match="NBF-M002"):
        Followed(elsewhere.workspace, "f", "7")
