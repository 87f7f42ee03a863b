"""`nbflow.dashboard`: a team's runs at a glance, piece by piece, for a notebook or a page under Voila."""

from __future__ import annotations

import time
from typing import Any

from nbflow.client.chosen import workspace_if_any
from nbflow.client.facts import require_flow
from nbflow.frontends.seeing.history import History, flow_names
from nbflow.frontends.seeing.shown import Shown
from nbflow.views.dashboard import figures
from nbflow.views.dashboard.cards import LatestCards
from nbflow.views.dashboard.figures import Chart
from nbflow.views.dashboard.summary import Reader
from nbflow.views.dashboard.view import DashboardView
from nbflow.views.history.asked import Asked
from nbflow.views.history.when import Moment, seconds_of
from nbflow.workspace import Workspace


class Dashboard(Shown):
    """How many runs there are, how they ended, and how each flow stands. Its methods give the pieces below that."""

    def __init__(self, workspace: Workspace, flows: tuple[str, ...] = (), since: Moment | None = None) -> None:
        self._workspace = workspace
        self._flows = flows
        self._since = since
        self._reader = Reader(workspace.metadata, flows, since)
        super().__init__(DashboardView(self._reader))

    def days(self) -> Chart:
        """Return a chart of how many runs there were each day, by how they ended; of a long time, each week."""
        return figures.days(self._reader.by_day(time.time()))

    def durations(self) -> Chart:
        """Return a chart of how long runs took, by when they started: the latest 500 of each flow."""
        return figures.durations(self._reader.records(time.time()))

    def metrics(self, most: int = 8) -> Chart:
        """Return a chart of each metric over time, `most` of them: the commonest of each flow, its latest 500 runs.

        A metric is a number that a step left outside a foreach. Nothing is loaded.
        """
        records = self._reader.records(time.time())
        names = [(run.flow, run.id) for runs in records.values() for run in runs]
        return figures.metrics(records, self._workspace.metadata.metrics(names), most)

    def history(self, limit: int = 15) -> History:
        """Return its runs as a list that goes on, `limit` of them on a page."""
        return History(self._workspace, Asked(flows=self._flows, since=self._since), limit=limit)

    def cards(self) -> Shown:
        """Return the newest card of each flow, one at a time."""
        return Shown(LatestCards(self._workspace, self._reader))


def dashboard(flow: Any = None, *, since: Moment | None = "30d") -> Dashboard:
    """Return a team's runs at a glance; as the last line of a cell it shows how they stand, and goes on.

    Its methods give the rest: `days()`, `history()`, `metrics()`, `durations()`, `cards()`.

    Args:
        flow: a flow, or several, as `nbflow.history` takes them; all by default.
        since: from when on, as `nbflow.history` takes it; None: ever.

    Raises:
        NotFoundError: M001, no such flow has run.
        ViewError: V006, nobody knows when that is.
    """
    workspace = workspace_if_any() or Workspace.find()
    flows = flow_names(flow)
    for each in flows:
        require_flow(workspace, each)
    if since is not None:
        seconds_of(since, time.time())
    return Dashboard(workspace, flows, since)
