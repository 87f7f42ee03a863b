"""What a notebook is told of the past of its flow, once the flow has a name: a draft to restore, or whose runs those are."""

from __future__ import annotations

import os.path
from pathlib import Path

from nbflow.errors import Problem, problem
from nbflow.model.ids import flow_name_of
from nbflow.workspace import Workspace


def shared_with(workspace: Workspace, flow: str, source: str) -> Problem | None:
    """Return the notice that the latest run or draft of `flow` is that of another file; None: it is not, or it is gone.

    Args:
        workspace: where runs are kept.
        flow: its name.
        source: the notebook at hand; empty: it is not known, so no other can be told from it.
    """
    latest = workspace.metadata.runs(flow, drafts=True, limit=1)
    other = latest[0].source if latest else ""
    if not source or not other:
        return None
    mine, theirs = Path(source).resolve(), Path(other).resolve()
    # a notebook that was moved is no other one
    if mine == theirs or not theirs.is_file():
        return None
    where = os.path.relpath(theirs, mine.parent)
    free = flow_name_of(f"{mine.parent.name}_{mine.stem}") or "my_flow"
    return problem("N020", flow=flow, other=where, name=free)
