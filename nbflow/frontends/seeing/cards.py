"""The cards of a run, a step or a task."""

from __future__ import annotations

from typing import Any

from nbflow.client import DataArtifact
from nbflow.errors import raise_for
from nbflow.frontends.choosing_place import Seen
from nbflow.frontends.seeing.place import thing_of
from nbflow.frontends.seeing.shown import Shown
from nbflow.views.cards import CardsView


def cards(what: Any = None) -> Shown:
    """Return the cards of a run, a step or a task, as something that shows itself; live while the run goes on.

    Args:
        what: a run, a step or a task, or its place: `"sales/12/report"`; without one, the latest run.

    Raises:
        MetadataError: there is no such thing.
        CardError: K031, an artifact has no cards.
    """
    return shown_cards(thing_of(what))


def shown_cards(place: Seen) -> Shown:
    """Return the cards of `place`, as something that shows itself. Raises K031."""
    if isinstance(place, DataArtifact):
        task = place.pathspec.rpartition("/")[0]
        raise_for("K031", what=f"the artifact {place.id}", why="its task has cards", example=task)
    return Shown(CardsView(place))
