"""What is done with a deployment: trigger it, list its runs, end one, pause it, delete it."""

from __future__ import annotations

import contextlib
import json
import secrets
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from nbflow.configuration.settings import settings
from nbflow.deploy import deployment as kept
from nbflow.deploy import keys
from nbflow.deploy.deployment import Deployment
from nbflow.deploy.ending import end
from nbflow.deploy.notebook_job.deploying import KIND, delete_notebook
from nbflow.deploy.service import StatesService
from nbflow.errors import NbflowError, did_you_mean, raise_for
from nbflow.frontends.deployed.beginning import as_begun, begin
from nbflow.frontends.deploying.asking import input_of
from nbflow.frontends.deploying.clock import delete_schedule, set_schedule
from nbflow.frontends.ending.over import over
from nbflow.frontends.handover import from_text
from nbflow.frozen import frozen
from nbflow.model.record import RunRecord
from nbflow.model.status import RunStatus
from nbflow.runtime.request import RunRequest
from nbflow.storage.base import Storage
from nbflow.workspace import Workspace

#: as Step Functions calls the states of an execution → as a run ends
_ENDED = {"FAILED": RunStatus.FAILED, "TIMED_OUT": RunStatus.FAILED, "ABORTED": RunStatus.CANCELLED}
_WORDS = {"TIMED_OUT": "it took longer than --workflow-timeout", "ABORTED": "its execution was stopped"}
STATES = ("RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED")


@frozen
class Execution:
    """One run of a deployment, as Step Functions knows it."""

    run: str
    status: str
    #: seconds since the epoch
    started_at: float
    ended_at: float | None
    arn: str


def far_of(workspace: Workspace) -> Storage:
    """Return the bucket. Raises A026: the store is a folder."""
    if workspace.far is None:
        raise_for("A026", root=workspace.root)
    return workspace.far


def request_of(workspace: Workspace, bundle: str) -> RunRequest:
    """Return the run that a version of a flow makes."""
    return from_text(far_of(workspace).get(keys.request(bundle)).decode())


def trigger(workspace: Workspace, deployment: Deployment, given: Mapping[str, Any]) -> Execution:
    """Start a run and return it.

    Args:
        workspace: the store.
        deployment: what to run.
        given: parameter → value, text as a person typed it.

    Raises:
        ParameterError: a value does not fit.
        DeploymentError: A009, A010 of parameters; A017, the state machine is gone.
    """
    checked = input_of(request_of(workspace, deployment.bundle), given, workspace)
    name = f"{time.strftime('%Y%m%d-%H%M%S', time.gmtime())}-{secrets.token_hex(3)}"
    service = StatesService(settings())
    arn = service.start(_machine(service, deployment), name, checked)
    return Execution(f"sfn-{name}", "RUNNING", time.time(), None, arn)


def executions(workspace: Workspace, deployment: Deployment, status: str | None = None) -> Iterator[Execution]:
    """Yield the runs of a deployment, newest first; records of runs that ended unnoticed are mended."""
    service = StatesService(settings())
    for raw in service.executions(_machine(service, deployment), status):
        found = _execution(raw)
        note_end(workspace, deployment, found)
        yield found


def _execution(raw: Mapping[str, Any]) -> Execution:
    """Return an execution as Step Functions lists it."""
    return Execution(
        run=f"sfn-{raw['name']}",
        status=raw["status"],
        started_at=raw["startDate"].timestamp(),
        ended_at=raw["stopDate"].timestamp() if raw.get("stopDate") else None,
        arn=raw["executionArn"],
    )


def awaited(workspace: Workspace, deployment: Deployment, execution: Execution) -> bool:
    """Say whether a run has ended; where none of its jobs could end its record, it is ended now."""
    raw = StatesService(settings()).describe(execution.arn)
    if raw["status"] == "RUNNING":
        return False
    note_end(workspace, deployment, replace(execution, status=raw["status"]))
    return True


def note_end(workspace: Workspace, deployment: Deployment, execution: Execution) -> None:
    """End the record of a run whose execution has ended, where none of its jobs could, and tell whoever is to hear of it.

    A run whose first job never came to begin it has its record from now on. One from before the flow was first deployed
    under this name was another flow's, and gets none.
    """
    status = _ENDED.get(execution.status)
    if status is None:
        return
    record = workspace.metadata.run(deployment.flow, execution.run)
    if record is None and execution.started_at >= deployment.since:
        record = _begun_late(workspace, deployment, execution)
    if record is not None:
        _end(workspace, deployment, record, status, _WORDS.get(execution.status, "its execution failed"))


