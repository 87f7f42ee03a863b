"""When each task of a run ran."""

from __future__ import annotations

from typing import Any

from nbflow.client import Run
from nbflow.errors import raise_for
from nbflow.frontends.choosing_place import Seen
from nbflow.frontends.seeing.place import Named, thing_of
from nbflow.frontends.seeing.shown import Shown
from nbflow.views.places.page import TIMELINE
from nbflow.views.places.view import PlaceView


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
    if not isinstance(run, Named):
        raise_for("V042", given=f"a value of type {type(run).__name__}", flow="sales", run="12")
    return shown_timeline(thing_of(run))


def shown_timeline(thing: Seen) -> Shown:
    """Return the timeline of a run. Raises V042, it is a part of one."""
    if not isinstance(thing, Run):
        flow, number = thing.path_components[:2]
        raise_for("V042", given=thing.pathspec, flow=flow, run=number)
    return Shown(PlaceView(thing._workspace, thing.pathspec + TIMELINE, name="timeline"))  # noqa: SLF001 - the store it is of
