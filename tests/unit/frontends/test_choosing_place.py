"""What a place names: a run, a step, a task or an artifact."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from nbflow.errors import NbflowError, NotFoundError
from nbflow.frontends.choosing_place import Here, place_in
from nbflow.model.artifact import Manifest
from nbflow.model.ids import FlowName, RunId, StepName
from nbflow.model.record import RunRecord, StepSummary, TaskRecord
from nbflow.model.status import RunStatus, TaskStatus
from nbflow.workspace import Workspace

NOTEBOOK = Here("sales", ("load", "train"), "draft-1")
OUTSIDE = Here()


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: Any) -> Workspace:
    folder: Path = tmp_path_factory.mktemp("places")
    made = Workspace.open(folder / ".nbflow")
    kept = Manifest({"model": made.store.put([1, 2])})
    for at, (flow, kind) in enumerate((("sales", "draft"), ("sales", "run"), ("sales", "run"), ("train", "run"))):
        _run(made, flow, kind, 1000.0 + at, kept)
    return made


def _run(workspace: Workspace, flow: str, kind: Any, now: float, kept: Manifest) -> None:
    record = RunRecord(FlowName(flow), RunId(""), kind, RunStatus.RUNNING, "ada", now, started_at=now)
    steps = tuple(StepSummary(StepName(step), (), ()) for step in ("load", "train"))
    run = workspace.metadata.create_run(replace(record, steps=steps)).id
    keys = [("load", "0", ()), ("train", "0", (0,)), ("train", "3", (3,))]
    done = TaskStatus.SUCCEEDED
    rows = [
        TaskRecord(StepName(step), task, path, done, started_at=now, finished_at=now, manifest=kept)
        for step, task, path in keys
    ]
    workspace.metadata.write(flow, run, rows)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("", "sales/2"),
        ("1", "sales/1"),
        ("load", "sales/2/load"),
        ("1/load", "sales/1/load"),
        ("train[3]", "sales/2/train/3"),
        ("train[3] 1", "sales/1/train/3"),
        ("train/3", "sales/2/train/3"),
        ("1/train/3", "sales/1/train/3"),
        ("load/model", "sales/2/load/0/model"),
        ("train[3]/model", "sales/2/train/3/model"),
        ("train/3/model", "sales/2/train/3/model"),
        ("1/train/3/model", "sales/1/train/3/model"),
        ("1/load/model", "sales/1/load/0/model"),
        ("sales", "sales/2"),
        ("sales/1", "sales/1"),
        ("sales/load", "sales/2/load"),
        ("sales/1/train[3]/model", "sales/1/train/3/model"),
        ("sales/1/train/3/model", "sales/1/train/3/model"),
        ("draft-1/load", "sales/draft-1/load"),
    ],
)
def test_a_notebook_leaves_out_what_is_its_own(workspace: Workspace, text: str, place: str) -> None:
    assert place_in(workspace, text, NOTEBOOK).pathspec == place


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("", "train/1"),
        ("sales", "sales/2"),
        ("train", "train/1"),
        ("train/1", "train/1"),
        ("train/train", "train/1/train"),
        ("sales/1/load/0/model", "sales/1/load/0/model"),
        ("sales/load/model", "sales/2/load/0/model"),
    ],
)
def test_elsewhere_a_place_begins_with_its_flow(workspace: Workspace, text: str, place: str) -> None:
    assert place_in(workspace, text, OUTSIDE).pathspec == place


@pytest.mark.parametrize(
    ("text", "here", "told"),
    [
        ("trian", NOTEBOOK, "Did you mean 'train'?"),
        ("9", NOTEBOOK, "NBF-M002"),
        ("1/trian", NOTEBOOK, "NBF-M003"),
        ("1/train/7", NOTEBOOK, "NBF-M004"),
        ("train[3]/modle", NOTEBOOK, "Did you mean 'model'?"),
        ("slaes/1", NOTEBOOK, "NBF-M001  there is no flow 'slaes' here. Did you mean 'sales'?"),
        ("slaes", NOTEBOOK, "there is no step 'slaes' in this flow. Did you mean the flow 'sales'?"),
        ("modle", NOTEBOOK, "Did you mean 'train/model'?"),
        ("qwertz", NOTEBOOK, "there is no step 'qwertz' in this flow.\n"),
        ("slaes", OUTSIDE, "Did you mean 'sales'?"),
        ("slaes/1/load", OUTSIDE, "NBF-M001"),
        ("1/2/3/4/5/6", NOTEBOOK, "NBF-M006"),
        ("!/x", OUTSIDE, "NBF-M006"),
        ("train load", NOTEBOOK, "NBF-R004"),
    ],
)
def test_what_is_not_there_is_told(workspace: Workspace, text: str, here: Here, told: str) -> None:
    with pytest.raises(NbflowError) as refused:
        place_in(workspace, text, here)
    assert told in str(refused.value)


def test_where_only_cells_ran_their_draft_is_meant(tmp_path: Path) -> None:
    workspace = Workspace.open(tmp_path / ".nbflow")
    with pytest.raises(NotFoundError, match=r"M019[\s\S]*nothing has run in this store yet"):
        place_in(workspace, "", OUTSIDE)
    for now in (1.0, 2.0):
        _run(workspace, "sales", "draft", now, Manifest())
    assert place_in(workspace, "", Here("sales", (), "draft-1")).pathspec == "sales/draft-1"
    assert place_in(workspace, "", Here("sales")).pathspec == "sales/draft-2"


def test_a_step_that_has_not_begun_is_that_of_the_run_that_goes_on(tmp_path: Path) -> None:
    made = Workspace.open(tmp_path / ".nbflow")
    for status, now in ((RunStatus.RUNNING, 1000.0), (RunStatus.FAILED, 1001.0)):
        steps = tuple(StepSummary(StepName(step), (), ()) for step in ("load", "report"))
        record = RunRecord(FlowName("sales"), RunId(""), "run", status, "ada", now, started_at=now, steps=steps)
        made.metadata.create_run(record)
    assert place_in(made, "report", NOTEBOOK).pathspec == "sales/1/report"
    for text in ("report[0]", "report/model", "other"):
        with pytest.raises(NbflowError):
            place_in(made, text, NOTEBOOK)
