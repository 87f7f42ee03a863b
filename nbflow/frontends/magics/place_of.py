"""What a place means in a notebook: `train`, `train[3]`, `12/train/3`, `12`, `train/model`, or a whole pathspec."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nbflow.frontends.choosing_place import Here, Seen, place_in
from nbflow.frontends.magics.named import flow_of

if TYPE_CHECKING:
    from nbflow.frontends.magics.face import Face


def thing_at(face: Face, text: str | None = None) -> Seen:
    """Return the run, step, task or artifact that `text` names; nothing is the latest run of this notebook's flow.

    Raises:
        MetadataError: M001 to M006, there is no such thing.
        FlowError: C053, the flow has no name.
        UsageError: R004, R005, no run has the step, or the words make no sense.
    """
    heads = {word.partition("/")[0] for word in (text or "").split()}
    if not face.session.slots and heads.isdisjoint(face.workspace.metadata.flows()):
        # no step has run: without a name there is no run to look for
        flow_of(face)
    return place_in(face.workspace, text or "", Here(face.flow, tuple(face.session.slots), face.session.draft_run))
