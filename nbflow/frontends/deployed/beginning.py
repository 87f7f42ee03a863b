"""The run of an execution: begun by whichever of its jobs comes first, and known to the others by its record."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from nbflow.deploy.deployment import MISSING
from nbflow.errors import raise_for
from nbflow.frontends.deployed.execution import Execution
from nbflow.frontends.prepare import DefinitionNames, parameters_of
from nbflow.frontends.resuming import carried_over
from nbflow.model.artifact import ArtifactRef
from nbflow.model.record import RunRecord
from nbflow.model.step import Definitions
from nbflow.plan.parameters import Text
from nbflow.runtime.opening import opening
from nbflow.runtime.request import RunRequest
from nbflow.workspace import Workspace

#: the key of the execution's input under which parameters are, as Metaflow has it
PARAMETERS = "Parameters"


def begun(execution: Execution, *, as_deployed: bool = False) -> RunRecord:
    """Return the run's record, made now if this job is the first; `as_deployed`: whatever parameters it was given.

    Raises ParameterError: those do not fit.
    """
    found = execution.workspace.metadata.run(execution.request.flow, execution.run)
    if found is not None:
        return found
    given = None if as_deployed else execution.given
    return begin(execution.workspace, execution.request, execution.run, given, execution.bundle)


def begin(
    workspace: Workspace,
    request: RunRequest,
    run: str,
    given: Mapping[str, Any] | None,
    bundle: str,
    at: float | None = None,
) -> RunRecord:
    """Return the record of a run that begins, or has begun meanwhile.

    Args:
        workspace: where it is kept.
        request: the run as its flow was deployed.
        run: its id.
        given: the input of its execution; None: whatever parameters it was given, the record has those it was deployed with.
        bundle: the version of its flow, for whoever ends the run in the place of its jobs.
        at: seconds since the epoch; None: now.

    Raises ParameterError: what it was given does not fit.
    """
    if given is not None:
        request = with_parameters(request, given_in(given), workspace)
    about = {**request.about, "deployed": {**request.about.get("deployed", {}), "bundle": bundle}}
    moment = time.time() if at is None else at
    return workspace.metadata.begin_run(opening(replace(request, about=about), moment, user=workspace.user, run=run))


def as_begun(request: RunRequest, record: RunRecord) -> RunRequest:
    """Return the request with the parameters that its run began with."""
    constants = {name: ArtifactRef.from_json(raw) for name, raw in record.about.get("constants", {}).items()}
    return replace(
        request,
        parameters=record.parameters,
        constants=constants or request.constants,
        about=record.about,
        tags=record.tags,
        system_tags=record.system_tags,
    )


def given_in(raw: Any) -> dict[str, Any]:
    """Return the parameters in an execution's input: `{"Parameters": {"alpha": 2}}`, perhaps as a text in the text.

    Raises A008 where they are no mapping.
    """
    found = raw.get(PARAMETERS, {}) if isinstance(raw, Mapping) else raw
    try:
        given = json.loads(found) if isinstance(found, str) else found
    except ValueError:
        given = None
    if not isinstance(given, Mapping):
        raise_for("A008", given=json.dumps(found)[:80])
    return dict(given)


def with_parameters(request: RunRequest, given: Mapping[str, Any], workspace: Workspace) -> RunRequest:
    """Return the request with values for parameters, read by their types. Raises ParameterError."""
    missing = [name for name, (_, _, origin) in request.parameters.items() if origin == MISSING and name not in given]
    if missing:
        raise_for("A009", names=", ".join(missing), flow=request.flow)
    if not given:
        return request
    if any(node.method for node in request.graph.nodes):
        from nbflow.frontends.deployed.of_class import with_values

        return with_values(request, given, workspace)
    statements = request.graph.statements
    names = DefinitionNames.of_file(request.flow, Definitions(statements))
    before = carried_over(request.parameters, request.graph.parameters, names)
    typed = {name: Text(each) if isinstance(each, str) else each for name, each in given.items()}
    resolved = parameters_of(request.graph.parameters, {**before, **typed}, {}, names)
    return replace(request, parameters=resolved.record)
