"""Jobs of AWS Batch as they are told: the record of one, and of an array with its children."""

from __future__ import annotations

import copy
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from aws.bench.batch_container import merged, resource
from moto.batch.models import JobDefinition, JobQueue
from moto.batch.utils import make_arn_for_job

ACTIVE = ("STARTING", "RUNNING")
DONE = ("SUCCEEDED", "FAILED")
STATUSES = ("SUBMITTED", "PENDING", "RUNNABLE", *ACTIVE, *DONE)


def now() -> int:
    """Return the time as Batch tells it, in milliseconds."""
    return int(time.time() * 1000)


@dataclass(frozen=True)
class Stop:
    """Why a running attempt is to end before its time."""

    why: str  # "terminate", "timeout" or "reclaim"
    status_reason: str


@dataclass(eq=False)
class Job:
    """One job; or the parent of an array, which runs nothing itself."""

    name: str
    definition: JobDefinition
    queue: JobQueue
    #: the request that submitted it
    asked: dict[str, Any]
    account: str
    region: str
    tags: dict[str, str]
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    parent: Job | None = None
    index: int | None = None
    children: list[Job] = field(default_factory=list)
    status: str = "SUBMITTED"
    status_reason: str | None = None
    created: int = field(default_factory=now)
    started: int | None = None
    stopped: int | None = None
    attempts: list[dict[str, Any]] = field(default_factory=list)
    #: exit code, reason, task and log stream of the latest attempt
    latest: dict[str, Any] = field(default_factory=dict)
    cancelled: bool = False
    terminated: bool = False
    stop: Stop | None = None

    def __post_init__(self) -> None:
        self.asked = copy.deepcopy(self.asked)
        overrides = self.asked.get("containerOverrides") or {}
        self.properties = merged(self.definition.container_properties or {}, overrides)
        self.parameters = {**(self.definition.parameters or {}), **(self.asked.get("parameters") or {})}

    @property
    def arn(self) -> str:
        arn: str = make_arn_for_job(self.account, self.id, self.region)
        return arn

    @property
    def retry_strategy(self) -> dict[str, Any]:
        return self.asked.get("retryStrategy") or self.definition.retry_strategy or {"attempts": 1}

    @property
    def timeout(self) -> dict[str, int] | None:
        return self.asked.get("timeout") or self.definition.timeout or None

    @property
    def depends_on(self) -> list[dict[str, str]]:
        return self.asked.get("dependsOn") or []

    @property
    def fargate(self) -> bool:
        return "FARGATE" in (self.definition.platform_capabilities or [])

    @property
    def vcpus(self) -> float:
        return resource(self.properties, "VCPU", 1)

    def end(self, status: str, reason: str | None) -> None:
        """Come to rest as SUCCEEDED or FAILED; an array comes to rest with the last of its children."""
        self.status, self.stopped = status, now()
        self.status_reason = reason
        parent = self.parent
        if parent is not None and all(child.status in DONE for child in parent.children):
            well = all(child.status == "SUCCEEDED" for child in parent.children)
            parent.end("SUCCEEDED" if well else "FAILED", None if well else "Array Child Job failed")

    def summary(self) -> dict[str, Any]:
        """Return what ListJobs tells."""
        told: dict[str, Any] = {
            "jobArn": self.arn,
            "jobId": self.id,
            "jobName": self.name,
            "jobDefinition": self.definition.arn,
            "createdAt": self.created,
            "status": self.status,
        }
        told |= {
            name: value
            for name, value in {
                "statusReason": self.status_reason,
                "startedAt": self.started,
                "stoppedAt": self.stopped,
                "isCancelled": self.cancelled or None,
                "isTerminated": self.terminated or None,
            }.items()
            if value is not None
        }
        short = {name: self.latest[name] for name in ("exitCode", "reason") if name in self.latest}
        if short:
            told["container"] = short
        if self.children:
            told["arrayProperties"] = {"size": len(self.children)}
        elif self.index is not None:
            told["arrayProperties"] = {"index": self.index}
        return told

    def describe(self) -> dict[str, Any]:
        """Return what DescribeJobs tells."""
        told = self.summary()
        told |= {
            "jobQueue": self.queue.arn,
            "attempts": copy.deepcopy(self.attempts),
            "retryStrategy": {"evaluateOnExit": [], **self.retry_strategy},
            "dependsOn": self.depends_on,
            "parameters": self.parameters,
            "platformCapabilities": self.definition.platform_capabilities or ["EC2"],
            "container": {**copy.deepcopy(self.properties), **self.latest},
            "tags": self.tags,
        }
        if self.timeout:
            told["timeout"] = self.timeout
        if self.children:
            counted = Counter(child.status for child in self.children)
            told["arrayProperties"] |= {"statusSummary": {status: counted[status] for status in STATUSES}}
        return told


def children_of(parent: Job, size: int) -> list[Job]:
    """Make the jobs of an array; the index tells them apart, in all else they are their parent."""
    return [
        Job(
            parent.name,
            parent.definition,
            parent.queue,
            parent.asked,
            parent.account,
            parent.region,
            parent.tags,
            id=f"{parent.id}:{index}",
            parent=parent,
            index=index,
        )
        for index in range(size)
    ]
