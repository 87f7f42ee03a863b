"""Parameters of a class that are given to one run of what is deployed: read by their types, and stored for its tasks."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from nbflow.errors import raise_for
from nbflow.flowspec.context import ParameterContext
from nbflow.flowspec.naming import hint_of_parameter
from nbflow.flowspec.prepare import prepare
from nbflow.flowspec.values import resolve_parameters
from nbflow.frontends.classes.opened import config_values
from nbflow.frontends.prepare import DefinitionNames
from nbflow.model.artifact import ArtifactRef
from nbflow.model.step import Definitions
from nbflow.runtime.request import RunRequest
from nbflow.workspace import Workspace


def with_values(request: RunRequest, given: Mapping[str, Any], workspace: Workspace) -> RunRequest:
    """Return the request with these parameters, read by their types.

    Raises:
        ParameterError: there is no such parameter, or a value does not fit.
        StoreError: a value cannot be stored.
    """
    method = request.graph.nodes[0].method
    assert method is not None, "it is a class"
    names = DefinitionNames.of_file(request.flow, Definitions(request.graph.statements))
    flow_class: Any = names[method.flow_class]
    configs = config_values(flow_class, contents={name: json.dumps(value) for name, value in request.configs.items()})
    prepared = prepare(flow_class, config_values=configs, with_specs=request.with_specs)
    wanted = _attributes(prepared.parameters, given, request.flow)
    # the others have their values, which may not be had here: a file that was read, a function that was called
    prepared.parameters = {name: each for name, each in prepared.parameters.items() if name in wanted}
    context = ParameterContext(flow_name=request.flow, user_name=request.user, configs=prepared.config_values)
    values = resolve_parameters(prepared, wanted, os.environ, context)
    writer = workspace.store.writer()
    for name, each in values.items():
        writer.add(name, each.value)
    constants: dict[str, ArtifactRef] = {**request.constants, **writer.close()}
    workspace.store.settle()
    about = {**request.about, "constants": {name: ref.to_json() for name, ref in constants.items()}}
    record = {name: (each.type_name, each.json, each.origin) for name, each in values.items()}
    return replace(request, parameters={**request.parameters, **record}, constants=constants, about=about)


def _attributes(parameters: Mapping[str, Any], given: Mapping[str, Any], flow: str) -> dict[str, Any]:
    """Return the values by the attribute of the class, however their names were written."""
    known = {_plain(word): name for name, each in parameters.items() for word in (name, each.name)}
    if unknown := [name for name in given if _plain(name) not in known]:
        hint, names = (
            hint_of_parameter(unknown[0], {name: name for name in parameters}),
            ", ".join(parameters) or "none",
        )
        raise_for("A010", name=unknown[0], flow=flow, hint=hint, known=names)
    return {known[_plain(name)]: value for name, value in given.items()}


def _plain(name: str) -> str:
    return name.replace("-", "_").lower()
