"""What a requested run would run and what it would take over: both doors ask it before, or instead of, running."""

from __future__ import annotations

from collections.abc import Mapping

from nbflow.model.ids import TaskKey
from nbflow.model.record import TaskRecord
from nbflow.plan.forecast import Forecast, forecast
from nbflow.runtime.request import Items, RunRequest
from nbflow.runtime.shelf import StoredResults
from nbflow.workspace import Workspace


def forecast_of(
    request: RunRequest, before: Mapping[TaskKey, TaskRecord], items: Items, workspace: Workspace
) -> Forecast:
    """Return what `request` would run, compared with the latest records `before` and what each foreach listed then."""
    return forecast(request, before, items, StoredResults(workspace, request.flow))
