"""Check of what may be done with jobs, by asking for what cannot be: AWS looks for the permission first.

A job of a definition that is not there is never submitted, and a job that is not there is never ended.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable

from nbflow.upkeep.aws.refusal import refusal
from nbflow.upkeep.aws.session import Session
from nbflow.upkeep.finding import Finding, broken, fine, warning

_ABOUT = "jobs"


def jobs(session: Session) -> Finding:
    """Whether jobs may be submitted, watched and ended, and their logs read."""
    denied = {action: said for action, ask in _asked(session).items() if (said := _denied(ask)) is not None}
    if not denied:
        return fine(_ABOUT, "submit, watch, end and read their logs; iam:PassRole shows with the first job")
    listed = [said for said in denied.values() if said]
    fix = f"have {', '.join(denied)} allowed"
    if denied.keys() == {"logs:GetLogEvents"}:
        return warning(_ABOUT, "what containers say when they cannot start may not be read", fix, listed=listed)
    verbs = ", ".join(action.partition(":")[2] for action in denied)
    return broken(_ABOUT, f"you may not: {verbs}", fix, listed=listed)


def _asked(session: Session) -> dict[str, Callable[[], object]]:
    """Return what nbflow does with jobs, as requests that come to nothing."""
    batch, logs = session.client("batch"), session.client("logs")
    name, queue = f"nbflow-doctor-{uuid.uuid4().hex[:12]}", session.settings.batch.queue
    return {
        # it lacks a container
        "batch:RegisterJobDefinition": lambda: batch.register_job_definition(jobDefinitionName=name, type="container"),
        "batch:DescribeJobDefinitions": lambda: batch.describe_job_definitions(jobDefinitionName=name),
        "batch:SubmitJob": lambda: batch.submit_job(jobName=name, jobQueue=queue, jobDefinition=name),
        "batch:ListJobs": lambda: batch.list_jobs(jobQueue=queue, maxResults=1),
        "batch:DescribeJobs": lambda: batch.describe_jobs(jobs=[str(uuid.uuid4())]),
        "batch:TerminateJob": lambda: batch.terminate_job(jobId=str(uuid.uuid4()), reason="nbflow doctor"),
        "logs:GetLogEvents": lambda: logs.get_log_events(
            logGroupName=session.settings.batch.log_group, logStreamName=name, limit=1
        ),
    }


def _denied(ask: Callable[[], object]) -> str | None:
    """Return how a request is denied, in AWS's words; None where it is not."""
    try:
        ask()
    except Exception as error:  # noqa: BLE001 - classified, or raised again
        found = refusal(error)
        return found.said if found.kind == "denied" else None
    return None
