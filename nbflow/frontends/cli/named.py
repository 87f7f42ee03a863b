"""What a person names in the terminal, as a pathspec: where the run is left out, the latest one is meant."""

from __future__ import annotations

import re
from pathlib import Path

from nbflow.client import Flow
from nbflow.errors import raise_for
from nbflow.model.ids import STEP_NAME, Pathspec, flow_name_of

#: a notebook's file, and what of its flow is meant
_NOTEBOOK = re.compile(r"(?P<file>.*\.ipynb)(?P<rest>/.*)?", re.DOTALL)


def named(text: str) -> Pathspec:
    """Return what `text` names, with a run.

    FLOW is its latest run, drafts left out; FLOW/STEP and FLOW/STEP/TASK are of that run. A notebook's file stands
    for its flow. Raises M001, M002, M006.
    """
    text = of_its_flow(text)
    flow, *rest = text.split("/")
    # a step begins with a letter; of what a run's id is only `draft-3` does, and no step has a dash
    if rest and not STEP_NAME.match(rest[0]):
        return Pathspec.parse(text)
    latest = _latest_run(Pathspec.parse(flow).flow)
    return Pathspec.parse("/".join([flow, latest, *rest]))


def of_its_flow(text: str) -> str:
    """Return what is named with the name of the flow where a notebook's file stands for it."""
    notebook = _NOTEBOOK.fullmatch(text)
    return flow_name_of(Path(notebook["file"]).stem) + (notebook["rest"] or "") if notebook else text


def _latest_run(name: str) -> str:
    flow = Flow(name, namespace=None)
    run = flow.latest_run
    if run is not None:
        return run.id
    draft = next(flow.runs(drafts=True), None)
    hint = f" What its cells computed is in {draft.pathspec}." if draft else ""
    return raise_for("M002", flow=name, run="latest", hint=hint)
