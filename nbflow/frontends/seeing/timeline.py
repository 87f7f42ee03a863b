"""When each task of a run ran."""

from __future__ import annotations

from typing import Any

from nbflow.client import DataArtifact, Run, Step, Task
from nbflow.errors import raise_for
from nbflow.frontends.choosing_place import Here, place_in
from nbflow.frontends.seeing.shown import Shown
from nbflow.views.places.page import TIMELINE
from nbflow.views.places.view import PlaceView
from nbflow.workspace import Workspace


def timeline(run: Any = None) -> Shown:
    """Return a view of when each task of a run ran, on one axis of time.

    Args:
        run: a `Run`, or its place as `"sales/12"`; a flow's name is its latest run. Without one: the latest run of the
            latest flow.

    Raises:
        MetadataError: M001, M002, M006, there is no such run.
        ViewError: V042, it is no run.
    """
    if run is None or isinstance(run, str):
        workspace = Workspace.find()
        return timeline_at(workspace, run or "", Here())
    if not isinstance(run, Run):
        given = type(run).__name__
        raise_for("V042", given=f"a value of type {given}", flow="sales", run="12")
    return Shown(PlaceView(run._workspace, run.pathspec + TIMELINE, name="timeline"))  # noqa: SLF001 - the store it is of


def timeline_at(workspace: Workspace, text: str, here: Here) -> Shown:
    """Return the timeline of the run that `text` names, or of the run of what it names."""
    seen = place_in(workspace, text, here)
    if isinstance(seen, Step | Task | DataArtifact):
        flow, number = seen.path_components[:2]
        raise_for("V042", given=seen.pathspec, flow=flow, run=number)
    return Shown(PlaceView(workspace, seen.pathspec + TIMELINE, name="timeline"))
