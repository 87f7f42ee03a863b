"""Checks of the queue: whether it is there, takes jobs, and has machines to run them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from nbflow.frozen import frozen
from nbflow.upkeep.aws.credentials import credentials_refused, unreachable
from nbflow.upkeep.aws.refusal import Refusal, refusal
from nbflow.upkeep.aws.session import Session
from nbflow.upkeep.finding import Finding, broken, fine, warning
from nbflow.upkeep.settings import blamed, meant, nearest, option

_ABOUT = "queue"
_MOST = 8


@frozen
class Queue:
    """What became known of a queue."""

    finding: Finding
    #: its machines are Fargate's; None: not known
    fargate: bool | None = None


def queue(session: Session) -> Queue:
    """Whether the queue that is set takes jobs."""
    name = session.settings.batch.queue
    assert name is not None, "asked only where one is set"
    try:
        found = session.client("batch").describe_job_queues(jobQueues=[name])["jobQueues"]
    except Exception as error:  # noqa: BLE001 - classified, or raised again
        return Queue(_refused(session, refusal(error)))
    if not found:
        return Queue(_missing(session, name))
    first = found[0]
    own = first["jobQueueName"]
    if first["state"] != "ENABLED":
        fix = f"aws batch update-job-queue --job-queue {own} --state ENABLED"
        said = f"'{own}' is {first['state'].lower()}: jobs would wait for good"
        return Queue(broken(_ABOUT, said, fix, listed=[blamed(session.settings, "batch.queue")]))
    if (status := first.get("status", "VALID")) not in {"VALID", "UPDATING"}:
        said = f"'{own}' is {status.lower()}: {first.get('statusReason') or 'AWS does not say why'}"
        return Queue(broken(_ABOUT, said, "mend it in the console of AWS Batch, or set another one"))
    environments = [each["computeEnvironment"] for each in first.get("computeEnvironmentOrder", [])]
    return _machines(session, own, environments)


def _machines(session: Session, name: str, environments: Sequence[str]) -> Queue:
    """Return what the compute environments of a queue make of it."""
    if not environments:
        return Queue(broken(_ABOUT, f"'{name}' has no compute environment", "give it one in the console of AWS Batch"))
    try:
        answer = session.client("batch").describe_compute_environments(computeEnvironments=list(environments))
    except Exception as error:  # noqa: BLE001 - classified, or raised again
        found = refusal(error)
        if found.kind != "denied":
            return Queue(_refused(session, found))
        said = f"{name} · enabled, but of what machines may not be asked"
        return Queue(warning(_ABOUT, said, "have batch:DescribeComputeEnvironments allowed"))
    wrong = {
        each["computeEnvironmentName"]: why for each in answer["computeEnvironments"] if (why := _wrong_with(each))
    }
    well = [each for each in answer["computeEnvironments"] if each["computeEnvironmentName"] not in wrong]
    kinds = [each.get("computeResources", {}).get("type", "") for each in well or answer["computeEnvironments"]]
    fargate = any(kind.startswith("FARGATE") for kind in kinds)
    told = [f"{environment} {why}" for environment, why in wrong.items()]
    if not well:
        fix = "mend one of its compute environments in the console of AWS Batch"
        return Queue(broken(_ABOUT, f"'{name}' has no machines: jobs would wait for good", fix, listed=told), fargate)
    cores = sum(each.get("computeResources", {}).get("maxvCpus", 0) for each in well)
    of = " and ".join(dict.fromkeys(kind for kind in kinds if kind)) or "machines of your own"
    said = f"{name} · enabled · {of}{f' · up to {cores} cores' if cores else ''}"
    if told:
        return Queue(
            warning(_ABOUT, said, "mend its other compute environments, or take them away", listed=told), fargate
        )
    return Queue(fine(_ABOUT, said), fargate)


def _wrong_with(environment: Mapping[str, Any]) -> str:
    """Return why a compute environment runs nothing; empty where it does."""
    if environment.get("state", "ENABLED") != "ENABLED":
        return "is disabled"
    status = environment.get("status", "VALID")
    if status not in {"VALID", "UPDATING", "CREATING"}:
        return f"is {status.lower()}: {environment.get('statusReason') or 'AWS does not say why'}"
    if environment.get("computeResources", {}).get("maxvCpus", 1) == 0:
        return "may have no cores: its maxvCpus is 0"
    return ""


def _missing(session: Session, name: str) -> Finding:
    settings = session.settings
    try:
        there = [each["jobQueueName"] for each in session.client("batch").describe_job_queues()["jobQueues"]]
    except Exception as error:  # noqa: BLE001 - classified, or raised again
        refusal(error)
        there = []
    near = nearest(name, there)
    region = session.region or "no region"
    listed = [blamed(settings, "batch.queue"), f"its queues: {', '.join(there[:_MOST])}" if there else "it has none"]
    fixes = [option(settings, "batch.queue", near or "NAME")]
    fixes.append(f"{option(settings, 'region', 'REGION')}  if it is in another region")
    return broken(_ABOUT, f"there is no queue '{name}' in {region}{meant(name, there)}", *fixes, listed=listed)


def _refused(session: Session, found: Refusal) -> Finding:
    match found.kind:
        case "denied":
            fix = "have batch:DescribeJobQueues allowed"
            return broken(
                _ABOUT, "you may not ask for queues: batch:DescribeJobQueues is denied", fix, listed=[found.said]
            )
        case "unreachable":
            return unreachable(session, found)
        case "no region":
            said = "no region is set, and a queue is in one"
            return broken(_ABOUT, said, "nbflow configure --region REGION, or export AWS_REGION=REGION")
        case "expired" | "unknown" | "clock" | "no credentials":
            return credentials_refused(session, found)
    return broken(_ABOUT, f"AWS Batch refuses: {found.said}", "see: aws batch describe-job-queues")
