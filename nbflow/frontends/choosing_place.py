"""Which run, step, task or artifact is meant: by `12`, `train`, `train[3]`, `12/train/3/model`, `sales/12`, or nothing."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from nbflow.client import DataArtifact, Run, Step, Task
from nbflow.client.facts import require_flow
from nbflow.errors import NotFoundError, did_you_mean, raise_for
from nbflow.frontends.choosing import named_run
from nbflow.frontends.choosing_task import Asked, asked_task, find_task, joined_brackets
from nbflow.frozen import frozen
from nbflow.model.ids import FLOW_NAME, RUN_ID
from nbflow.model.record import RunRecord
from nbflow.workspace import Workspace

#: what the client has for a place
Seen = Run | Step | Task | DataArtifact

_TASK = re.compile(r"\d+(-\d+)*(~\d+)?\Z")
#: runs among which one may go on
_RECENT = 20


@frozen
class Here:
    """Where a person stands who leaves parts of a place out."""

    #: the notebook's flow; None: outside a notebook, where a place begins with its flow
    flow: str | None = None
    #: the steps it has now, in a run or not
    steps: Collection[str] = ()
    #: the draft run of this kernel
    draft: str | None = None


def place_in(workspace: Workspace, text: str, here: Here) -> Seen:
    """Return what `text` names; nothing is the latest run of the flow, outside a notebook that of the latest flow.

    A step without a run is that of the latest run in which it has a result; where it never began, that of a run that
    goes on. `train/model` is an artifact.

    Raises:
        MetadataError: M001 to M006, there is no such thing.
        UsageError: R004, R005, no run has the step, or the words make no sense.
    """
    words = joined_brackets(text).split()
    if not words:
        return latest_run(workspace, here.flow, here.draft)
    flows = workspace.metadata.flows()
    flow = here.flow or _flow_of(workspace, words, flows)
    # outside a notebook a place begins with its flow, whatever its steps are called
    steps = {*here.steps, *_steps_of(workspace, flow)} if here.flow else set[str]()
    peeled = [_peeled(workspace, word, flows, steps) for word in words]
    artifact = next((name for _, name in peeled if name), None)
    asked = asked_task([word for word, _ in peeled], flow, flows, steps)
    run = named_run(workspace, asked.flow, asked.run) if asked.run is not None else None
    if asked.step is None:
        return Run(f"{asked.flow}/{asked.run}", workspace=workspace)
    if run is not None and asked.task is None and artifact is None:
        # it may have no task yet
        return Step(f"{run.flow}/{run.id}/{asked.step}", workspace=workspace)
    try:
        where = find_task(workspace, asked, here.draft, steps=here.steps, failed=False)
    except NotFoundError:
        going = _under_way(workspace, asked) if asked.task is None and artifact is None else None
        if going is None:
            raise
        # nothing has run it yet, and what shows it waits for its turn
        return Step(f"{going.flow}/{going.id}/{asked.step}", workspace=workspace)
    place = f"{where.run.flow}/{where.run.id}/{where.task.step}"
    if artifact is not None:
        return DataArtifact(f"{place}/{where.task.id}/{artifact}", workspace=workspace)
    if asked.task is None:
        return Step(place, workspace=workspace)
    return Task(f"{place}/{where.task.id}", workspace=workspace)


def _under_way(workspace: Workspace, asked: Asked) -> RunRecord | None:
    """Return the latest run that goes on and has the step."""
    runs = workspace.metadata.runs(asked.flow, limit=_RECENT)
    return next((run for run in runs if not run.status.ended and asked.step in [each.name for each in run.steps]), None)


def latest_run(workspace: Workspace, flow: str | None, draft: str | None = None) -> Run:
    """Return the latest run of `flow`, of the latest flow without one; where nothing ran but cells, their draft.

    Raises M001, M019.
    """
    metadata = workspace.metadata
    flows = metadata.flows() if flow is None else (flow,)
    found = [run for each in flows for run in metadata.runs(each, limit=1)]
    if not found:
        found = [run for each in flows for run in metadata.runs(each, drafts=True)]
        found = [run for run in found if run.id == draft] or found
    if not found:
        known = metadata.flows()
        why = f"the flows with runs are: {', '.join(known)}" if known else "nothing has run in this store yet"
        raise_for("M001", name=flow, hint=did_you_mean(flow, known), why=why) if flow else raise_for("M019", why=why)
    newest = max(found, key=lambda run: run.created_at)
    return Run(f"{newest.flow}/{newest.id}", workspace=workspace)


def _flow_of(workspace: Workspace, words: Sequence[str], flows: Collection[str]) -> str:
    """Return the flow that a place outside a notebook begins with. Raises M001, M006."""
    heads = [word.split("/")[0] for word in words]
    if known := next((head for head in heads if head in flows), None):
        return known
    if not FLOW_NAME.match(heads[0]):
        raise_for("M006", pathspec=words[0], why=f"'{heads[0]}' is not a flow name")
    require_flow(workspace, heads[0])
    return heads[0]


def _steps_of(workspace: Workspace, flow: str) -> set[str]:
    return {step.name for run in workspace.metadata.runs(flow, drafts=True, limit=1) for step in run.steps}


def _peeled(workspace: Workspace, word: str, flows: Collection[str], steps: Collection[str]) -> tuple[str, str | None]:
    """Return a word as `asked_task` takes it, and the artifact named at its end: its flow's latest run put in."""
    parts = word.split("/")
    head = parts[0]
    has_run = len(parts) > 1 and bool(RUN_ID.match(parts[1]))
    lead = 1 if RUN_ID.match(head) else 2 if has_run and head not in steps else 0
    if lead == 0 and head in flows and head not in steps:
        # FLOW and FLOW/STEP, as in the terminal
        run = latest_run(workspace, head)
        parts[1:1] = [run.id]
        lead = 2
    rest = parts[lead:]
    named = len(rest) > 1 and not _TASK.match(rest[-1]) and (len(rest) == 2 or bool(_TASK.match(rest[1])))
    artifact = parts.pop() if named and len(rest) <= 3 else None
    return "/".join(parts), artifact
