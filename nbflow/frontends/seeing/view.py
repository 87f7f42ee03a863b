"""The page of a task, a step or a run."""

from __future__ import annotations

from typing import Any

from nbflow.client import DataArtifact, Step
from nbflow.errors import raise_for
from nbflow.frontends.choosing_place import Seen
from nbflow.frontends.seeing.place import Named, thing_of
from nbflow.frontends.seeing.shown import Shown
from nbflow.views.places.view import PlaceView


def view(what: Any = None) -> Shown:
    """Return the page of a task, a step or a run; from there one can go to others.

    Args:
        what: a `Task`, `Step` or `Run`, or its place as `"sales/12/train/3"`; in a notebook with the extension loaded
            without the flow: `"12/train/3"`, `"train[3]"`, `12`. Without one: the latest run.

    Raises:
        MetadataError: M001 to M006, there is no such thing.
        UsageError: R004, R005, it names nothing.
        ViewError: V043, it is something else.
    """
    if not isinstance(what, Named):
        raise_for("V043", given=f"a value of type {type(what).__name__}")
    return shown_view(thing_of(what))


def shown_view(thing: Seen) -> Shown:
    """Return the page of a place."""
    return Shown(PlaceView(thing._workspace, _place(thing)))  # noqa: SLF001 - the store it is of


def _place(what: Seen) -> str:
    """Return what is shown of it: an artifact with the task that left it, of a step with one task this one."""
    if isinstance(what, DataArtifact):
        return what.pathspec.rpartition("/")[0]
    if isinstance(what, Step):
        tasks = what.tasks()
        if len(tasks) == 1 and tasks[0].index is None:
            return tasks[0].pathspec
    return what.pathspec
