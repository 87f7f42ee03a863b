"""Whether a queue's compute environments can ever hold a job, and whether they have room for it now."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from aws.bench.batch_container import resource
from aws.bench.batch_jobs import Job
from moto.batch.models import ComputeEnvironment
from moto.ec2.models.instance_types import INSTANCE_TYPES

TOO_MANY_VCPUS = (
    "MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE - CE(s) associated with the job queue cannot meet the CPU requirement "
    "of the job."
)
NO_SUCH_HOST = (
    "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT - The job resource requirement (vCPU/memory/GPU) is higher than that can be met "
    "by the CE(s) attached to the job queue."
)
#: families that "optimal" stands for
_OPTIMAL = ("m4", "c4", "r4")


def misfit(job: Job) -> str | None:
    """Return the status reason of a job that will wait for ever, or None."""
    if job.vcpus > max((_most(each) for each in job.queue.environments), default=0):
        return TOO_MANY_VCPUS
    if not job.fargate and not any(_holds(kind, job) for each in job.queue.environments for kind in _hosts(each)):
        return NO_SUCH_HOST
    return None


def room(job: Job, running: Iterable[Job]) -> bool:
    """Tell whether the queue's vCPUs are not all in use."""
    taken = sum(each.vcpus for each in running if each.queue is job.queue)
    return taken + job.vcpus <= sum(_most(each) for each in job.queue.environments)


def _most(environment: ComputeEnvironment) -> float:
    return float(environment.compute_resources["maxvCpus"])


def _hosts(environment: ComputeEnvironment) -> Iterable[dict[str, Any]]:
    asked = environment.compute_resources.get("instanceTypes", [])
    named = {each for each in asked if each != "optimal"} | ({*_OPTIMAL} if "optimal" in asked else set())
    return [facts for name, facts in INSTANCE_TYPES.items() if name in named or name.partition(".")[0] in named]


def _holds(host: dict[str, Any], job: Job) -> bool:
    gpus = sum(each["Count"] for each in host.get("GpuInfo", {}).get("Gpus", []))
    return (
        host["VCpuInfo"]["DefaultVCpus"] >= job.vcpus
        and host["MemoryInfo"]["SizeInMiB"] >= resource(job.properties, "MEMORY")
        and gpus >= resource(job.properties, "GPU")
    )
