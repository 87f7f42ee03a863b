"""Going on from an earlier run of a class: what is taken over is decided by place, whatever the code is now.

The rules are Metaflow's: every task that was finished is taken over, then the run goes on where the other one stopped;
parameters and configs are the origin's. Two things are better: a result is not taken over where what it was made from
is computed anew, and tags come along.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from nbflow.errors import did_you_mean, raise_for
from nbflow.flowspec.values import Value
from nbflow.frontends.classes.asking import request_with, resolved, stored
from nbflow.frontends.classes.opened import ClassFlow, reopened
from nbflow.frontends.resuming import Origin, origin_of
from nbflow.model.artifact import ArtifactRef
from nbflow.model.graph import Graph
from nbflow.model.ids import StepName, TaskKey
from nbflow.plan.reuse import Kept, Reuse
from nbflow.runtime.request import RunRequest
from nbflow.workspace import Workspace


def resumed(
    flow: ClassFlow,
    workspace: Workspace,
    *,
    step: str | None = None,
    origin: str | None = None,
    tags: Sequence[str] = (),
    max_workers: int | None = None,
    notify: Sequence[str] = (),
) -> RunRequest:
    """Return the request for a run that goes on from another one.

    Args:
        flow: the class as it is now.
        workspace: where the runs are kept.
        step: it runs again, with every step that follows it; None: only what was not finished.
        origin: id of the run to go on from; None: the latest, which may itself be a resumed one.
        tags: labels beside those of the origin.
        max_workers: most tasks at once; None is the number of cores.
        notify: addresses that hear of its end, beside those of the class.

    Raises:
        NotFoundError: there is no such run.
        RunError: R014, it is still under way; R053, there is no such step.
        ParameterError: a parameter that the origin did not have needs a value.
    """
    past = origin_of(workspace, flow.name, origin)
    request = request_from(flow, workspace, past, tags=[*past.run.tags, *tags], max_workers=max_workers, notify=notify)
    return replace(request, reuse=taken_over(request.graph, past, step))


def request_from(
    flow: ClassFlow,
    workspace: Workspace,
    past: Origin,
    *,
    tags: Iterable[str] = (),
    max_workers: int | None = None,
    notify: Iterable[str] = (),
) -> RunRequest:
    """Return a request with the parameters, configs and constants of an earlier run; what that did not have is new."""
    about = past.run.about
    if flow.prepared.configs and (configs := about.get("configs")) is not None:
        flow = reopened(flow, configs)
    values = _new_values(flow, past)
    old = {name: ArtifactRef.from_json(raw) for name, raw in about.get("constants", {}).items()}
    new = {name: (each.type_name, each.json, each.origin) for name, each in values.items()}
    request = request_with(
        flow,
        workspace,
        constants={**stored(flow, workspace, values, leave_out=old.keys()), **old},
        parameters={**new, **past.run.parameters},
        project=about.get("project"),
        namespace=about.get("namespace"),
        tags=tags,
        max_workers=max_workers,
        notify=notify,
    )
    return replace(request, origin=past.run.id)


def taken_over(graph: Graph, past: Origin, step: str | None) -> Reuse:
    """Return what a run of `graph` takes over of `past`; `step` and all that follow it run again. Raises R053."""
    again: frozenset[StepName] = frozenset()
    if step is not None:
        if step not in graph:
            names = [node.name for node in graph.nodes]
            raise_for("R053", name=step, hint=did_you_mean(step, names), known=", ".join(names))
        again = frozenset({StepName(step), *graph.below(step)})
    return Reuse(places=dict(_places(past)), items=past.items, again=again, flying=past.flying)


def _places(past: Origin) -> Iterator[tuple[TaskKey, Kept]]:
    for task in past.tasks:
        if task.status.has_result:
            yield task.key, (task.origin or f"{past.pathspec}/{task.step}/{task.id}", task)


def _new_values(flow: ClassFlow, past: Origin) -> Mapping[str, Value]:
    """Return the values of parameters that the origin did not have."""
    new = {name: each for name, each in flow.prepared.parameters.items() if name not in past.run.parameters}
    return resolved(replace(flow.prepared, parameters=new), past.run.user, {}) if new else {}
