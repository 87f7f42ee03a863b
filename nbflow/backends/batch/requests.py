"""From what a task asks for to the exact requests of AWS Batch. Pure: no clock, no network.

Limits and rules are those of the service's reference (RegisterJobDefinition, SubmitJob, and the Fargate task sizes).
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NoReturn

from nbflow.backends.batch.sizes import fargate_size
from nbflow.cards.figures import size
from nbflow.configuration.settings import LOG_GROUP, BatchSettings
from nbflow.errors import raise_for
from nbflow.frozen import frozen
from nbflow.model.task import Place

#: attempts that Batch itself makes where a machine is taken away: the step's own --retry is not spent on them
HOST_LOSSES = 3
#: seconds: Batch takes no shorter limit for a job
SHORTEST_TIMEOUT = 60
#: seconds that a job may take longer than its step's own limit, which its worker and the scheduler keep
_LATE = 300
#: bytes, where the step says nothing
DEFAULT_MEMORY = 4096 << 20
#: most children of one array job
LARGEST_ARRAY = 10_000

_MEGABYTE = 1 << 20
_NAME = re.compile(r"[^A-Za-z0-9_-]+")
_TAG = re.compile(r"[^\w .:/=+@-]", re.ASCII)


@frozen
class Wanted:
    """What a task needs of Batch, apart from which task it is: equal ones may share an array job."""

    queue: str
    image: str
    fargate: bool
    job_role: str | None
    execution_role: str | None
    cpu: float
    gpu: int
    #: bytes
    memory: int
    disk: int | None
    timeout: float | None
    #: options of the container that are part of the job definition, as JSON
    container: str
    tags: tuple[tuple[str, str], ...]
    python: str
    #: where its temporary files go: a tmpfs
    temporary: str | None = None


def wanted(place: Place, settings: BatchSettings, *, step: str, fargate: bool) -> Wanted:
    """Return what `place` needs. Raises R087 where a setting is missing, R088 where Batch cannot give it."""
    more = place.more
    queue = more.get("queue") or settings.queue
    image = place.image or more.get("image") or settings.image
    if not queue:
        _missing("a queue", step, "queue", "--queue NAME in its header")
    if not image:
        _missing("an image", step, "image", "--image NAME in its header")
    memory = place.memory or DEFAULT_MEMORY
    cpu = place.cpu
    if fargate:
        if not (more.get("execution_role") or settings.execution_role):
            # Batch takes no definition without one: it is by that role that the container is started
            why = "a role that starts containers on Fargate (execution_role)"
            _missing(why, step, "execution_role", "another queue, of EC2 machines, which needs none")
        if found := next(_not_on_fargate(place), None):
            what, machines = found
            raise_for("R088", step=step, what=what, queue=queue, fix=f"name a queue of {machines}")
        cpu, megabytes = fargate_size(cpu, math.ceil(memory / _MEGABYTE)) or _too_large(place, step, queue)
        memory = megabytes * _MEGABYTE
    tags = {**settings.tags, **(more.get("aws_batch_tags") or {})}
    return Wanted(
        queue=queue,
        image=image,
        fargate=fargate,
        temporary=_tmpfs_path(more) if _has_tmpfs(more) and more.get("tmpfs_tempdir", True) else None,
        job_role=more.get("iam_role") or settings.job_role,
        execution_role=more.get("execution_role") or settings.execution_role,
        cpu=cpu,
        gpu=place.gpu,
        memory=memory,
        disk=place.disk,
        timeout=place.timeout,
        container=json.dumps(_logged(_container(place, memory, fargate=fargate), settings), sort_keys=True),
        tags=tuple(sorted((str(key), str(value)) for key, value in tags.items())),
        python=more.get("executable") or "python3",
    )


def definition(asked: Wanted, command: Sequence[str] = ("true",)) -> dict[str, Any]:
    """Return the RegisterJobDefinition request: all that SubmitJob cannot say. Its name is made of its content.

    `command`: what runs where the submission names nothing else.
    """
    container: dict[str, Any] = {
        "image": asked.image,
        "command": list(command),
        "resourceRequirements": [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "2048"}],
        **json.loads(asked.container),
    }
    if asked.job_role:
        container["jobRoleArn"] = asked.job_role
    if asked.execution_role:
        container["executionRoleArn"] = asked.execution_role
    request = {
        "type": "container",
        "platformCapabilities": ["FARGATE" if asked.fargate else "EC2"],
        "containerProperties": container,
        # what Batch makes anew is only what a lost machine took
        "retryStrategy": {
            "attempts": HOST_LOSSES,
            "evaluateOnExit": [
                {"onStatusReason": "Host EC2*", "action": "RETRY"},
                {"onReason": "*", "action": "EXIT"},
            ],
        },
        "propagateTags": True,
    }
    digest = hashlib.sha256(json.dumps(request, sort_keys=True).encode()).hexdigest()[:16]
    return {"jobDefinitionName": f"nbflow-{digest}", **request}


def submission(
    asked: Wanted,
    name: str,
    job_definition: str,
    command: Sequence[str],
    env: dict[str, str],
    tags: Mapping[str, str],
    size: int = 1,
) -> dict[str, Any]:
    """Return the SubmitJob request for `size` tasks: an array job from two on."""
    requirements = [("VCPU", _number(asked.cpu)), ("MEMORY", str(asked.memory // _MEGABYTE))]
    if asked.gpu:
        requirements.append(("GPU", str(asked.gpu)))
    request: dict[str, Any] = {
        "jobName": name,
        "jobQueue": asked.queue,
        "jobDefinition": job_definition,
        "containerOverrides": {
            **({"command": list(command)} if command else {}),
            "environment": [{"name": key, "value": value} for key, value in (env | _temporary(asked)).items()],
            "resourceRequirements": [{"type": kind, "value": value} for kind, value in requirements],
        },
        "tags": {_TAG.sub("_", key)[:128]: _TAG.sub("_", value)[:256] for key, value in tags.items()},
        "propagateTags": True,
    }
    if asked.timeout is not None:
        seconds = max(SHORTEST_TIMEOUT, math.ceil(asked.timeout) + _LATE)
        request["timeout"] = {"attemptDurationSeconds": seconds}
    if size > 1:
        request["arrayProperties"] = {"size": size}
    return request


def job_name(flow: str, step: str, prefix: str) -> str:
    """Return the name of the job of one attempt: the same for one attempt, and another for each other one.

    By it a job is found again whose submission was not answered.
    """
    readable = _NAME.sub("-", f"{flow}-{step}").strip("-_")[:80]
    return f"nbflow-{readable}-{hashlib.sha256(prefix.encode()).hexdigest()[:20]}"


def _temporary(asked: Wanted) -> dict[str, str]:
    return {"NBFLOW_TEMPDIR": asked.temporary} if asked.temporary else {}


def _has_tmpfs(more: Mapping[str, Any]) -> bool:
    return bool(more.get("use_tmpfs") or more.get("tmpfs_size"))


def _tmpfs_path(more: Mapping[str, Any]) -> str:
    return str(more.get("tmpfs_path") or "/nbflow_temp")


def _not_on_fargate(place: Place) -> Iterator[tuple[str, str]]:
    """Yield what a place asks for that Fargate's machines do not have, and which have it."""
    more, any_ec2 = place.more, "EC2 machines"
    asked = (
        (place.gpu, "a graphics processor", "EC2 machines with GPUs"),
        (more.get("inferentia") or more.get("trainium"), "a Neuron processor", "EC2 machines that have them"),
        (more.get("efa"), "an Elastic Fabric Adapter", "EC2 machines that have one"),
        (place.shared_memory, "shared memory", any_ec2),
        (_has_tmpfs(more), "a tmpfs", any_ec2),
        (more.get("max_swap") is not None or more.get("swappiness") is not None, "swap", any_ec2),
        (more.get("host_volumes"), "folders of its host", any_ec2),
        (more.get("privileged"), "a privileged container", any_ec2),
    )
    yield from ((what, machines) for wants, what, machines in asked if wants)


