"""What Batch refuses when a job is defined or submitted, in its words."""

from __future__ import annotations

import json
import re
import uuid
from typing import Any

from aws.bench.batch_container import merged, resource
from moto.batch.exceptions import ClientException
from moto.batch.models import JobDefinition, JobQueue

_JOB_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,127}")
_DEFINITION_NAME = re.compile(r"[a-zA-Z_0-9-]{1,128}")
_EXIT_CODE = re.compile(r"[0-9]*\*?")
_REASON = re.compile(r"[A-Za-z0-9.:\s]*\*?")
#: KiB of a whole submission
_LARGEST = 30
#: vCPUs of Fargate: the least memory, the most, and the step between, in MiB
_FARGATE = {
    0.25: (512, 2048, 512),
    0.5: (1024, 4096, 1024),
    1: (2048, 8192, 1024),
    2: (4096, 16384, 1024),
    4: (8192, 30720, 1024),
    8: (16384, 61440, 4096),
    16: (32768, 122880, 8192),
}


def refuse(what: str) -> ClientException:
    """Return the error in the form that most of Batch's have."""
    return ClientException(f"Error executing request, Exception : {what}, RequestId: {uuid.uuid4()}")


def check_submission(asked: dict[str, Any], definition: JobDefinition, queue: JobQueue) -> None:
    """Raise what SubmitJob answers to a job that it does not take."""
    if not _JOB_NAME.fullmatch(asked.get("jobName", "")):
        raise refuse("Job name should match valid pattern")
    size = len(json.dumps(asked, separators=(",", ":")))
    if size > _LARGEST * 1024:
        raise refuse(f"Job size must be less than {_LARGEST} KiB, got {size // 1024} KiB")
    if queue.state != "ENABLED":
        raise refuse(f"JobQueue {queue.name} is not ENABLED")
    array = asked.get("arrayProperties") or {}
    if "size" in array and not 2 <= array["size"] <= 10_000:
        raise refuse("Array size must be between 2 and 10000")
    if len(asked.get("dependsOn") or []) > 20:
        raise refuse("A job can have up to 20 dependencies")
    overrides = asked.get("containerOverrides") or {}
    _check_retries(asked.get("retryStrategy"))
    _check_timeout(asked.get("timeout"))
    fargate = "FARGATE" in (definition.platform_capabilities or [])
    kinds = {each.compute_resources["type"] for each in queue.environments if each.compute_resources}
    if kinds and fargate != any(kind.startswith("FARGATE") for kind in kinds):
        wanted = "FARGATE" if fargate else "EC2"
        raise refuse(
            f"Job definition with platform capability {wanted} cannot be submitted to a queue of {'/'.join(sorted(kinds))}"
        )
    if fargate:
        for name in ("vcpus", "memory"):
            if name in overrides:
                raise ClientException(f"{name} is not applicable for Fargate. Use resource requirements instead.")
    _check_container(merged(definition.container_properties or {}, overrides), fargate=fargate)
    _check_environment(overrides.get("environment") or [])


def check_definition(asked: dict[str, Any]) -> None:
    """Raise what RegisterJobDefinition answers to a definition that it does not take."""
    name = asked.get("jobDefinitionName") or ""
    if not _DEFINITION_NAME.fullmatch(name):
        raise ClientException(f"Provided name {name} is not supported pattern{_DEFINITION_NAME.pattern}")
    _check_retries(asked.get("retryStrategy"))
    _check_timeout(asked.get("timeout"))
    properties = asked.get("containerProperties")
    if properties is None:
        return
    fargate = "FARGATE" in (asked.get("platformCapabilities") or [])
    if fargate:
        for name in ("vcpus", "memory"):
            if properties.get(name):
                raise ClientException(f"{name} is not applicable for Fargate. Use resource requirements instead.")
        if not properties.get("executionRoleArn"):
            raise refuse("executionRoleArn is required for Fargate job definitions")
        for name in ("privileged", "ulimits", "instanceType"):
            if properties.get(name):
                raise refuse(f"{name} is not applicable for Fargate")
    if properties.get("secrets") and not properties.get("executionRoleArn"):
        raise refuse("When you are specifying container secrets, you must also specify a value for 'executionRoleArn'.")
    _check_container(merged(properties, {}), fargate=fargate)
    _check_environment(properties.get("environment") or [])


def _check_container(properties: dict[str, Any], *, fargate: bool) -> None:
    vcpus, memory = resource(properties, "VCPU"), resource(properties, "MEMORY")
    if not properties.get("image"):
        raise refuse("Container image is required")
    if not vcpus or not memory:
        raise refuse("resourceRequirements: VCPU and MEMORY are required")
    if memory < 4:
        raise refuse("Container memory must be at least 4 MiB")
    if fargate:
        if resource(properties, "GPU"):
            raise refuse("GPU is not applicable for Fargate")
        least, most, step = _FARGATE.get(vcpus, (1, 0, 1))
        if not (least <= memory <= most and (memory - least) % step == 0):
            raise ClientException(f"Fargate resource requirements ({vcpus:.2f} vCPU, {memory:.0f} MiB) not valid.")
    elif vcpus != int(vcpus):
        raise refuse("vCPUs of jobs on EC2 are whole numbers")


def _check_environment(environment: list[dict[str, str]]) -> None:
    for each in environment:
        if each["name"].startswith("AWS_BATCH"):
            raise refuse(f"Environment variable {each['name']} starts with the reserved AWS_BATCH")


def _check_timeout(timeout: dict[str, int] | None) -> None:
    if timeout and timeout.get("attemptDurationSeconds", 60) < 60:
        raise refuse("attemptDurationSeconds must be at least 60 seconds")


def _check_retries(strategy: dict[str, Any] | None) -> None:
    if not strategy:
        return
    conditions = strategy.get("evaluateOnExit") or []
    if not 1 <= int(strategy.get("attempts") or (0 if conditions else 1)) <= 10:
        raise refuse("Job attempts must be between 1 and 10")
    if len(conditions) > 5:
        raise refuse("evaluateOnExit has at most 5 conditions")
    for each in conditions:
        if str(each.get("action", "")).upper() not in ("RETRY", "EXIT"):
            raise refuse("The action of evaluateOnExit is RETRY or EXIT")
        if not any(each.get(name) for name in ("onExitCode", "onReason", "onStatusReason")):
            raise refuse("A condition of evaluateOnExit names onExitCode, onReason or onStatusReason")
        forms = {"onExitCode": _EXIT_CODE, "onReason": _REASON, "onStatusReason": _REASON}
        for name, form in forms.items():
            if not form.fullmatch(each.get(name) or "") or len(each.get(name) or "") > 512:
                raise refuse(f"{name} {each[name]} does not match the pattern of evaluateOnExit")
