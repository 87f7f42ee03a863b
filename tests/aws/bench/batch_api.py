"""Batch's actions on jobs, in place of moto's: it keeps environments, queues, definitions and tags, the bench the jobs."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from aws.bench.batch_hosts import Hosts
from aws.bench.batch_jobs import STATUSES, Job, children_of
from aws.bench.batch_rules import check_definition, check_submission, refuse
from aws.bench.pins import needed, replace
from moto.batch import responses
from moto.batch.exceptions import ClientException
from moto.batch.models import BatchBackend, JobDefinition

needed(BatchBackend, "get_job_queue", "tag_resource", "list_tags_for_resource")
needed(responses.BatchResponse, "batch_backend")


def install(hosts: Hosts) -> None:
    """Have moto's server answer from `hosts`."""
    actions = Actions(hosts)
    answers: dict[str, Callable[[BatchBackend, dict[str, Any]], dict[str, Any]]] = {
        "submitjob": actions.submit,
        "describejobs": actions.describe,
        "listjobs": actions.list,
        "canceljob": actions.cancel,
        "terminatejob": actions.terminate,
        "registerjobdefinition": actions.register,
        "describejobdefinitions": actions.describe_definitions,
    }
    for name, answer in answers.items():
        replace(responses.BatchResponse, name, _handler(answer))


def _handler(answer: Callable[[BatchBackend, dict[str, Any]], dict[str, Any]]) -> Callable[[Any], str]:
    def handle(response: Any) -> str:
        return json.dumps(answer(response.batch_backend, json.loads(response.body or "{}")))

    return handle