def _container(place: Place, memory: int, *, fargate: bool) -> dict[str, Any]:
    """Return what is said of the container itself."""
    more, disk = place.more, place.disk
    container: dict[str, Any] = {}
    linux: dict[str, Any] = {}
    volumes: list[dict[str, Any]] = []
    mounts: list[dict[str, Any]] = []
    if fargate:
        if disk or more.get("ephemeral_storage"):
            gigabytes = more.get("ephemeral_storage") or math.ceil((disk or 0) / (1 << 30))
            container["ephemeralStorage"] = {"sizeInGiB": int(min(max(gigabytes, 21), 200))}
        container["networkConfiguration"] = {"assignPublicIp": "ENABLED"}
    if place.shared_memory:
        linux["sharedMemorySize"] = math.ceil(place.shared_memory / _MEGABYTE)
    if more.get("max_swap") is not None:
        linux["maxSwap"] = int(more["max_swap"])
    if more.get("swappiness") is not None:
        linux["swappiness"] = int(more["swappiness"])
    if _has_tmpfs(more):
        megabytes = int(more.get("tmpfs_size") or memory // _MEGABYTE // 2)
        linux["tmpfs"] = [{"containerPath": _tmpfs_path(more), "size": megabytes}]
    if devices := _devices(more):
        linux["devices"] = devices
    for number, path in enumerate(_listed(more.get("host_volumes"))):
        volumes.append({"name": f"host-{number}", "host": {"sourcePath": path}})
        mounts.append({"sourceVolume": f"host-{number}", "containerPath": path})
    for number, (volume, path) in enumerate(_mounted(more.get("efs_volumes"))):
        volumes.append({"name": f"efs-{number}", "efsVolumeConfiguration": {"fileSystemId": volume}})
        mounts.append({"sourceVolume": f"efs-{number}", "containerPath": path})
    if more.get("log_driver"):
        options = dict(each.split(":", 1) for each in _listed(more.get("log_options")) if ":" in each)
        container["logConfiguration"] = {"logDriver": more["log_driver"], "options": options}
    if more.get("privileged"):
        container["privileged"] = True
    found = {"linuxParameters": linux, "volumes": volumes, "mountPoints": mounts}
    return container | {name: value for name, value in found.items() if value}


def _logged(container: dict[str, Any], settings: BatchSettings) -> dict[str, Any]:
    """Return what is said of a container, with the group that it logs to where that is not Batch's own."""
    if settings.log_group == LOG_GROUP or "logConfiguration" in container:
        return container
    options = {"awslogs-group": settings.log_group}
    return container | {"logConfiguration": {"logDriver": "awslogs", "options": options}}


def _devices(more: Mapping[str, Any]) -> list[dict[str, Any]]:
    neurons = int(more.get("inferentia") or more.get("trainium") or 0)
    paths = [f"/dev/neuron{number}" for number in range(neurons)]
    paths += [f"/dev/infiniband/uverbs{number}" for number in range(int(more.get("efa") or 0))]
    return [{"hostPath": path, "containerPath": path, "permissions": ["READ", "WRITE"]} for path in paths]


def _listed(value: Any) -> list[str]:
    if not value:
        return []
    return [str(each) for each in ([value] if isinstance(value, str) else value)]


def _mounted(value: Any) -> list[tuple[str, str]]:
    if isinstance(value, Mapping):
        return [(str(volume), str(path)) for volume, path in value.items()]
    return [(volume, f"/mnt/{volume}") for volume in _listed(value)]


def _number(value: float) -> str:
    return f"{value:g}"


def _missing(what: str, step: str, setting: str, instead: str) -> NoReturn:
    option, value = f"--{setting.replace('_', '-')}", "ARN" if setting.endswith("role") else "NAME"
    facts = {"option": f"{option} {value}", "key": f"batch.{setting}", "instead": instead}
    raise_for("R087", step=step, what=what, setting=setting, **facts)


def _too_large(place: Place, step: str, queue: str) -> NoReturn:
    cores = f"{place.cpu:g} {'core' if place.cpu == 1 else 'cores'}"
    what = f"{cores} with {size(place.memory or DEFAULT_MEMORY)} of memory"
    raise_for(
        "R088",
        step=step,
        what=what,
        queue=queue,
        fix="ask for at most 16 cores and 120 GB, or name a queue of EC2 machines",
    )
