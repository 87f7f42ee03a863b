"""Stores whose views are worth a look: nothing in them, ten thousand runs, long names and failures, a month of a team's runs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

from many_runs import copy_run

from nbflow.model.artifact import ArtifactRef, Manifest
from nbflow.model.ids import Digest, FlowName, RunId, StepName
from nbflow.model.record import RunRecord, StepSummary, TaskRecord
from nbflow.model.status import RunStatus, TaskStatus
from nbflow.workspace import Workspace

LONG = "quarterly_forecast_of_prices_in_the_north_eastern_region_2026"
_STEP = "fit_one_model_for_each_of_the_regions_that_have_enough_data"
_DAY = 86_400.0
#: a flow all of whose names are long, and which fails
_CELLS = (
    (
        "%%parameters\nlearning_rate_of_the_first_layer: float = 0.000125\n"
        "where_the_prices_come_from: str = 'https://data.example/exports/2026/prices-of-all-regions-without-islands.csv'"
    ),
    "%%step read_and_clean --card\nimport numpy\nprices_without_outliers = numpy.arange(300.0)\nprint('x' * 300)",
    (
        f"%%step {_STEP} --foreach range(40) --as region\n"
        "root_mean_squared_error = 1 / (1 + region)\n"
        "if region in (7, 21): raise ValueError('the column median_price_per_square_metre_after_tax is not there: ' + 'n/a, ' * 30)"
    ),
    f"%%step report --join {_STEP} --card\nbest = min(inputs, key=lambda task: task.root_mean_squared_error).region",
)
#: of the month: flow, hours between two runs, its metrics
_TEAM = (
    ("prices", 9, {"rmse": 3.2, "mae": 2.1}),
    ("churn", 31, {"log_loss": 0.8, "error": 0.21}),
    ("weekly_report", 168, {}),
)


def none_in(root: Path) -> None:
    """Make an empty store."""
    Workspace.open(root)


def many_in(root: Path) -> None:
    """Record 10,000 runs of three flows, one of which has a long name."""
    workspace = Workspace.open(root)
    for flow, every in (("sales", 30), ("churn", 50), (LONG, 70)):
        _copied(workspace, flow, 3333, every * 60, {"rmse": 40.0, "rows": 100_000.0})
    _record(workspace, "sales", time.time(), {})


def month_in(root: Path) -> None:
    """Record what a team ran in a month."""
    workspace = Workspace.open(root)
    for flow, hours, metrics in _TEAM:
        _copied(workspace, flow, int(29 * 24 / hours), hours * 3600, metrics)


def failed_in(root: Path) -> None:
    """Run a flow with long names once as it should be, once so that it fails, and record one that failed before any task."""
    notebook = root.parent / f"{LONG}.ipynb"
    environment = {**os.environ, "NBFLOW_ROOT": str(root), "NBFLOW_USER": "ada.lovelace-of-the-analytical-engine"}
    for cells in ([text.replace("(7, 21)", "()") for text in _CELLS], _CELLS):
        made = [{"cell_type": "code", "metadata": {}, "source": text, "outputs": []} for text in cells]
        notebook.write_text(json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}))
        command = [
            sys.executable,
            "-m",
            "nbflow",
            "run",
            notebook,
            "--tag",
            "a-tag-that-tells-a-whole-story-of-its-own",
        ]
        subprocess.run(command, env=environment, check=False, capture_output=True, timeout=300)
    workspace = Workspace.open(root)
    run = _record(workspace, LONG, time.time(), {})
    reason = (
        "ModuleNotFoundError: No module named 'a_package_that_is_not_there', which the definitions of the flow import"
    )
    workspace.metadata.update_run(LONG, run, status=RunStatus.FAILED, finished_at=time.time() + 1, reason=reason)


def _copied(workspace: Workspace, flow: str, count: int, every: float, metrics: dict[str, float]) -> None:
    """Record `count` runs of a flow up to now."""
    began = time.time() - count * every
    first = _record(workspace, flow, began, metrics)
    workspace.metadata.update_run(flow, first, status=RunStatus.SUCCEEDED, finished_at=began + 47)
    copy_run(workspace.metadata, flow, first, count - 1, every)


def _record(workspace: Workspace, flow: str, began: float, metrics: dict[str, float]) -> str:
    record = RunRecord(
        FlowName(flow),
        RunId(""),
        "run",
        RunStatus.RUNNING,
        user="ada",
        created_at=began,
        started_at=began,
        heartbeat_at=time.time() + 3600,
        parameters={"alpha": ("float", 0.1, "given"), "region": ("str", "eu", "default")},
        steps=(StepSummary(StepName("train"), (), ()),),
    )
    run = workspace.metadata.create_run(record).id
    if metrics:
        left = {
            name: ArtifactRef(Digest("ab" * 32), "scalar", "float", 8, scalar=each) for name, each in metrics.items()
        }
        task = TaskRecord(
            StepName("train"),
            "0",
            (),
            TaskStatus.SUCCEEDED,
            manifest=Manifest(left),
            started_at=began,
            finished_at=began + 40,
        )
        workspace.metadata.write(flow, run, [task])
    return run


#: name of a store → what fills it
STORES = {"none": none_in, "many": many_in, "month": month_in, "failed": failed_in}

_BOARD = "board = nbflow.dashboard()\ndisplay(board, board.days(), board.metrics())"
_LAST = f"{LONG}/2"
#: picture → the store it is of, the view (with a +: and all below it; empty: all that the cell shows), and the cell
STATES = {
    "history-none": ("none", "history", "nbflow.history()"),
    "dashboard-none": ("none", "dashboard", "nbflow.dashboard()"),
    "history-many": ("many", "history", "nbflow.history()"),
    "history-sorted": ("many", "history", "nbflow.history('sales', status='failed', sort='-rmse', limit=8)"),
    "history-unfit": ("many", "history", "nbflow.history(status='lost')"),
    "dashboard-many": ("many", "dashboard+", _BOARD),
    "dashboard-month": ("month", "dashboard+", _BOARD),
    "history-failed": ("failed", "history", "nbflow.history()"),
    "dashboard-failed": ("failed", "dashboard", "nbflow.dashboard()"),
    "compare-failed": ("failed", "compare", f"nbflow.compare('{LONG}/1', '{_LAST}')"),
    "artifacts-failed": ("failed", "artifacts", f"nbflow.artifacts('{_LAST}')"),
    "timeline-failed": ("failed", "timeline", f"nbflow.timeline('{_LAST}')"),
    "timeline-nothing": ("failed", "timeline", f"nbflow.timeline('{LONG}/3')"),
    "view-failed": ("failed", "view", f"nbflow.view('{_LAST}')"),
    "step-failed": ("failed", "view", f"nbflow.view('{_LAST}/{_STEP}')"),
    "task-failed": ("failed", "view", f"nbflow.view('{_LAST}/{_STEP}/7')"),
    "card-failed": ("failed", "", f"nbflow.cards.get_cards('{_LAST}/{_STEP}/7')"),
}
