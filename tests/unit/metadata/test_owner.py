from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from dataclasses import replace

import pytest

from nbflow.metadata.owner import as_it_stands, task_as_it_stands
from nbflow.model.ids import FlowName, RunId, StepName
from nbflow.model.record import RunRecord, TaskRecord
from nbflow.model.status import RunStatus, TaskStatus

HOST = socket.gethostname()


def a_run(owner: str, **changes: object) -> RunRecord:
    made = RunRecord(FlowName("f"), RunId("1"), "run", RunStatus.RUNNING, "ada", time.time(), owner=owner)
    return replace(made, **changes)  # type: ignore[arg-type]


def status(run: RunRecord) -> str:
    return as_it_stands(run).status.value


def test_an_owner_that_runs_keeps_its_run() -> None:
    assert status(a_run(f"{HOST}:{os.getpid()}")) == "running"


@pytest.mark.parametrize("under_way", [RunStatus.RUNNING, RunStatus.CANCELLING])
def test_an_owner_that_ended_lost_its_run(under_way: RunStatus) -> None:
    process = subprocess.Popen([sys.executable, "-c", ""])
    run = a_run(f"{HOST}:{process.pid}", status=under_way)
    # ended, but not yet waited for: a zombie runs nothing
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    assert status(run) == "lost"
    process.wait()
    assert status(run) == "lost"


def test_a_later_process_with_the_owners_number_is_not_the_owner() -> None:
    run = a_run(f"{HOST}:{os.getpid()}", created_at=time.time() - 7 * 86_400, heartbeat_at=time.time() - 86_400)
    assert status(run) == "lost"


@pytest.mark.parametrize("ended", ["succeeded", "failed", "cancelled", "pending"])
def test_a_run_that_is_not_under_way_is_not_lost(ended: str) -> None:
    assert status(a_run(f"{HOST}:999999999", status=RunStatus(ended))) == ended


def test_a_run_without_an_owner_is_not_lost() -> None:
    assert status(a_run("")) == "running"


def test_an_owner_elsewhere_is_gone_when_it_is_silent() -> None:
    old = time.time() - 1000
    assert status(a_run("elsewhere:1", created_at=old)) == "lost"
    assert status(a_run("elsewhere:1", created_at=old, heartbeat_at=time.time())) == "running"
    assert status(a_run("elsewhere:1", created_at=old, kind="draft")) == "running"


def test_tasks_of_a_lost_run_are_lost_unless_they_ended() -> None:
    lost = a_run("", status=RunStatus.LOST)
    for before, after in (("running", "lost"), ("waiting", "lost"), ("succeeded", "succeeded"), ("skipped", "skipped")):
        task = TaskRecord(StepName("a"), "0", (), TaskStatus(before))
        assert task_as_it_stands(task, lost).status.value == after
        assert task_as_it_stands(task, a_run("")).status.value == before
