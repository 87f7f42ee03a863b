"""From a checked flow class to a run request: parameters resolved, constants stored, code packed, environment noted."""

from __future__ import annotations

import os
import sys
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from nbflow.code.local import environment_of
from nbflow.code.package import pack
from nbflow.errors import StoreError, raise_for
from nbflow.flowspec.config import recorded
from nbflow.flowspec.constants import constants_of
from nbflow.flowspec.context import ParameterContext
from nbflow.flowspec.current import in_current
from nbflow.flowspec.hearers import hearers_of
from nbflow.flowspec.prepared import PreparedFlow
from nbflow.flowspec.project import project_of
from nbflow.flowspec.values import Value, resolve_parameters
from nbflow.frontends.classes.opened import ClassFlow
from nbflow.frontends.ending.asked import hearing
from nbflow.frontends.packages import known_packages, ready_packages
from nbflow.frontends.prepare import declared
from nbflow.graph.classes import graph_info
from nbflow.metadata.identity import system_tags
from nbflow.metadata.tags import first_tags
from nbflow.model.artifact import ArtifactRef
from nbflow.model.ids import FlowName
from nbflow.runtime.request import RunRequest
from nbflow.workspace import Workspace


def request_of(
    flow: ClassFlow,
    workspace: Workspace,
    given: Mapping[str, object],
    *,
    tags: Sequence[str] = (),
    namespace: str | None = None,
    max_workers: int | None = None,
    notify: Sequence[str] = (),
    also: Sequence[str] = (),
    branch: str | None = None,
    production: bool = False,
    dry: bool = False,
) -> RunRequest:
    """Return the request for a full run of a class.

    Args:
        flow: the class.
        workspace: where its run will be kept.
        given: parameter → value, by the name of its attribute or its own; text from a command line as `FromText`.
        tags: labels of the run.
        namespace: what the client sees in its tasks; None: the user's own.
        max_workers: most tasks at once; None is the number of cores.
        notify: addresses that hear of its end, beside those of the class.
        also: modules that are imported elsewhere beside those that steps import.
        branch: branch of the project (@project).
        production: it is a production run of the project.
        dry: no packages are got ready for it.

    Raises:
        ParameterError: a parameter has no value, or one that does not fit.
        StoreError: a constant cannot be stored.
        MessageError: somebody who is to hear of it cannot.
    """
    project = project_of(flow.prepared, user=workspace.user, branch=branch, production=production)
    values = resolved(flow.prepared, workspace.user, given, project)
    return request_with(
        flow,
        workspace,
        constants=stored(flow, workspace, values),
        parameters={name: (each.type_name, each.json, each.origin) for name, each in values.items()},
        project=project,
        namespace=namespace,
        tags=tags,
        max_workers=max_workers,
        notify=notify,
        also=also,
        dry=dry,
    )


def resolved(
    prepared: PreparedFlow, user: str, given: Mapping[str, object], project: Mapping[str, Any] | None = None
) -> Mapping[str, Value]:
    """Return the values of the parameters. Raises ParameterError."""
    context = ParameterContext(
        flow_name=prepared.name,
        user_name=user,
        logger=lambda line: print(line, file=sys.stderr),  # noqa: T201 - what the flow's author asks to be told
        configs=prepared.config_values,
    )
    known = {key: value for key, value in (project or {}).items() if key != "tags"}
    # what a default that is a function may ask for
    with in_current(flow_name=prepared.name, username=user, **known):
        return resolve_parameters(prepared, given, os.environ, context)


def request_with(
    flow: ClassFlow,
    workspace: Workspace,
    *,
    constants: Mapping[str, ArtifactRef],
    parameters: Mapping[str, tuple[str, Any, str]],
    project: Mapping[str, Any] | None = None,
    namespace: str | None = None,
    tags: Iterable[str] = (),
    max_workers: int | None = None,
    notify: Iterable[str] = (),
    also: Sequence[str] = (),
    dry: bool = False,
) -> RunRequest:
    """Return the request for a run whose parameters and constants are known."""
    path = tuple(dict.fromkeys([str(flow.folder), *(entry for entry in sys.path if entry)]))
    if dry:
        environments = known_packages(workspace, flow.graph, flow.folder, path)
    else:
        environments = ready_packages(workspace, flow.graph, flow.folder, path, say=_say, also=also)
    package = pack(flow.name, flow.graph, flow.folder, path, flow.cells)
    configs = recorded(flow.prepared.configs, flow.prepared.config_values)
    request = RunRequest(
        flow=FlowName(flow.name),
        graph=flow.graph,
        parameters=parameters,
        constants=constants,
        configs=configs,
        with_specs=flow.with_specs,
        module=flow.module,
        module_path=flow.module_path,
        cwd=str(Path.cwd()),
        sys_path=path,
        source=flow.source,
        environment=environment_of(flow.graph, flow.folder, path, declared(environments)),
        environments=environments,
        code=workspace.store.put_bytes(package),
        user=workspace.user,
        max_workers=max_workers,
        max_items=flow.max_splits,
        tags=first_tags(flow.name, tuple(tags)),
        system_tags=frozenset({*system_tags(), *(project or {}).get("tags", ())}),
        about={
            "namespace": namespace,
            "project": project,
            "script": Path(flow.source).name,
            "graph": graph_info(flow.graph, file=Path(flow.source).name, decorators=flow.draft.decorators),
            # what a resumed run goes on with
            "constants": {name: ref.to_json() for name, ref in constants.items()},
            "configs": configs,
        },
    )
    return hearing(request, notify, hearers_of(flow.prepared))


def _say(line: str) -> None:
    print(line, file=sys.stderr)  # noqa: T201 - what a person waits for


def stored(
    flow: ClassFlow, workspace: Workspace, values: Mapping[str, Value], leave_out: Collection[str] = ()
) -> dict[str, ArtifactRef]:
    """Store what every task may read and none may set: parameters, configs, constants of the class. Raises P040."""
    writer = workspace.store.writer()
    known = {
        **constants_of(flow.prepared.flow_class, flow.prepared.config_values),
        **flow.prepared.config_values,
        **{name: each.value for name, each in values.items()},
    }
    for name, value in known.items():
        if name in leave_out:
            continue
        try:
            writer.add(name, value)
        except StoreError as refusal:
            facts = dict(refusal.problems[0].facts)
            raise_for("P040", name=name, type=facts.get("type", type(value).__name__), why=facts.get("why", ""))
    return writer.close()
