"""Which task a person means."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from nbflow.errors import NbflowError
from nbflow.frontends.choosing_task import Asked, asked_task, find_task, joined_brackets
from nbflow.model.ids import FlowName, RunId, StepName
from nbflow.model.record import RunRecord, StepSummary, TaskRecord
from nbflow.model.status import RunStatus, TaskStatus
from nbflow.workspace import Workspace

FAILED, DONE, SKIPPED = TaskStatus.FAILED, TaskStatus.SUCCEEDED, TaskStatus.SKIPPED


@pytest.mark.parametrize(
    ("line", "flow", "run", "step", "task"),
    [
        ("train", "sales", None, "train", None),
        ("train[3]", "sales", None, "train", "3"),
        ("train[3, 1]", "sales", None, "train", "3-1"),
        ("train/3", "sales", None, "train", "3"),
        ("train/3-1", "sales", None, "train", "3-1"),
        ("train 12", "sales", "12", "train", None),
        ("12 train[3]", "sales", "12", "train", "3"),
        ("train sales/12", "sales", "12", "train", None),
        ("train other/12", "other", "12", "train", None),
        ("train draft-2", "sales", "draft-2", "train", None),
        ("12/train", "sales", "12", "train", None),
        ("12/train/3", "sales", "12", "train", "3"),
        ("sales/12", "sales", "12", None, None),
        ("other/12", "other", "12", None, None),
        ("sales/12/train", "sales", "12", "train", None),
        ("sales/12/train/3", "sales", "12", "train", "3"),
        ("other/draft-1/train[3,1]", "other", "draft-1", "train", "3-1"),
        ("", "sales", None, None, None),
    ],
)
def test_a_task_is_named_in_many_ways(line: str, flow: str, run: Any, step: Any, task: Any) -> None:
    words = joined_brackets(line).split()
    assert asked_task(words, "sales", {"sales", "other", "train"}, {"train"}) == Asked(flow, run, step, task)


@pytest.mark.parametrize("line", ["a/b/c/d/e", "train[x]", "train/x", "sales/x/train/3", "train other", "1 2"])
def test_what_names_no_task_is_refused(line: str) -> None:
    with pytest.raises(NbflowError) as refused:
        asked_task(line.split(), "sales", {"sales"}, {"train"})
    assert refused.value.code in {"NBF-M006", "NBF-R004"}


class Runs:
    """A store whose runs and tasks are written one after another."""

    def __init__(self, folder: Path) -> None:
        self.workspace = Workspace.open(folder / ".nbflow")
        self.now = 1_000.0

    def run(self, *steps: str, kind: Any = "run") -> str:
        self.now += 1
        record = RunRecord(FlowName("sales"), RunId(""), kind, RunStatus.RUNNING, "ada", self.now, started_at=self.now)
        record = replace(record, steps=tuple(StepSummary(StepName(step), (), ()) for step in steps))
        return self.workspace.metadata.create_run(record).id

    def task(self, run: str, step: str, status: TaskStatus, *path: int) -> None:
        self.now += 1
        name = "-".join(map(str, path)) or "0"
        record = TaskRecord(StepName(step), name, path, status, started_at=self.now, finished_at=self.now)
        self.workspace.metadata.write("sales", run, [record])

    def found(self, line: str, own: str | None = None, **options: Any) -> str:
        asked = asked_task(line.split(), "sales", {"sales"}, {"train"})
        found = find_task(self.workspace, asked, own, **options)
        return f"{found.run.id}/{found.task.step}/{found.task.id}"

    def refused(self, line: str, **options: Any) -> str:
        with pytest.raises(NbflowError) as refused:
            self.found(line, **options)
        return str(refused.value)


@pytest.fixture
def runs(tmp_path: Path) -> Runs:
    return Runs(tmp_path)


def test_without_a_word_it_is_what_failed_in_the_latest_run_or_draft_whichever_was_later(runs: Runs) -> None:
    draft = runs.run("load", kind="draft")
    first = runs.run("load", "train")
    runs.task(first, "load", DONE)
    runs.task(first, "train", FAILED, 1)
    runs.task(first, "train", FAILED, 0)
    assert runs.found("") == "1/train/1"
    runs.task(draft, "load", FAILED)
    assert runs.found("", own=draft) == "draft-1/load/0"
    second = runs.run("load")
    runs.task(second, "load", FAILED)
    assert runs.found("", own=draft) == "2/load/0"


def test_a_step_alone_is_its_latest_failure_else_its_latest_task(runs: Runs) -> None:
    for status in (DONE, FAILED, DONE):
        run = runs.run("train")
        runs.task(run, "train", DONE, 0)
        runs.task(run, "train", status, 1)
    assert runs.found("train") == "2/train/1"
    assert runs.found("train[0]") == "3/train/0"
    assert runs.found("train 3") == "3/train/0"
    assert runs.found("train", failed=False) == "3/train/0"


def test_a_draft_that_began_before_a_run_may_have_the_later_failure(runs: Runs) -> None:
    draft = runs.run("train", kind="draft")
    run = runs.run("train")
    runs.task(run, "train", FAILED)
    runs.task(draft, "train", FAILED)
    assert runs.found("train") == "draft-1/train/0"


def test_what_is_not_there_is_told_with_what_is(runs: Runs) -> None:
    assert "NBF-R040  nothing failed yet: sales has no runs" in runs.refused("")
    run = runs.run("load", "train", "late")
    runs.task(run, "load", DONE)
    runs.task(run, "train", FAILED, 0)
    runs.task(run, "train", DONE, 1)
    assert "Did you mean 'train'?" in runs.refused("trian")
    assert "NBF-M004  step sales/1/train has no task '7'. It has 2 tasks: 0 to 1." in runs.refused("train[7]")
    assert "It has not run" in runs.refused("late")
    assert "It has not run" in runs.refused("fresh", steps=["fresh"])
    assert "NBF-M002" in runs.refused("train 9")
    assert "NBF-M003  run sales/1 has no step 'trian'. Did you mean 'train'?" in runs.refused("trian 1")
    latest = runs.run("load")
    runs.task(latest, "load", DONE)
    told = runs.refused("")
    assert "NBF-R040  nothing failed in sales/2" in told
    assert "%flow debug sales/1 looks into the latest run with a failure" in told
    assert "NBF-R040  nothing failed in sales/2" in runs.refused("2")
