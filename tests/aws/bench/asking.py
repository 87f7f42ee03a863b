"""What tests ask of Batch again and again."""

from __future__ import annotations

import uuid
from typing import Any

from aws.bench.started import Bench


def define(bench: Bench, *, fargate: bool = False, **properties: Any) -> str:
    """Register a definition for Python on EC2, or on Fargate, with `properties` of its container; return its name."""
    name = f"definition-{uuid.uuid4().hex[:8]}"
    vcpus, memory = ("0.5", "1024") if fargate else ("1", "256")
    container = {
        "image": "python:3.11",
        "jobRoleArn": bench.account.job_role,
        "executionRoleArn": bench.account.execution_role,
        "resourceRequirements": [{"type": "VCPU", "value": vcpus}, {"type": "MEMORY", "value": memory}],
        **properties,
    }
    bench.client("batch").register_job_definition(
        jobDefinitionName=name,
        type="container",
        platformCapabilities=["FARGATE" if fargate else "EC2"],
        containerProperties=container,
    )
    return name


def submit(bench: Bench, definition: str, code: str | None = None, **asked: Any) -> str:
    """Submit Python code, or what `asked` says, to the queue of EC2, or that of `asked`; return the job's id."""
    request = {"jobName": "facts", "jobQueue": bench.account.ec2_queue, "jobDefinition": definition, **asked}
    if code is not None:
        request["containerOverrides"] = {"command": ["python", "-c", code], **request.get("containerOverrides", {})}
    return str(bench.client("batch").submit_job(**request)["jobId"])


def lines(bench: Bench, job: dict[str, Any]) -> list[str]:
    """Return what the latest attempt of a described job has written so far."""
    stream = job["container"]["logStreamName"]
    logs = bench.client("logs")
    return [
        event["message"]
        for event in logs.get_log_events(logGroupName="/aws/batch/job", logStreamName=stream, startFromHead=True)[
            "events"
        ]
    ]