def _begun_late(workspace: Workspace, deployment: Deployment, execution: Execution) -> RunRecord:
    """Return the record of a run that no job has begun."""
    request = request_of(workspace, deployment.bundle)
    begun = partial(begin, workspace, request, execution.run, bundle=deployment.bundle, at=execution.started_at)
    try:
        return begun(given=json.loads(StatesService(settings()).describe(execution.arn).get("input") or "{}"))
    except NbflowError:
        # what it was given does not fit, or may not be asked for
        return begun(given=None)


def _end(
    workspace: Workspace, deployment: Deployment, record: RunRecord, status: RunStatus, why: str = ""
) -> RunRecord:
    """End a run in the place of its jobs, and tell of it, unless it has ended. Return it as it is then."""
    ended, ended_here = end(workspace, record, status, why)
    if ended_here:
        bundle = record.about.get("deployed", {}).get("bundle", deployment.bundle)
        with contextlib.suppress(FileNotFoundError):
            over(workspace, as_begun(request_of(workspace, bundle), ended), ended.id, _say)
    return ended


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")


def stop(workspace: Workspace, deployment: Deployment, run: str, *, authorize: str | None = None) -> RunRecord:
    """End a run and its jobs, tell whoever is to hear of it, and return its record; where no job had begun it, it has one now.

    Raises:
        DeploymentError: A003, A012, the deployment is somebody else's; A016, there is none of that name under way.
    """
    _check_whose(workspace, deployment, authorize, f"stop {deployment.name}/{run.rpartition('/')[2]}")
    service = StatesService(settings())
    arn = _machine(service, deployment)
    name = run.rpartition("/")[2]
    running = {each.run: each for each in map(_execution, service.executions(arn, "RUNNING"))}
    if name not in running:
        record = workspace.metadata.run(deployment.flow, name)
        why = f"it has {record.status}" if record is not None else f"{len(running)} of its runs are under way"
        hint = did_you_mean(name, running)
        raise_for("A016", run=name, hint=hint, why=why, name=deployment.name)
    if workspace.metadata.run(deployment.flow, name) is not None:
        workspace.metadata.ask_cancel(deployment.flow, name)
    service.stop(running[name].arn, "nbflow: it was cancelled")
    record = workspace.metadata.run(deployment.flow, name) or _begun_late(workspace, deployment, running[name])
    return _end(workspace, deployment, record, RunStatus.CANCELLED)


def pause(workspace: Workspace, deployment: Deployment, *, paused: bool, authorize: str | None = None) -> Deployment:
    """Stop the clock of a deployment, or start it again.

    Raises:
        DeploymentError: A003, A012, it is somebody else's; A018, it has no clock.
    """
    _check_whose(workspace, deployment, authorize, f"{'pause' if paused else 'resume'} {deployment.name}")
    if deployment.schedule is None:
        why = "it runs when it is triggered, and only then"
        raise_for("A018", flow=deployment.name, what="schedule", why=why)
    schedule = set_schedule(settings(), deployment, paused=paused)
    changed = replace(deployment, schedule=schedule)
    kept.write(far_of(workspace), changed)
    return changed


def delete(workspace: Workspace, deployment: Deployment, *, authorize: str | None = None) -> None:
    """Delete schedule and state machine; its runs stay.

    Raises A003, A012: it is somebody else's.
    """
    if deployment.kind == KIND:
        delete_notebook(workspace, deployment, authorize=authorize)
        return
    _check_whose(workspace, deployment, authorize, f"delete {deployment.name}")
    known = settings()
    delete_schedule(known, deployment)
    service = StatesService(known)
    if deployment.arn and (arn := service.find(deployment.name)):
        service.delete(arn)
    kept.forget(far_of(workspace), deployment)


def _check_whose(workspace: Workspace, deployment: Deployment, authorize: str | None, verb: str) -> None:
    """Raise A003 or A012 where somebody else deployed it and `authorize` is not its token."""
    kept.authorized(deployment, workspace.user, token=authorize, command=f"nbflow deployed {verb}")


def _machine(service: StatesService, deployment: Deployment) -> str:
    """Return the ARN of the state machine. Raises A017: there is none; A020: it is a notebook's job."""
    if deployment.kind == KIND:
        raise_for("A020", name=deployment.name, flow=deployment.flow)
    arn = service.find(deployment.name)
    if arn is None:
        raise_for("A017", name=deployment.name, machine=deployment.name, region=service.region)
    return arn
