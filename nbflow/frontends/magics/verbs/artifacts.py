"""`%flow artifacts`: look through what a run, a step or a task left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nbflow.frontends.choosing_task import joined_brackets
from nbflow.frontends.magics.flowline import operands
from nbflow.frontends.magics.place_of import thing_at
from nbflow.frontends.seeing.artifacts import ArtifactsShown, shown_artifacts

if TYPE_CHECKING:
    from nbflow.frontends.magics.face import Face


def line(face: Face, text: str) -> ArtifactsShown:
    """Carry out the line."""
    return artifacts_at(face, " ".join(operands("artifacts", joined_brackets(text), 2, face.place())))


def artifacts_at(face: Face, place: str | None = None) -> ArtifactsShown:
    """Return what is left at a place; without one by the latest run of this notebook's flow.

    Raises:
        MetadataError: M001 to M006, there is no such place.
        UsageError: R004, R005, it names nothing.
    """
    return shown_artifacts(thing_at(face, place))
