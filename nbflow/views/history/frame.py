"""Runs as a table for pandas."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from nbflow.metadata.query import plain
from nbflow.model.record import RunRecord
from nbflow.model.value import decode
from nbflow.views.history.rows import Name, status_of

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("run", "flow", "status", "started", "took", "user", "tags", "origin", "reason")


def frame(runs: Sequence[RunRecord], metrics: Mapping[Name, Mapping[str, float]]) -> pd.DataFrame:
    """Return a row for each run: `took` in seconds, tags as a tuple, then its parameters, then its metrics."""
    import pandas as pd

    parameters = list(dict.fromkeys(name for run in runs for name in run.parameters))
    left = sorted({name for run in runs for name in metrics.get((run.flow, run.id), {})})
    columns: dict[str, list[Any]] = {name: [] for name in COLUMNS}
    for run in runs:
        for name, value in zip(COLUMNS, _row(run), strict=True):
            columns[name].append(value)
    for name in parameters:
        key = f"parameter:{name}" if name in columns else name
        columns[key] = [_value(run.parameters[name][1]) if name in run.parameters else None for run in runs]
    for name in left:
        key = f"metric:{name}" if name in columns else name
        columns[key] = [metrics.get((run.flow, run.id), {}).get(name) for run in runs]
    return pd.DataFrame(columns)


def _row(run: RunRecord) -> tuple[Any, ...]:
    began = run.started_at or run.created_at
    took = None if run.finished_at is None else run.finished_at - began
    started = datetime.fromtimestamp(began, UTC)
    tags = tuple(sorted(run.tags))
    origin = f"{run.flow}/{run.origin_run}" if run.origin_run else None
    return f"{run.flow}/{run.id}", run.flow, status_of(run), started, took, run.user, tags, origin, run.reason


def _value(raw: Any) -> Any:
    """Return a parameter's value; a member of the flow's own Enum is its name."""
    try:
        return decode(raw)
    except (ValueError, TypeError):
        return plain(raw)
