"""One task of a class, run again by itself with the inputs it had in a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from nbflow.errors import did_you_mean, raise_for
from nbflow.frontends.classes.opened import ClassFlow
from nbflow.frontends.classes.resuming import request_from
from nbflow.frontends.resuming import Origin, named, stored
from nbflow.model.artifact import ArtifactRef, Manifest
from nbflow.model.graph import Graph, Node
from nbflow.model.ids import StepName, TaskKey
from nbflow.model.options import Options
from nbflow.model.record import TaskRecord
from nbflow.plan.reuse import Reuse
from nbflow.runtime.request import RunRequest
from nbflow.workspace import Workspace

#: runs that are looked at for one in which the step ran
_BACK = 20


def spun(
    flow: ClassFlow,
    workspace: Workspace,
    what: str,
    *,
    artifacts: Mapping[str, Any] | None = None,
    skip_decorators: bool = False,
) -> RunRequest:
    """Return the request for one task of an earlier run, as it would run with the code as it is now.

    Args:
        flow: the class as it is now.
        workspace: where the runs are kept.
        what: a step (its first task in the latest run that has one), `RUN/STEP`, `RUN/STEP/TASK`, or either with
            the flow's name in front.
        artifacts: values in the place of those it was given, by name.
        skip_decorators: run the plain method: no retry, no catch, none of the person's own decorators.

    Raises:
        NotFoundError: there is no such run.
        RunError: R053, there is no such step; R054, the run has no such task.
    """
    past, task = _found(flow, workspace, what)
    request = request_from(flow, workspace, past)
    given = _given(request.graph, past, task)
    if artifacts:
        given = _changed(request.graph[task.step], given, _kept(workspace, artifacts))
    return replace(
        request,
        kind="spin",
        graph=_plain(request.graph, task.step) if skip_decorators else request.graph,
        bare=skip_decorators,
        targets=frozenset({task.step}),
        only=task.key,
        given=given,
        given_items=past.items,
        reuse=Reuse(fresh=True),
    )


def _found(flow: ClassFlow, workspace: Workspace, what: str) -> tuple[Origin, TaskRecord]:
    """Return the task that `what` names, and its run."""
    words = what.split("/")
    if words[0] == flow.name and len(words) > 1:
        words = words[1:]
    run, step, task = (*words, None, None)[:3] if len(words) > 1 else (None, words[0], None)
    names = [node.name for node in flow.graph.nodes]
    if step not in names:
        raise_for("R053", name=step, hint=did_you_mean(step or "", names), known=", ".join(names))
    if run is not None:
        return _task_of(named(workspace, flow.name, run), step, task)
    for record in workspace.metadata.runs(flow.name, limit=_BACK):
        if any(each.started_at for each in workspace.metadata.tasks(flow.name, record.id, step)):
            break
    else:
        raise_for("R054", what=f"step {step} has not run yet", fix="run the flow once, then spin the step")
    return _task_of(stored(workspace, record), step, task)


def _task_of(past: Origin, step: str, task: str | None) -> tuple[Origin, TaskRecord]:
    tasks = [each for each in past.tasks if each.step == step and each.started_at]
    found = next((each for each in tasks if task in (None, each.id)), None)
    if found is None:
        known = [each.id for each in tasks]
        text = f"run {past.run.id} has no task {step}/{task or 0}.{did_you_mean(task or '', known)}"
        raise_for("R054", what=text, fix=f"its tasks of {step}: {', '.join(known[:20]) or 'none'}")
    return past, found


def _given(graph: Graph, past: Origin, task: TaskRecord) -> dict[TaskKey, TaskRecord]:
    """Return what the run had when the task began: all but the task itself and what came after it."""
    after = {task.step, *graph.below(task.step)}
    mine = task.key
    return {
        each.key: each
        for each in past.tasks
        if each.status.is_outcome and each.step in graph and (each.step not in after or _round_before(each.key, mine))
    }


def _round_before(key: TaskKey, mine: TaskKey) -> bool:
    return (key.step, key.path) == (mine.step, mine.path) and key.iteration < mine.iteration


def _kept(workspace: Workspace, artifacts: Mapping[str, Any]) -> dict[str, ArtifactRef]:
    writer = workspace.store.writer()
    for name, value in artifacts.items():
        writer.add(name, value)
    return writer.close()


def _changed(
    node: Node, given: Mapping[TaskKey, TaskRecord], refs: Mapping[str, ArtifactRef]
) -> dict[TaskKey, TaskRecord]:
    """Return `given` with other values where the step takes them from."""
    givers = {StepName(name) for name in node.givers}

    def changed(record: TaskRecord) -> TaskRecord:
        if record.step not in givers or record.manifest is None:
            return record
        manifest = record.manifest
        return replace(record, manifest=Manifest({**manifest.artifacts, **refs}, manifest.dropped, manifest.inherited))

    return {key: changed(record) for key, record in given.items()}


def _plain(graph: Graph, step: StepName) -> Graph:
    """Return the graph with the step's decorators left out."""
    nodes = (replace(node, options=Options()) if node.name == step else node for node in graph.nodes)
    return replace(graph, nodes=tuple(nodes))
