"""What is asked of AWS by boto3, and its refusals in plain words. Nothing else of nbflow's Batch talks to AWS but storage."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property, partial
from threading import Lock
from typing import Any

from nbflow.backends.batch.refusals import is_of_credentials, refused
from nbflow.configuration.settings import Settings
from nbflow.errors import raise_for

#: jobs that DescribeJobs takes at once
_AT_ONCE = 100
#: seconds between the looks for a job whose submission was not answered: it appears in lists a little later
_LOOKS = (0.0, 1.0, 3.0)
_CLOSED = frozenset({"SUCCEEDED", "FAILED"})
_FARGATE = frozenset({"FARGATE", "FARGATE_SPOT"})


class BatchService:
    """AWS Batch as these settings reach it. Safe to use from several threads."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._definitions: dict[str, str] = {}
        self._fargate: dict[str, bool] = {}
        self._lock = Lock()

    # ---- before a job

    def is_fargate(self, queue: str) -> bool:
        """Say what kind of machines a queue has. Raises R089 when there is no such queue, or it takes no jobs."""
        with self._lock:
            if queue not in self._fargate:
                self._fargate[queue] = self._look_at(queue)
            return self._fargate[queue]

    def _look_at(self, queue: str) -> bool:
        found = self._ask("DescribeJobQueues", lambda: self._batch.describe_job_queues(jobQueues=[queue]))["jobQueues"]
        if not found:
            self._no_queue(queue)
        first = found[0]
        if first["state"] != "ENABLED" or first.get("status", "VALID") not in {"VALID", "UPDATING"}:
            state = first["state"] if first["state"] != "ENABLED" else first.get("statusReason") or first["status"]
            raise_for("R090", queue=queue, state=state.lower())
        environments = [each["computeEnvironment"] for each in first["computeEnvironmentOrder"]]
        described = self._ask(
            "DescribeComputeEnvironments",
            lambda: self._batch.describe_compute_environments(computeEnvironments=environments),
        )["computeEnvironments"]
        kinds = {each.get("computeResources", {}).get("type") for each in described}
        return bool(kinds & _FARGATE)

    def _no_queue(self, queue: str) -> None:
        from nbflow.errors import did_you_mean

        known: list[str] = []
        try:
            known = [each["jobQueueName"] for each in self._batch.describe_job_queues()["jobQueues"]]
        except Exception:  # noqa: BLE001 - a hint; the answer is known
            known = []
        # a step, or --with, may name another one than the settings do
        is_set = queue == self.settings.batch.queue
        said = self.settings.sources.get("batch.queue", "a setting")
        raise_for(
            "R089",
            queue=queue,
            region=self._batch.meta.region_name,
            source=said if is_set else "@batch(queue=…) or --with batch:queue=…",
            hint=did_you_mean(queue, known),
            known=", ".join(sorted(known)) or "none",
            command="nbflow configure --queue NAME --region REGION" if is_set else "nbflow configure --region REGION",
        )

    def definition(self, request: Mapping[str, Any]) -> str:
        """Return the ARN of a job definition with this content: one that is there, or one that is made now."""
        name = request["jobDefinitionName"]
        with self._lock:
            if name not in self._definitions:
                found = self._ask(
                    "DescribeJobDefinitions",
                    lambda: self._batch.describe_job_definitions(jobDefinitionName=name, status="ACTIVE"),
                )["jobDefinitions"]
                made = found or [
                    self._ask("RegisterJobDefinition", lambda: self._batch.register_job_definition(**request))
                ]
                self._definitions[name] = max(made, key=lambda each: each.get("revision", 0))["jobDefinitionArn"]
            return self._definitions[name]

    # ---- jobs

    def submit(self, request: Mapping[str, Any]) -> str:
        """Submit a job and return its id. What was submitted without an answer is found by its name, not sent again."""
        from botocore.exceptions import ConnectionError as Disconnected
        from botocore.exceptions import HTTPClientError

        last: Exception | None = None
        for _ in range(4):
            try:
                return str(self._once.submit_job(**request)["jobId"])
            except (Disconnected, HTTPClientError) as error:
                last = error
            except Exception as error:
                if not _may_pass(error):
                    raise refused("SubmitJob", error, self.settings) from error
                last = error
            for pause in _LOOKS:
                time.sleep(pause)
                if found := self.named(request["jobQueue"], request["jobName"]):
                    return found
        assert last is not None, "one of the tries failed"
        raise refused("SubmitJob", last, self.settings) from last

    def named(self, queue: str, name: str) -> str | None:
        """Return the id of the job of this name, the oldest where there are several."""
        answer = self._ask(
            "ListJobs",
            lambda: self._batch.list_jobs(jobQueue=queue, filters=[{"name": "JOB_NAME", "values": [name]}]),
        )
        found = sorted(answer["jobSummaryList"], key=lambda each: each.get("createdAt", 0))
        return str(found[0]["jobId"]) if found else None

    def describe(self, jobs: Iterable[str]) -> dict[str, dict[str, Any]]:
        """Return what Batch knows of jobs, by id; what it has forgotten is left out."""
        wanted = list(jobs)
        found: dict[str, dict[str, Any]] = {}
        for start in range(0, len(wanted), _AT_ONCE):
            some = wanted[start : start + _AT_ONCE]
            answer = self._ask("DescribeJobs", partial(self._batch.describe_jobs, jobs=some))
            found |= {each["jobId"]: each for each in answer["jobs"]}
        return found

    def terminate(self, job: str, reason: str) -> None:
        """End a job, whatever it does."""
        self._ask("TerminateJob", lambda: self._batch.terminate_job(jobId=job, reason=reason))

    def log(self, stream: str, lines: int = 12) -> str:
        """Return the last lines that a container wrote itself; empty where they cannot be read."""
        try:
            answer = self._logs.get_log_events(
                logGroupName=self.settings.batch.log_group, logStreamName=stream, limit=lines, startFromHead=False
            )
        except Exception:  # noqa: BLE001 - it would only say more of a failure that is told anyway
            return ""
        return "\n".join(each["message"] for each in answer["events"][-lines:])

    # ---- boto3

    def _ask(self, action: str, call: Callable[[], Any]) -> Any:
        try:
            return call()
        except Exception as error:
            if is_of_credentials(error):
                # new ones may come, by a login in a terminal
                self._forget_credentials()
            raise refused(action, error, self.settings) from error

    def _forget_credentials(self) -> None:
        for name in ("_batch", "_once", "_logs", "_session"):
            self.__dict__.pop(name, None)

    @cached_property
    def _batch(self) -> Any:
        return self._client("batch", attempts=5)

    @cached_property
    def _once(self) -> Any:
        # a submission that is sent again may be two
        return self._client("batch", attempts=1)

    @cached_property
    def _logs(self) -> Any:
        return self._client("logs", attempts=2)

    @cached_property
    def _session(self) -> Any:
        import boto3

        return boto3.Session(profile_name=self.settings.aws_profile, region_name=self.settings.region)

    def _client(self, service: str, *, attempts: int) -> Any:
        from botocore.config import Config

        config = Config(
            retries={"total_max_attempts": attempts, "mode": "standard"},
            connect_timeout=10,
            read_timeout=30,
            max_pool_connections=16,
        )
        try:
            # sessions are not to be used by two threads at once, clients are
            with _SESSIONS:
                return self._session.client(service, endpoint_url=self.settings.endpoint, config=config)
        except Exception as error:
            raise refused(service, error, self.settings) from error


_SESSIONS = Lock()


def has_ended(job: Mapping[str, Any]) -> bool:
    """Say whether a described job will not change any more."""
    return job["status"] in _CLOSED


def is_ending(job: Mapping[str, Any]) -> bool:
    """Say whether somebody has ordered the end of a described job, which may take Batch a while."""
    return bool(job.get("isTerminated") or job.get("isCancelled"))


def child(job: str, index: int) -> str:
    """Return the id of a child of an array job."""
    return f"{job}:{index}"


def _may_pass(error: Exception) -> bool:
    """Say whether an answer may be another one soon: the service is busy, or has failed."""
    response: Mapping[str, Any] = getattr(error, "response", None) or {}
    status = response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    code = response.get("Error", {}).get("Code", "")
    return status >= 500 or "Throttl" in code or code in {"TooManyRequestsException", "RequestTimeout"}
