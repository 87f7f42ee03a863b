"""Occurrences of schedules that follow other flows."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from nbflow.model.ids import FlowName, RunId
from nbflow.model.record import RunRecord
from nbflow.model.status import RunStatus
from nbflow.schedules.follow import finished
from nbflow.schedules.schedule import Schedule, Upstream
from nbflow.workspace import Workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace.open(tmp_path / ".nbflow")


def ran(
    workspace: Workspace, flow: str, at: float, *tags: str, user: str = "ada", status: RunStatus = RunStatus.SUCCEEDED
) -> None:
    """Let a run of a flow have ended so many seconds after the schedule counts."""
    tagged = frozenset({*tags, f"user:{user}"})
    record = RunRecord(FlowName(flow), RunId(""), "run", RunStatus.RUNNING, user, 1000.0 + at, system_tags=tagged)
    made = workspace.metadata.create_run(record)
    workspace.metadata.update_run(flow, made.id, status=status, finished_at=1000.0 + at)


def seen(workspace: Workspace, *upstreams: Upstream) -> list[tuple[str, ...]]:
    schedule = Schedule("s", "i", "f.py", "F", upstreams=upstreams, since=datetime.fromtimestamp(1000.0, UTC))
    found = finished(workspace.metadata, schedule)
    assert [each.key for each in found] == sorted(each.key for each in found)
    return [each.runs for each in found]


def test_each_run_that_has_succeeded_since_is_one(workspace: Workspace) -> None:
    ran(workspace, "Load", -5)
    ran(workspace, "Load", 5)
    ran(workspace, "Load", 6, status=RunStatus.FAILED)
    ran(workspace, "Load", 7)
    ran(workspace, "Other", 8)
    assert seen(workspace, Upstream("Load")) == [("Load/2",), ("Load/4",)]


def test_of_several_flows_each_must_have_succeeded_since_the_last(workspace: Workspace) -> None:
    for flow, at in (("A", 1), ("A", 2), ("B", 3), ("B", 4), ("B", 5), ("A", 6), ("A", 7)):
        ran(workspace, flow, at)
    assert seen(workspace, Upstream("A"), Upstream("B")) == [("A/2", "B/1"), ("A/3", "B/3")]


def test_only_runs_with_the_tags_count(workspace: Workspace) -> None:
    ran(workspace, "Load", 1, user="bob")
    ran(workspace, "Load", 2, "project:p", "project_branch:prod", user="bob")
    ran(workspace, "Load", 3)
    assert seen(workspace, Upstream("Load", ("user:ada",))) == [("Load/3",)]
    assert seen(workspace, Upstream("Load", ("project:p", "project_branch:prod"))) == [("Load/2",)]
