"""The environment of a job's processes: its own variables, what Batch and ECS add, secrets, and its role's credentials."""

from __future__ import annotations

from aws.bench.batch_container import resource
from aws.bench.batch_jobs import Job
from aws.bench.callers import Callers
from aws.bench.secrets import Secrets
from aws.bench.settings import Settings


class Environment:
    """Makes it anew for each attempt."""

    def __init__(self, url: str, callers: Callers, secrets: Secrets, settings: Settings) -> None:
        self._url = url
        self._callers = callers
        self._secrets = secrets
        self._settings = settings

    def of(self, job: Job, attempt: int) -> dict[str, str]:
        """Return it; CannotStartError if a secret cannot be had."""
        own = {each["name"]: each.get("value", "") for each in job.properties["environment"]}
        secrets = {
            each["name"]: self._secrets.value(each["valueFrom"], job.region)
            for each in job.properties.get("secrets", [])
        }
        return {**self._bench(), **self._platform(job), **self._role(job), **own, **secrets, **of_batch(job, attempt)}

    def _bench(self) -> dict[str, str]:
        """Return what makes the bench AWS for the SDKs in the container."""
        return {"AWS_ENDPOINT_URL": self._url, "AWS_EC2_METADATA_DISABLED": "true"}

    def _platform(self, job: Job) -> dict[str, str]:
        if not job.fargate:
            gpus = int(resource(job.properties, "GPU"))
            seen = {"NVIDIA_VISIBLE_DEVICES": ",".join(f"GPU-{each:08x}" for each in range(gpus))} if gpus else {}
            return {"AWS_EXECUTION_ENV": "AWS_ECS_EC2", **seen}
        # the region is told on Fargate only
        region = {"AWS_REGION": job.region, "AWS_DEFAULT_REGION": job.region}
        return {"AWS_EXECUTION_ENV": "AWS_ECS_FARGATE", **region}

    def _role(self, job: Job) -> dict[str, str]:
        """Return what leads to the credentials of `jobRoleArn`; a job without a role has none."""
        role = job.properties.get("jobRoleArn")
        if not role:
            return {}
        issued = self._callers.issue(job.id, role)
        if self._settings.network == "bench":
            return {"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": f"/v2/credentials/{issued.access_key}"}
        # ECS's address is not to be had without a network of one's own
        return {
            "AWS_ACCESS_KEY_ID": issued.access_key,
            "AWS_SECRET_ACCESS_KEY": issued.secret_key,
            "AWS_SESSION_TOKEN": issued.token,
        }


def of_batch(job: Job, attempt: int) -> dict[str, str]:
    """Return the variables that Batch sets."""
    environments = job.queue.environments
    found = {
        "AWS_BATCH_JOB_ID": job.id,
        "AWS_BATCH_JOB_ATTEMPT": str(attempt),
        "AWS_BATCH_JQ_NAME": job.queue.name,
        "AWS_BATCH_CE_NAME": environments[0].name if environments else "",
    }
    if job.index is not None and job.parent is not None:
        found["AWS_BATCH_JOB_ARRAY_INDEX"] = str(job.index)
        found["AWS_BATCH_JOB_ARRAY_SIZE"] = str(len(job.parent.children))
    return found