class Actions:
    """One method for each: from a request to its answer."""

    def __init__(self, hosts: Hosts) -> None:
        self._hosts = hosts

    def submit(self, batch: BatchBackend, asked: dict[str, Any]) -> dict[str, Any]:
        queue = batch.get_job_queue(asked["jobQueue"])
        if queue is None:
            raise ClientException(f"JobQueue {asked['jobQueue']} not found.")
        definition = _definition(batch, asked["jobDefinition"])
        check_submission(asked, definition, queue)
        for dependency in asked.get("dependsOn") or []:
            if (name := dependency.get("jobId")) and self._hosts.job(name) is None:
                raise refuse(f"Job {name} does not exist")
        tags = asked.get("tags") or {}
        job = Job(asked["jobName"], definition, queue, asked, batch.account_id, batch.region_name, tags)
        job.children = children_of(job, (asked.get("arrayProperties") or {}).get("size", 0))
        batch.tag_resource(job.arn, tags)
        self._hosts.submit(job)
        return {"jobArn": job.arn, "jobName": job.name, "jobId": job.id}

    def describe(self, batch: BatchBackend, asked: dict[str, Any]) -> dict[str, Any]:
        names = asked.get("jobs") or []
        if len(names) > 100:
            raise refuse("jobs list size cannot exceed 100")
        found = [job for name in names if (job := self._job(batch, name)) is not None]
        for job in found:
            job.tags = batch.list_tags_for_resource(job.arn)
        return {"jobs": [job.describe() for job in found]}

    def list(self, batch: BatchBackend, asked: dict[str, Any]) -> dict[str, Any]:
        """Return one page: of a queue's jobs, without the children of arrays, or of an array's children."""
        named = [name for name in ("jobQueue", "arrayJobId", "multiNodeJobId") if asked.get(name)]
        if len(named) != 1:
            raise refuse("Exactly one of jobQueue, arrayJobId and multiNodeJobId must be specified")
        filters = asked.get("filters") or []
        if len(filters) > 1:
            raise refuse("Only one filter can be used at a time")
        status = asked.get("jobStatus")
        if status is not None and status not in STATUSES:
            raise refuse(f"Invalid job status {status}")
        if named == ["jobQueue"]:
            queue = batch.get_job_queue(asked["jobQueue"])
            if queue is None:
                raise ClientException(f"JobQueue {asked['jobQueue']} not found.")
            jobs = [job for job in self._hosts.jobs() if job.queue is queue and job.parent is None]
        else:
            parent = self._job(batch, asked.get("arrayJobId", ""))
            jobs, filters = list(parent.children) if parent else [], []
        if filters:
            jobs = [job for job in jobs if _passes(job, filters[0])]
        else:
            jobs = [job for job in jobs if job.status == (status or "RUNNING")]
        jobs.sort(key=lambda job: -job.created)
        first = int(asked.get("nextToken") or 0)
        last = first + min(int(asked.get("maxResults") or 1000), 100 if filters else 1000)
        more = {"nextToken": str(last)} if last < len(jobs) else {}
        return {"jobSummaryList": [job.summary() for job in jobs[first:last]], **more}

    def cancel(self, batch: BatchBackend, asked: dict[str, Any]) -> dict[str, Any]:
        if (job := self._job(batch, asked["jobId"])) is not None:
            self._hosts.cancel(job, asked["reason"])
        return {}

    def terminate(self, batch: BatchBackend, asked: dict[str, Any]) -> dict[str, Any]:
        if (job := self._job(batch, asked["jobId"])) is not None:
            self._hosts.terminate(job, asked["reason"])
        return {}

    def register(self, batch: BatchBackend, asked: dict[str, Any]) -> dict[str, Any]:
        """Register a revision; moto's own way keeps the first revision's platform for all of them."""
        check_definition(asked)
        strategy = asked.get("retryStrategy")
        for condition in (strategy or {}).get("evaluateOnExit") or []:
            condition["action"] = condition["action"].lower()
        name = asked["jobDefinitionName"]
        latest = batch.get_job_definition_by_name(name)
        made = JobDefinition(
            name,
            asked.get("parameters"),
            asked["type"],
            asked.get("containerProperties"),
            asked.get("nodeProperties"),
            asked.get("eksProperties"),
            asked.get("tags") or {},
            strategy or {},
            asked.get("timeout") or {},
            batch,
            asked.get("platformCapabilities") or ["EC2"],
            bool(asked.get("propagateTags")),
            revision=latest.revision if latest is not None else 0,
        )
        batch._job_definitions[made.arn] = made
        return {"jobDefinitionName": name, "jobDefinitionArn": made.arn, "revision": made.revision}

    def describe_definitions(self, batch: BatchBackend, asked: dict[str, Any]) -> dict[str, Any]:
        """Return those of a name, or those of names, `name:revision` or ARNs; all if neither is given."""
        found = list(batch._job_definitions.values())
        if names := asked.get("jobDefinitions"):
            found = [each for each in found if {each.arn, each.name, f"{each.name}:{each.revision}"} & set(names)]
        elif name := asked.get("jobDefinitionName"):
            found = [each for each in found if each.name == name]
        if status := asked.get("status"):
            found = [each for each in found if each.status == status]
        found.sort(key=lambda each: (each.name, -each.revision))
        first = int(asked.get("nextToken") or 0)
        last = first + min(int(asked.get("maxResults") or 100), 100)
        more = {"nextToken": str(last)} if last < len(found) else {}
        return {"jobDefinitions": [each.describe() for each in found[first:last]], **more}

    def _job(self, batch: BatchBackend, name: str) -> Job | None:
        job = self._hosts.job(name)
        here = job is not None and (job.account, job.region) == (batch.account_id, batch.region_name)
        return job if here else None


def _definition(batch: BatchBackend, asked: str) -> JobDefinition:
    """Return the active definition that a submission names: by ARN, by name and revision, or the latest of a name."""
    name, _, revision = asked.rpartition("job-definition/")[2].partition(":")
    active = [
        each
        for each in batch._job_definitions.values()
        if each.name == name and each.status == "ACTIVE" and (not revision or str(each.revision) == revision)
    ]
    if not active:
        if asked.startswith("arn:"):
            raise ClientException(f"JobDefinition {asked} not found.")
        raise ClientException(f"JobDefinition name {asked} does not exist or is not in ACTIVE status")
    return max(active, key=lambda each: each.revision)


def _passes(job: Job, asked: dict[str, Any]) -> bool:
    """Tell whether a job passes the one filter of a request."""
    values = asked["values"]
    match asked["name"]:
        case "JOB_NAME":
            return any(_begins(job.name.lower(), value.lower()) for value in values)
        case "JOB_DEFINITION":
            return any(value == job.definition.arn or _begins(job.definition.name, value) for value in values)
        case "BEFORE_CREATED_AT":
            return job.created < int(values[0])
        case "AFTER_CREATED_AT":
            return job.created > int(values[0])
    raise refuse(f"Invalid filter {asked['name']}")


def _begins(text: str, pattern: str) -> bool:
    return text.startswith(pattern[:-1]) if pattern.endswith("*") else text == pattern
