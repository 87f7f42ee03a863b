"""From a notebook or a class to the run request of a deployment. Parameters may be left for whoever triggers it."""

from __future__ import annotations

import contextlib
import json
import shlex
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from nbflow.deploy.deployment import MISSING
from nbflow.deploy.limits import check_overrides
from nbflow.deploy.shape import roots
from nbflow.errors import Problem, error, problem, raise_for
from nbflow.flowspec.hearers import hearers_of
from nbflow.flowspec.parameter_facts import parameter_facts
from nbflow.frontends.classes.asking import request_of as request_of_class
from nbflow.frontends.classes.opened import ClassFlow
from nbflow.frontends.cli.notebook import Opened
from nbflow.frontends.cli.running import request_of
from nbflow.frontends.deployed.beginning import with_parameters
from nbflow.frontends.deploying.included import included, with_files
from nbflow.frontends.deploying.wish import Wish, everywhere
from nbflow.frontends.ending.asked import hearing
from nbflow.graph.added import with_decorators
from nbflow.metadata.tags import first_tags
from nbflow.model.secret import HERE
from nbflow.runtime.request import RunRequest
from nbflow.workspace import Workspace

#: about what a job is told beside them: the store, its document, cores and memory
_OVERRIDES = {"environment": "x" * 500}


def of_notebook(
    opened: Opened, workspace: Workspace, given: Mapping[str, object], wish: Wish, with_specs: Sequence[str] = ()
) -> RunRequest:
    """Return the request of a notebook's flow.

    Raises:
        ParameterError: a value does not fit.
        DeploymentError: A014, the deployment says something of a step that there is not.
        PackageError: the packages of a step cannot be had.
    """
    graph = everywhere(with_decorators(opened.graph, with_specs), wish)
    graph = with_files(graph, included(opened.path.resolve().parent, wish.include))
    said = {*(name.replace("-", "_") for name in given), *opened.text.assignments}
    late = [each for each in graph.parameters if each.default is None and each.name not in said]
    known = replace(graph, parameters=tuple(each for each in graph.parameters if each not in late))
    also = _telling(wish.notify, opened.text.hearers)
    with _kept_in(workspace, wish, opened.path.resolve().parent) as place:
        request = request_of(replace(opened, graph=known), place, given, dry=wish.only_json, also=also)
    missing = {each.name: (each.type, None, MISSING) for each in late}
    tags = first_tags(opened.flow, wish.tags)
    request = replace(request, graph=graph, parameters={**request.parameters, **missing}, tags=tags)
    return by_secrets(hearing(request, wish.notify, opened.text.hearers))


def of_class(
    flow: ClassFlow,
    workspace: Workspace,
    given: Mapping[str, object],
    wish: Wish,
    *,
    branch: str | None = None,
    production: bool = False,
) -> RunRequest:
    """Return the request of a class; `branch` and `production` are those of @project.

    Raises:
        ParameterError: a value does not fit.
        DeploymentError: A014, the deployment says something of a step that there is not; A023, it is to be run by events.
        PackageError: the packages of a step cannot be had.
    """
    if unheard := list(_by_events(flow)):
        raise error(unheard)
    said = {name.replace("-", "_").lower() for name in given}
    late = {
        each.attribute: each
        for each in parameter_facts(flow.prepared)
        if each.required and not {each.attribute.lower(), each.name.replace("-", "_").lower()} & said
    }
    parameters = {name: each for name, each in flow.prepared.parameters.items() if name not in late}
    prepared = replace(flow.prepared, parameters=parameters)
    graph = with_files(everywhere(flow.graph, wish), included(flow.folder, wish.include))
    deployed = replace(flow, prepared=prepared, graph=graph)
    with _kept_in(workspace, wish, flow.folder) as place:
        request = request_of_class(
            deployed,
            place,
            given,
            tags=wish.tags,
            branch=branch,
            production=production,
            notify=wish.notify,
            also=_telling(wish.notify, hearers_of(flow.prepared)),
            dry=wish.only_json,
        )
    missing = {name: (each.type_name, None, MISSING) for name, each in late.items()}
    return by_secrets(replace(request, parameters={**request.parameters, **missing}))


def _by_events(flow: ClassFlow) -> Iterator[Problem]:
    """Yield what starts the flow elsewhere, and would not where AWS runs it."""
    file = shlex.quote(Path(flow.source).name)
    fixes = {
        "trigger": "take it off, and have whoever knows of the event start it: nbflow deployed trigger NAME",
        "trigger_on_finish": f"take it off, or have this machine run the flow so: nbflow schedule add {file}",
    }
    for use in flow.prepared.decorators:
        if use.name in fixes:
            yield problem("A023", use.place, decorator=use.name, flow=flow.name, fix=fixes[use.name])


@contextlib.contextmanager
def _kept_in(workspace: Workspace, wish: Wish, folder: Path) -> Iterator[Workspace]:
    """Give the store that code and constants go to; where nothing is to be deployed, one that is thrown away."""
    if not wish.only_json:
        yield workspace
        return
    with tempfile.TemporaryDirectory(prefix="nbflow-only-json-") as aside:
        yield Workspace.open(aside, local=[str(folder)])


def _telling(*hearers: Iterable[Any]) -> tuple[str, ...]:
    """Return the modules by which messages are sent, where there is somebody to hear of runs."""
    return ("apprise", "boto3") if any(any(True for _ in each) for each in hearers) else ()


def by_secrets(request: RunRequest) -> RunRequest:
    """Return the request, whose run's record says who is to hear of it: addresses themselves are kept nowhere.

    Raises A019: there is one.
    """
    if plain := next((each for each in request.notices if each.source is None), None):
        raise_for("A019", to=plain.shown)
    if here := next((each for each in request.notices if each.source and each.source.manager in HERE), None):
        raise_for("A019", to=here.shown)
    return replace(request, notices=())


def input_of(request: RunRequest, given: Mapping[str, Any], workspace: Workspace) -> dict[str, Any]:
    """Return the input of an execution with these parameters, checked as its first job will check them.

    Raises:
        ParameterError: a value does not fit, or a name is wrong.
        DeploymentError: A007, they are longer than a job can be told; A009, one has no value; A010, there is no such
            parameter.
    """
    with_parameters(request, given, workspace)
    found = {"Parameters": json.dumps(dict(given), default=str)} if given else {}
    for step in roots(request.graph):
        check_overrides(step, _OVERRIDES, json.dumps(found))
    return found
