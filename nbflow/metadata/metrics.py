"""Metrics: the numbers that the steps of a run left under names of their own, kept so that runs can be sorted by them."""

from __future__ import annotations

import json
import math
from typing import Any

from nbflow.metadata.rows import task_record
from nbflow.model.record import TaskRecord


def counts(task: TaskRecord) -> bool:
    """Say whether what the task left stands for its run: it is one of a step that runs once.

    Tasks of a foreach leave many values under one name, and a step of ours (`_parameters`) none that was computed.
    """
    return not task.path and not task.step.startswith("_") and task.status.has_result


def metrics_of(task: TaskRecord) -> dict[str, float]:
    """Return the finite numbers that the task itself left, by name."""
    if not counts(task) or task.manifest is None:
        return {}
    left = {name: number_of(ref.scalar) for name, ref in task.manifest.own.items() if not name.startswith("_")}
    return {name: value for name, value in left.items() if value is not None}


def number_of(scalar: Any) -> float | None:
    """Return a scalar that is a number which can be compared; a bool is none, nor is what no float holds."""
    if type(scalar) not in {int, float}:
        return None
    try:
        value = float(scalar)
    except OverflowError:
        return None
    return value if math.isfinite(value) else None


def metrics_text(record: str) -> str:
    """Return the metrics of a task's JSON, as JSON: what a database from before there were metrics is asked."""
    return json.dumps(metrics_of(task_record(record)))
