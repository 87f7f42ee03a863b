"""When each task of a run ran."""

from __future__ import annotations

from typing import Any

from nbflow.client import DataArtifact, Flow, Run, Step, Task
from nbflow.errors import raise_for
from nbflow.frontends.choosing_place import Here, Seen, place_in
from nbflow.frontends.seeing.place import thing_of
from nbflow.frontends.seeing.shown import Shown
from nbflow.views.places.page import TIMELINE
from nbflow.views.places.view import PlaceView
from nbflow.workspace import Workspace


def timeline(run: Any = None) -> Shown:
    """Return a view of when each task of a run ran, on one axis of time.

    Args:
        run: a `Run`, or its place as `"sales/12"`, in a notebook with the extension loaded `12`; a flow's name is its
            latest run. Without one: the latest run.

    Raises:
        MetadataError: M001, M002, M006, there is no such run.
        UsageError: R004, R005, it names nothing.
        ViewError: V042, it is no run.
    """
    if not isinstance(run, Run | Step | Task | DataArtifact | Flow | str | int | None):
        raise_for("V042", given=f"a value of type {type(run).__name__}", flow="sales", run="12")
    return _shown(thing_of(run))


def timeline_at(workspace: Workspace, text: str, here: Here) -> Shown:
    """Return the timeline of the run that `text` names, or of the run of what it names."""
    return _shown(place_in(workspace, text, here))


def _shown(seen: Seen) -> Shown:
    if isinstance(seen, Step | Task | DataArtifact):
        flow, number = seen.path_components[:2]
        raise_for("V042", given=seen.pathspec, flow=flow, run=number)
    return Shown(PlaceView(seen._workspace, seen.pathspec + TIMELINE, name="timeline"))  # noqa: SLF001 - the store it is of
